//! Which foreign key is violated, and which side of it is at fault.
//!
//! PostgreSQL tells the key. SQLite tells nothing at all: there the candidates are looked up one by one, and what is
//! found is the proof. Only keys that the database really has count, with the actions that they really have.

use super::owner::{field_names, linked};
use super::{Failed, KeyActions, Violation, Witness};
use crate::ast::{Column, CompareOp, Expr, In, Members, Order, Output, Select, Statement};
use crate::compile;
use crate::error::{Error, ForeignKeyCause};
use crate::executor::Subject;
use crate::schema::{FieldSchema, ModelSchema, OnDelete, RelationSchema};
use crate::value::Value;

/// A key that is violated.
struct Found {
    model: &'static ModelSchema,
    field: &'static FieldSchema,
    references: &'static ModelSchema,
    cause: ForeignKeyCause,
}

impl Failed<'_> {
    pub(super) fn foreign_key(
        &self,
        violation: Violation,
        cause: Option<ForeignKeyCause>,
    ) -> Error {
        match (&violation.table, self.witness) {
            (None, Some(witness)) => self.asked(witness, cause),
            _ => self.told(violation, cause),
        }
    }

    /// The database has told the table and the constraint.
    fn told(&self, violation: Violation, told: Option<ForeignKeyCause>) -> Error {
        let Violation {
            table,
            columns,
            constraint,
            ..
        } = violation;
        let model = self.owner(table.as_deref(), &[]);
        let named = model.and_then(|model| {
            keys(model).find(|key| Some(model.foreign_key_name(key.local())) == constraint)
        });
        let cause = told.or_else(|| {
            let key = named?;
            let is = |field: &FieldSchema| columns.len() == 1 && columns[0] == field.column;
            match (is(key.local()), is(key.remote())) {
                (true, false) => Some(ForeignKeyCause::NoSuchRow),
                (false, true) => Some(ForeignKeyCause::StillReferenced),
                _ => None,
            }
        });
        // Of a constraint by another name than ours, the columns tell the key where they are the key's own.
        let own_columns = cause == Some(ForeignKeyCause::NoSuchRow);
        let key = named.or_else(|| {
            let mut keys = keys(model?);
            keys.find(|key| own_columns && columns.len() == 1 && columns[0] == key.local().column)
        });
        let fields = match key {
            Some(key) => vec![key.local().name.to_owned()],
            None if own_columns => field_names(model, columns),
            None => Vec::new(),
        };
        Error::ForeignKeyViolation {
            model: match table {
                Some(_) => model.map(|model| model.name),
                None => self.statement_model(),
            },
            table: table.map(String::into_boxed_str),
            constraint,
            fields,
            references: key.map(|key| (key.to)().name),
            cause,
            backend: self.backend,
        }
    }

    /// The database has told nothing but that some key is violated.
    fn asked(&self, witness: &dyn Witness, told: Option<ForeignKeyCause>) -> Error {
        let asking = Asking { witness };
        let found = match self.command.subject {
            Subject::Insert(insert) => {
                let row = insert.columns.iter().copied().zip(self.params);
                asking.no_such_row(insert.model, row)
            }
            Subject::UpdateMany(update) => {
                let row = update.columns.iter().copied().zip(self.params);
                asking.no_such_row(update.model, row)
            }
            Subject::Update(update) => asking.update(update.rows, update.assignments),
            Subject::Delete(rows) => asking.delete(rows),
            Subject::Select(_) | Subject::ByKey(..) | Subject::Sql => None,
        };
        match found {
            Some(found) => self.found(witness, &found),
            None => self.not_found(told),
        }
    }

    fn found(&self, witness: &dyn Witness, found: &Found) -> Error {
        let table = found.model.table;
        let name = found.model.foreign_key_name(found.field);
        Error::ForeignKeyViolation {
            model: Some(found.model.name),
            table: Some(table.into()),
            constraint: Some(name).filter(|name| witness.has_constraint(table, name)),
            fields: vec![found.field.name.to_owned()],
            references: Some(found.references.name),
            cause: Some(found.cause),
            backend: self.backend,
        }
    }

    /// What the kind of the statement tells.
    fn not_found(&self, told: Option<ForeignKeyCause>) -> Error {
        // A trigger may have written to any other table.
        let own = self.command.subject.model();
        let own = own.filter(|own| !self.has_triggers(own.table));
        let cause = told.or(match (self.command.subject, own) {
            (Subject::Insert(_), Some(_)) => Some(ForeignKeyCause::NoSuchRow),
            (Subject::Delete(_), Some(own)) if !sets_defaults(own) => {
                Some(ForeignKeyCause::StillReferenced)
            }
            _ => None,
        });
        let referenced = matches!(self.command.subject, Subject::Delete(_))
            && cause == Some(ForeignKeyCause::StillReferenced);
        Error::ForeignKeyViolation {
            model: match cause {
                Some(ForeignKeyCause::StillReferenced) => None,
                _ => self.statement_model(),
            },
            table: None,
            constraint: None,
            fields: Vec::new(),
            references: own.filter(|_| referenced).map(|own| own.name),
            cause,
            backend: self.backend,
        }
    }
}

/// The foreign keys of a model.
fn keys(model: &'static ModelSchema) -> impl Iterator<Item = &'static RelationSchema> {
    model.fields.iter().filter_map(|field| field.relation)
}

/// The foreign keys of all models to a model's table, each column once.
fn keys_to(model: &ModelSchema) -> Vec<&'static RelationSchema> {
    let mut found: Vec<_> = linked()
        .flat_map(|registered| keys((registered.schema)()))
        .filter(|key| (key.to)().table == model.table)
        .collect();
    let place = |key: &&RelationSchema| {
        let from = (key.from)();
        (from.table, key.local().column, from.name)
    };
    found.sort_by_key(|key| (place(key).0, key.local().index, place(key).2));
    found.dedup_by(|a, b| (place(a).0, place(a).1) == (place(b).0, place(b).1));
    found
}

/// Whether a delete writes defaults into keys, which may then point at no row.
fn sets_defaults(model: &ModelSchema) -> bool {
    keys_to(model)
        .iter()
        .any(|key| key.on_delete == OnDelete::SetDefault)
}

/// Looks for the violated key.
struct Asking<'a> {
    witness: &'a dyn Witness,
}

impl Asking<'_> {
    fn actions(&self, key: &RelationSchema) -> Option<KeyActions> {
        let (table, column) = ((key.from)().table, key.local().column);
        self.witness.foreign_key(table, column, (key.to)().table)
    }

    fn finds(&self, mut select: Select) -> Option<bool> {
        select.output = Output::One;
        select.limit = Some(1);
        let statement = Statement::Select(select);
        let printed = compile::print(statement, self.witness.dialect()).ok()?;
        self.witness.finds(&printed.sql, &printed.params)
    }

    /// Of a row that was to be written, the first key whose row is not there.
    fn no_such_row<'v>(
        &self,
        model: &'static ModelSchema,
        row: impl Iterator<Item = (usize, &'v Value)> + Clone,
    ) -> Option<Found> {
        let own_key = row.clone().find(|(field, _)| model.is_key(*field));
        for (field, value) in row {
            let field = &model.fields[field];
            let Some(key) = field.relation.filter(|key| self.actions(key).is_some()) else {
                continue;
            };
            let to_itself =
                (key.to)().table == model.table && own_key.map(|(_, key)| key) == Some(value);
            if !to_itself && self.is_missing(key, value) {
                return Some(Found {
                    model,
                    field,
                    references: (key.to)(),
                    cause: ForeignKeyCause::NoSuchRow,
                });
            }
        }
        None
    }

    /// Whether there is surely no row that a key could point at.
    fn is_missing(&self, key: &RelationSchema, value: &Value) -> bool {
        if value.is_null() {
            return false;
        }
        let mut target = Select::from_model((key.to)(), &[]);
        target.filters.push(Expr::compare(
            CompareOp::Eq,
            column(key.remote()),
            Expr::Bind(value.clone()),
        ));
        self.finds(target) == Some(false)
    }

    fn update(&self, rows: &Select, assignments: &[(usize, Expr)]) -> Option<Found> {
        let model = rows.model;
        for (field, value) in assignments {
            let field = &model.fields[*field];
            let Some(key) = field.relation.filter(|key| self.actions(key).is_some()) else {
                continue;
            };
            let missing = match value {
                Expr::Bind(value) => self.is_missing(key, value),
                value => self.computes_missing(rows, key, value),
            };
            if missing {
                return Some(Found {
                    model,
                    field,
                    references: (key.to)(),
                    cause: ForeignKeyCause::NoSuchRow,
                });
            }
        }
        if assignments.iter().any(|(field, _)| model.is_key(*field)) {
            return self.key_is_used(rows);
        }
        None
    }

    /// Whether for some row the new value of a key points at no row.
    fn computes_missing(&self, rows: &Select, key: &RelationSchema, value: &Expr) -> bool {
        let mut written = about(rows.clone());
        written.filters.push(value.clone().is_not_null());
        let there = Select::from_model((key.to)(), &[]);
        written
            .filters
            .push(is_in(value.clone(), keys_of(there)).negate());
        self.finds(written) == Some(true)
    }

    /// A key that points at rows whose own key was to change.
    fn key_is_used(&self, rows: &Select) -> Option<Found> {
        let refuses = |key: &&RelationSchema| {
            let refusing = [OnDelete::NoAction, OnDelete::Restrict];
            self.actions(key)
                .is_some_and(|actions| refusing.contains(&actions.on_update))
        };
        let mut keys = keys_to(rows.model).into_iter().filter(refuses);
        let key = keys.find(|key| self.finds(pointing(key, rows)) == Some(true))?;
        Some(still_referenced(key, rows.model))
    }

    /// A key that keeps rows from going, or rows that would go with them.
    fn delete(&self, rows: &Select) -> Option<Found> {
        // The rows of the statement, and of each further table those that would go with them.
        let mut going = vec![rows.clone()];
        let mut entered = vec![rows.model.table];
        let mut keeping: Vec<(&'static RelationSchema, Select)> = Vec::new();
        let mut at = 0;
        while let Some(rows) = going.get(at).cloned() {
            at += 1;
            for key in keys_to(rows.model) {
                let from = (key.from)().table;
                match self.actions(key).map(|actions| actions.on_delete) {
                    Some(OnDelete::Cascade) => {
                        if !entered.contains(&from) {
                            going.push(pointing(key, &rows));
                        }
                        entered.push(from);
                    }
                    Some(OnDelete::Restrict | OnDelete::NoAction) => {
                        keeping.push((key, rows.clone()));
                    }
                    _ => {}
                }
            }
        }
        let in_the_way = |(key, rows): &(&'static RelationSchema, Select)| {
            let from = (key.from)();
            let mut kept = pointing(key, rows);
            // A row that points there may itself be one that goes: only where it surely is not, it is in the way.
            match entered.iter().filter(|table| **table == from.table).count() {
                0 => {}
                1 if from.table == rows.model.table => {
                    let goes = is_in(Expr::key_of(from), keys_of(rows.clone()));
                    kept.filters.push(goes.negate());
                }
                _ => return false,
            }
            self.finds(kept) == Some(true)
        };
        let (key, rows) = keeping.into_iter().find(in_the_way)?;
        Some(still_referenced(key, rows.model))
    }
}

fn still_referenced(key: &'static RelationSchema, references: &'static ModelSchema) -> Found {
    Found {
        model: (key.from)(),
        field: key.local(),
        references,
        cause: ForeignKeyCause::StillReferenced,
    }
}

const fn column(field: &'static FieldSchema) -> Expr {
    Expr::Column(Column { path: None, field })
}

fn is_in(subject: Expr, rows: Select) -> Expr {
    let members = Members::Select(Box::new(rows));
    Expr::In(Box::new(In { subject, members }))
}

/// A query about the rows of another, whatever that one selects, orders and cuts.
fn about(mut rows: Select) -> Select {
    let mut select = Select::from_model(rows.model, &[]);
    select.order = Order::By(Vec::new());
    rows.output = Output::Model;
    rows.lock = None;
    select.slice = Some(Box::new(rows));
    select
}

/// The primary keys of rows.
fn keys_of(rows: Select) -> Select {
    let key = Expr::key_of(rows.model);
    let mut keys = about(rows);
    keys.output = Output::Exprs(key.into_parts());
    keys
}

/// The rows whose key points at some of these.
fn pointing(key: &RelationSchema, rows: &Select) -> Select {
    let mut select = Select::from_model((key.from)(), &[]);
    select.order = Order::By(Vec::new());
    select
        .filters
        .push(is_in(column(key.local()), keys_of(rows.clone())));
    select
}
