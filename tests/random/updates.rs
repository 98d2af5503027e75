//! Updates: the columns of the rows that meet a condition get what the expressions were before, all others stay.

use orm::prelude::*;

use crate::build::{condition, expr};
use crate::conditions::{Question, run};
use crate::eval::At;
use crate::generate::{Gen, fits_in};
use crate::models::{Item, Note, Person};
use crate::plan::same;
use crate::shrink::{lesser, row, smaller};
use crate::spec::{Cond, Val};
use crate::support::suite;
use crate::tables::{Table, World};
use crate::typed::Typed;
use crate::values::{Cell, Ty, V};

suite! {
    fn updates_set_what_is_said_where_it_is_said(db) {
        run(db, 3, 60, Update::random, Update::smaller, &disagrees)?;
    }
}

/// The columns that are set, by their names.
const fn columns(table: Table) -> &'static [&'static str] {
    match table {
        Table::Person => &["nick", "level", "active", "rating", "seen"],
        Table::Item => &["subtitle", "sold", "checked", "rebate", "due"],
        _ => &["text", "stars", "okay", "share", "sent"],
    }
}

/// An update of the rows that meet a condition.
#[derive(Clone)]
struct Update {
    table: Table,
    cond: Cond,
    /// One for each of the columns.
    set: Vec<Val>,
}

impl Question for Update {
    fn each_condition(&mut self, tell: &mut dyn FnMut(&mut Cond)) {
        tell(&mut self.cond);
    }
}

impl Update {
    fn random(generator: &mut Gen<'_>) -> Self {
        let table = *generator
            .rng
            .pick(&[Table::Person, Table::Item, Table::Note]);
        let set = columns(table).iter().map(|name| {
            let column = &table.columns()[place(table, name)];
            loop {
                let val = generator.operand(table, column.ty, 2, false);
                let fits = column.ty != Ty::Dec || fits_in(&val, 9_999.0, 3);
                if fits && (column.nullable || !val.nullable()) {
                    break val;
                }
            }
        });
        let set = set.collect();
        let cond = generator.cond(table, 2);
        Self { table, cond, set }
    }

    fn smaller(&self) -> Vec<Self> {
        let conds = smaller(&self.cond).into_iter().map(|cond| Self {
            cond,
            ..self.clone()
        });
        let vals = self.set.iter().enumerate().flat_map(|(index, val)| {
            lesser(val).into_iter().map(move |val| {
                let mut set = self.set.clone();
                set[index] = val;
                Self {
                    set,
                    ..self.clone()
                }
            })
        });
        let mut all: Vec<Self> = conds.chain(vals).collect();
        all.retain(|update| {
            let columns = columns(self.table).iter().zip(&update.set);
            columns.into_iter().all(|(name, val)| {
                self.table.columns()[place(self.table, name)].nullable || !val.nullable()
            })
        });
        all
    }
}

fn place(table: Table, name: &str) -> usize {
    let found = table
        .columns()
        .iter()
        .position(|column| column.name == name);
    found.unwrap_or_else(|| panic!("{table:?} has no column {name}"))
}

/// What is wrong with the rows after an update, if anything is.
fn disagrees(db: &Database, world: &World, update: &Update) -> Option<String> {
    let table = update.table;
    let expected: Vec<Vec<Cell>> = (0..world.rows(table).len())
        .map(|index| {
            let at = At::new(world, index);
            let changed = at.holds(&update.cond);
            let columns = columns(table).iter().zip(&update.set);
            let cells = columns.map(|(name, val)| match changed {
                true => at.value(val),
                false => world.rows(table)[index][place(table, name)].clone(),
            });
            cells.collect()
        })
        .collect();
    let set: Vec<String> = columns(table)
        .iter()
        .zip(&update.set)
        .map(|(name, val)| format!("\n    {table:?}::{name}.set({val}),"))
        .collect();
    let shown = format!(
        "{table:?}::objects()\n    .filter({})\n    .update(({}\n    ))",
        update.cond,
        set.concat()
    );
    let mut log = String::new();
    let mut found = Vec::new();
    let undone: Result<()> = db.atomic(|tx| {
        let (_, statements) = tx.capture(|tx| changed(tx, update, &mut found))?;
        log = statements
            .first()
            .map(|first| format!("{}\n{:?}", first.sql, first.params))
            .unwrap_or_default();
        Err(Error::custom("undone"))
    });
    let wrong = match undone {
        Err(Error::Custom(_)) => expected
            .iter()
            .zip(&found)
            .find(|(expected, found)| !same(expected, found))
            .map(|(expected, found)| {
                format!("expected {}\n   found {}", row(expected), row(found))
            })?,
        other => format!("{other:?}"),
    };
    Some(format!("{shown}\n{log}\n{wrong}"))
}

/// Updates, and reads all rows.
fn changed(db: &Transaction<'_>, update: &Update, found: &mut Vec<Vec<Cell>>) -> Result<()> {
    macro_rules! updated {
        ($model:ident: $($type:ident $field:ident)+) => {{
            let mut vals = update.set.iter().map(expr::<$model>);
            $(let $field = match vals.next() {
                Some(Typed::$type(val)) => val,
                _ => panic!("another type"),
            };)+
            $model::objects()
                .filter(condition::<$model>(&update.cond))
                .update(db, ($(updated!(@set $field, $model $field),)+))?;
            for row in $model::objects().order_by($model::id).all(db)? {
                found.push(vec![$(updated!(@read row $type $field)),+]);
            }
        }};
        (@set $val:ident, Note text) => { Note::text.set($val.unwrap_or("")) };
        (@set $val:ident, $model:ident $field:ident) => { $model::$field.set($val) };
        (@read $row:ident Text text) => { Some(V::Text($row.text)) };
        (@read $row:ident $type:ident $field:ident) => { $row.$field.map(V::$type) };
    }
    match update.table {
        Table::Person => {
            updated!(Person: Text nick I32 level Bool active F64 rating Timestamp seen)
        }
        Table::Item => updated!(Item: Text subtitle I32 sold Bool checked Dec rebate Date due),
        _ => updated!(Note: Text text I32 stars Bool okay F64 share DateTime sent),
    }
    Ok(())
}
