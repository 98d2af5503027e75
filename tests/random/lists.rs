//! Aggregates that gather values: arrays, JSON arrays and texts, in random orders, of all rows and of groups.

use orm::prelude::*;
use serde_json::Value as Json;

use crate::any::{Erased, cell, erased};
use crate::build::{condition, expr};
use crate::conditions::{Question, run};
use crate::eval::At;
use crate::functions::{clock_text, moment_text};
use crate::generate::Gen;
use crate::plan::{Term, key, order, same};
use crate::query_sets::{Plain, captured_sql, ordered};
use crate::shrink::{lesser, smaller};
use crate::spec::{Cond, Val};
use crate::support::suite;
use crate::tables::{Table, World};
use crate::typed::{Rows, Typed, each, with_model};
use crate::values::{self, Cell, Ty, V};

suite! {
    fn values_are_gathered_in_order(db) {
        run(db, 3, 60, Asked::random, Asked::smaller, &disagrees)?;
    }
}

/// What the values become.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Into {
    Array,
    Json,
    Text,
}

/// Values of rows, gathered.
#[derive(Clone)]
struct Asked {
    table: Table,
    filter: Option<Cond>,
    into: Into,
    of: Val,
    /// By which of the rows are gathered; none for different values in their own order.
    order: Option<Vec<Term>>,
    /// Those of which rows.
    only: Option<Cond>,
    /// What the groups have in common.
    group: Option<Val>,
}

impl Question for Asked {
    fn each_condition(&mut self, tell: &mut dyn FnMut(&mut Cond)) {
        self.filter.iter_mut().for_each(&mut *tell);
        self.only.iter_mut().for_each(tell);
    }
}

const IN_ARRAYS: [Ty; 14] = [
    Ty::Bool,
    Ty::I16,
    Ty::I32,
    Ty::I64,
    Ty::F64,
    Ty::Dec,
    Ty::Text,
    Ty::Bytes,
    Ty::Uuid,
    Ty::Date,
    Ty::Time,
    Ty::DateTime,
    Ty::Timestamp,
    Ty::Duration,
];
const IN_JSON: [Ty; 7] = [
    Ty::Bool,
    Ty::I32,
    Ty::I64,
    Ty::Dec,
    Ty::Text,
    Ty::Date,
    Ty::Json,
];

impl Asked {
    fn random(generator: &mut Gen<'_>) -> Self {
        let table = *generator.rng.pick(&Table::ALL);
        let into = *generator
            .rng
            .pick(&[Into::Array, Into::Array, Into::Json, Into::Text]);
        let ty = match into {
            Into::Array => *generator.rng.pick(&IN_ARRAYS),
            Into::Json => *generator.rng.pick(&IN_JSON),
            Into::Text => Ty::Text,
        };
        // What is computed of floats is not told to the last digit.
        let depth = if ty == Ty::F64 { 0 } else { 2 };
        let of = generator.val(table, ty, depth, false);
        let distinct = into != Into::Json && generator.rng.chance(20);
        let order = (!distinct).then(|| {
            let ty = *generator
                .rng
                .pick(&[Ty::Text, Ty::I32, Ty::Dec, Ty::Date, Ty::Bool]);
            let first = generator.val(table, ty, 2, false);
            [first, key(table)].map(|val| generator.term(val)).to_vec()
        });
        Self {
            table,
            filter: generator.rng.chance(50).then(|| generator.cond(table, 2)),
            into,
            of,
            order,
            only: generator.rng.chance(40).then(|| generator.cond(table, 2)),
            group: generator.rng.chance(50).then(|| {
                let ty = *generator.rng.pick(&[Ty::Bool, Ty::I32, Ty::Text]);
                generator.val(table, ty, 1, false)
            }),
        }
    }

    /// The rows: what the groups have in common, and the values of each.
    fn rows(&self, world: &World) -> Vec<(Cell, Option<Vec<Cell>>)> {
        let all = (0..world.rows(self.table).len()).map(|row| At::new(world, row));
        let holds =
            |cond: &Option<Cond>, at: &At<'_>| cond.as_ref().is_none_or(|cond| at.holds(cond));
        let mut groups: Vec<(Cell, Vec<At<'_>>)> = Vec::new();
        if self.group.is_none() {
            groups.push((None, Vec::new()));
        }
        for at in all.filter(|at| holds(&self.filter, at)) {
            let own = self.group.as_ref().and_then(|group| at.value(group));
            match groups
                .iter_mut()
                .find(|(other, _)| same(std::slice::from_ref(other), std::slice::from_ref(&own)))
            {
                Some((_, rows)) => rows.push(at),
                None => groups.push((own, vec![at])),
            }
        }
        groups.sort_by(|a, b| values::sort(&a.0, &b.0, false, None));
        let gathered = groups.into_iter().map(|(own, mut rows)| {
            rows.retain(|at| holds(&self.only, at));
            if let Some(terms) = &self.order {
                rows.sort_by(|a, b| order(a, b, terms));
            }
            let mut values: Vec<Cell> = rows.iter().map(|at| at.value(&self.of)).collect();
            if self.into == Into::Text {
                values.retain(Option::is_some);
            }
            if self.order.is_none() {
                values.sort_by(|a, b| values::sort(a, b, false, None));
                values.dedup_by(|a, b| same(std::slice::from_ref(a), std::slice::from_ref(b)));
            }
            (own, (!values.is_empty()).then_some(values))
        });
        gathered.collect()
    }

    fn smaller(&self) -> Vec<Self> {
        let mut out = Vec::new();
        let mut with = |change: &dyn Fn(&mut Self)| {
            let mut other = self.clone();
            change(&mut other);
            out.push(other);
        };
        if self.filter.is_some() {
            with(&|of| of.filter = None);
        }
        if self.only.is_some() {
            with(&|of| of.only = None);
        }
        if self.group.is_some() {
            with(&|of| of.group = None);
        }
        for cond in self.filter.iter().flat_map(smaller) {
            with(&|of| of.filter = Some(cond.clone()));
        }
        for cond in self.only.iter().flat_map(smaller) {
            with(&|of| of.only = Some(cond.clone()));
        }
        for val in lesser(&self.of) {
            with(&|of| of.of = val.clone());
        }
        if self.order.as_ref().is_some_and(|terms| terms.len() > 1) {
            with(&|of| {
                if let Some(terms) = &mut of.order {
                    terms.remove(0);
                }
            });
        }
        out
    }
}

impl std::fmt::Display for Asked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let terms = self.order.iter().flatten().map(ToString::to_string);
        write!(f, "{:?}::objects()", self.table)?;
        if let Some(cond) = &self.filter {
            write!(f, "\n    .filter({cond})")?;
        }
        if let Some(group) = &self.group {
            write!(f, "\n    .values_list({group})")?;
        }
        let terms: Vec<String> = terms.collect();
        write!(
            f,
            "\n    {:?} of {} by ({})",
            self.into,
            self.of,
            terms.join(", ")
        )?;
        self.only
            .as_ref()
            .map_or(Ok(()), |cond| write!(f, ".filter({cond})"))
    }
}

type Gathered<T> = Vec<(Cell, Option<T>)>;

/// Puts a question of one kind of aggregate: of all rows, or of groups.
macro_rules! asked {
    ($db:expr, $asked:expr, $aggregate:expr) => {{
        let aggregate = $aggregate;
        let aggregate = match &$asked.order {
            Some(terms) => ordered!(terms, |order| aggregate.order_by(order)),
            None => aggregate.distinct(),
        };
        let aggregate = match &$asked.only {
            Some(cond) => aggregate.filter(condition::<M>(cond)),
            None => aggregate,
        };
        let query = match &$asked.filter {
            Some(cond) => M::query().filter(condition::<M>(cond)),
            None => M::query(),
        };
        match &$asked.group {
            None => captured_sql($db, |db| Ok(vec![(None, query.aggregate(db, aggregate)?)])),
            Some(group) => {
                let own: Erased<M> = each!(expr::<M>(group), |of| erased(&of));
                let ty = group.ty();
                let groups = query.values_list(&own).annotate(aggregate).order_by(&own);
                captured_sql($db, |db| {
                    let rows = groups.all(db)?.into_iter();
                    Ok(rows
                        .map(|(own, of)| (cell(own.as_ref(), ty), of))
                        .collect::<Gathered<_>>())
                })
            }
        }
    }};
}

/// The SQL, and what is wrong with the answer.
fn ask<M: Rows>(
    db: &Database,
    asked: &Asked,
    expected: &[(Cell, Option<Vec<Cell>>)],
) -> (String, Result<Option<String>>) {
    match asked.into {
        Into::Array => each!(expr::<M>(&asked.of), |of| {
            let (sql, found) = asked!(db, asked, of.array_agg());
            let found = found.map(|found| {
                let found: Vec<(Cell, Option<Vec<Cell>>)> = found
                    .into_iter()
                    .map(|(own, of)| (own, of.map(|of| of.iter().map(Plain::maybe_cell).collect())))
                    .collect();
                compared(expected, &found, |a, b| same(a, b))
            });
            (sql, found)
        }),
        Into::Text => {
            let Typed::Text(of) = expr::<M>(&asked.of) else {
                panic!("it is no text");
            };
            let (sql, found) = asked!(db, asked, of.string_agg("-"));
            let text = |cells: &Vec<Cell>| {
                let texts: Vec<&str> = cells.iter().flatten().map(V::text).collect();
                texts.join("-")
            };
            (
                sql,
                found.map(|found| compared(expected, &found, |a, b| text(a) == *b)),
            )
        }
        Into::Json => {
            macro_rules! of {
                ($($type:ident)+) => {
                    match expr::<M>(&asked.of) {
                        $(Typed::$type(of) => asked!(db, asked, of.json_agg()),)+
                        _ => panic!("it has no form in JSON"),
                    }
                };
            }
            let (sql, found) = of!(Bool I32 I64 Dec Text Date Json);
            let list = |cells: &Vec<Cell>| Json::Array(cells.iter().map(json).collect());
            let alike =
                |a: &Vec<Cell>, b: &Json| values::equal(&V::Json(list(a)), &V::Json(b.clone()));
            (sql, found.map(|found| compared(expected, &found, alike)))
        }
    }
}

/// A value as JSON has it.
fn json(cell: &Cell) -> Json {
    match cell {
        None => Json::Null,
        Some(V::Bool(of)) => (*of).into(),
        Some(V::I32(of)) => (*of).into(),
        Some(V::I64(of)) => (*of).into(),
        Some(V::Dec(of)) => of.normalize().to_string().into(),
        Some(V::Text(of)) => of.as_str().into(),
        Some(V::Date(of)) => of.format("%Y-%m-%d").to_string().into(),
        Some(V::Time(of)) => clock_text(*of).into(),
        Some(V::DateTime(of)) => moment_text(*of).into(),
        Some(V::Json(of)) => of.clone(),
        Some(other) => panic!("{other} has no form in JSON"),
    }
}

fn compared<T: std::fmt::Debug>(
    expected: &[(Cell, Option<Vec<Cell>>)],
    found: &[(Cell, Option<T>)],
    alike: impl Fn(&Vec<Cell>, &T) -> bool,
) -> Option<String> {
    let agree = |(own, of): &(Cell, Option<Vec<Cell>>), (other, found): &(Cell, Option<T>)| {
        let values = match (of, found) {
            (Some(of), Some(found)) => alike(of, found),
            (of, found) => of.is_none() && found.is_none(),
        };
        values && same(std::slice::from_ref(own), std::slice::from_ref(other))
    };
    let right =
        expected.len() == found.len() && expected.iter().zip(found).all(|(a, b)| agree(a, b));
    (!right).then(|| format!("expected {expected:?}\n   found {found:?}"))
}

fn disagrees(db: &Database, world: &World, asked: &Asked) -> Option<String> {
    let expected = asked.rows(world);
    let (sql, wrong) = with_model!(asked.table, ask(db, asked, &expected));
    match wrong {
        Ok(None) => None,
        Ok(Some(wrong)) => Some(format!("{asked}\n{sql}\n{wrong}")),
        Err(error) => Some(format!(
            "{asked}\n{sql}\nexpected {expected:?}, but: {error}"
        )),
    }
}
