//! What a database tells of an error, as the model, the fields and the constraint that it concerns.
//!
//! All of it is cold: it runs when a statement has failed. A claim is made only where it is sure; what
//! is not known stays empty.

mod foreign_key;
mod owner;
mod values;

use crate::ast::{Expr, OnConflict};
use crate::dialect::SqlDialect;
use crate::error::{Error, ForeignKeyCause};
use crate::executor::{Command, Subject};
use crate::model::Registration;
use crate::schema::{FieldSchema, ModelSchema, OnDelete};
use crate::value::Value;
use owner::{field_names, model_of_table, registration_of};

/// A violated constraint, in the database's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// What it is.
    pub kind: ViolationKind,
    /// The table: that of the key, where it is a foreign key's.
    pub table: Option<String>,
    /// The columns, as far as they are told; of a foreign key those of either side.
    pub columns: Vec<String>,
    /// The constraint's or index's name.
    pub constraint: Option<String>,
}

/// The kinds of violations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ViolationKind {
    /// A unique constraint or index, or the primary key.
    Unique,
    /// A check.
    Check,
    /// A column that takes no NULL.
    NotNull,
    /// A foreign key, and which side is at fault.
    ForeignKey(Option<ForeignKeyCause>),
}

/// What can be asked of a database whose errors do not tell everything, on the connection of the failed statement.
pub trait Witness {
    /// How to print SQL for it.
    fn dialect(&self) -> &'static dyn SqlDialect;

    /// Whether a query has a row; `None` where it could not be run.
    fn finds(&self, sql: &str, params: &[Value]) -> Option<bool>;

    /// Whether a table has a constraint or index of this name.
    fn has_constraint(&self, table: &str, name: &str) -> bool;

    /// The unique index over exactly these columns of a table, where there is one and it has a name of its own.
    fn unique_index(&self, table: &str, columns: &[String]) -> Option<String>;

    /// The table that an index is of.
    fn table_of_index(&self, index: &str) -> Option<String>;

    /// The table with a check of this name, or of this text where it has none; `None` where several may be meant.
    fn table_of_check(&self, name: &str) -> Option<String>;

    /// What a column's foreign key to a table does; `None` where it is no such key in the database.
    fn foreign_key(&self, table: &str, column: &str, references: &str) -> Option<KeyActions>;

    /// Whether a table has triggers, so that a statement may have failed for other tables' sake.
    fn has_triggers(&self, table: &str) -> bool;
}

/// What a foreign key does in the database, whatever the model says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyActions {
    /// When the row that it points at goes.
    pub on_delete: OnDelete,
    /// When that row's key changes.
    pub on_update: OnDelete,
}

/// A statement that failed.
#[derive(Clone, Copy)]
pub struct Failed<'a> {
    /// The statement.
    pub command: &'a Command<'a>,
    /// Its parameters: of a statement that runs once for each of many rows, those of the row that failed.
    pub params: &'a [Value],
    /// The database's name.
    pub backend: &'static str,
    /// Whom to ask for what the database did not tell.
    pub witness: Option<&'a dyn Witness>,
}

impl Failed<'_> {
    /// The error of a violated constraint.
    #[cold]
    pub fn violated(&self, violation: Violation) -> Error {
        match violation.kind {
            ViolationKind::Unique => self.unique(violation),
            ViolationKind::Check => self.check(violation),
            ViolationKind::NotNull => self.not_null(violation),
            ViolationKind::ForeignKey(cause) => self.foreign_key(violation, cause),
        }
    }

    /// The error of a computed value that is too large for its type or column.
    #[cold]
    pub fn out_of_range(&self) -> Error {
        Error::OutOfRange {
            model: self.statement_model(),
            field: None,
            backend: self.backend,
        }
    }

    /// What to say of a table that is not there.
    #[cold]
    pub fn no_such_table(&self, message: &str, table: &str) -> String {
        match model_of_table(table, &[], self.command) {
            Some(model) => format!(
                "{message}: it is the table of the model {}, and `db.create_tables()` makes the tables of all models",
                model.name,
            ),
            None => message.to_owned(),
        }
    }

    /// The error of an upsert on fields over which the database has no unique constraint; `None` where the statement is no
    /// such upsert.
    #[cold]
    pub fn no_conflict_target(&self) -> Option<Error> {
        let Subject::Insert(insert) = self.command.subject else {
            return None;
        };
        let OnConflict::Update { target, .. } = &insert.on_conflict else {
            return None;
        };
        let fields: Vec<&str> = target
            .iter()
            .map(|field| insert.model.fields[*field].name)
            .collect();
        let message = format!(
            "`on_conflict` needs a unique constraint over exactly {}, and the table {:?} has none ({})",
            fields.join(" and "),
            insert.model.table,
            self.backend,
        );
        Some(Error::InvalidQuery {
            model: insert.model.name,
            message,
        })
    }

    /// The name of the model that the statement is about.
    fn statement_model(&self) -> Option<&'static str> {
        Some(self.command.model).filter(|model| !model.is_empty())
    }

    fn unique(&self, violation: Violation) -> Error {
        let Violation {
            table,
            columns,
            constraint,
            ..
        } = violation;
        let table = table.or_else(|| self.witness?.table_of_index(constraint.as_deref()?));
        let model = self.owner(table.as_deref(), &columns);
        let declared = model.and_then(|model| {
            let mut keys = model.unique_keys().into_iter();
            keys.find(|key| match &constraint {
                Some(name) => key.name == *name,
                None => same_columns(model, &key.fields, &columns),
            })
        });
        let constraint = constraint.or_else(|| {
            let (witness, table) = (self.witness?, table.as_deref()?);
            let known = declared
                .as_ref()
                .filter(|key| key.is_primary || witness.has_constraint(table, &key.name));
            known
                .map(|key| key.name.clone())
                .or_else(|| witness.unique_index(table, &columns))
        });
        let fields = match (model, declared) {
            (Some(model), Some(key)) => names_of(model, &key.fields),
            _ => field_names(model, columns),
        };
        Error::UniqueViolation {
            model: model.map(|model| model.name),
            table: table.map(String::into_boxed_str),
            constraint,
            fields,
            backend: self.backend,
        }
    }

    fn not_null(&self, violation: Violation) -> Error {
        let model = self.owner(violation.table.as_deref(), &violation.columns);
        let mut fields = field_names(model, violation.columns);
        Error::NotNullViolation {
            model: model.map(|model| model.name),
            table: violation.table.map(String::into_boxed_str),
            field: fields.pop().unwrap_or_default(),
            backend: self.backend,
        }
    }

    fn check(&self, violation: Violation) -> Error {
        let name = violation.constraint.unwrap_or_default();
        let table = violation.table.or_else(|| self.table_of_check(&name));
        let owner = self.owner(table.as_deref(), &[]);
        // A limit of a column that other databases have in its type.
        let limited = owner.and_then(|model| limited_field(model, &name));
        if let (Some(model), Some(field)) = (owner, limited) {
            return Error::OutOfRange {
                model: Some(model.name),
                field: Some(field.name.to_owned()),
                backend: self.backend,
            };
        }
        Error::CheckViolation {
            model: owner.map(|model| model.name),
            table: table.map(String::into_boxed_str),
            fields: owner.map_or_else(Vec::new, |model| fields_of_check(model, &name)),
            constraint: name,
            backend: self.backend,
        }
    }

    /// The table of a check, where the database does not tell it: the only one that has such a check, or the statement's own
    /// where it can break no other's.
    fn table_of_check(&self, name: &str) -> Option<String> {
        self.witness?.table_of_check(name).or_else(|| {
            let own = self.command.subject.model()?;
            let alone = match self.command.subject {
                Subject::Insert(_) | Subject::UpdateMany(_) => true,
                // Where a key changes, other tables may follow.
                Subject::Update(update) => {
                    let mut assigned = update.assignments.iter().map(|(field, _)| *field);
                    assigned.all(|field| !own.is_key(field))
                }
                _ => false,
            };
            (alone && !self.has_triggers(own.table)).then(|| own.table.to_owned())
        })
    }

    fn has_triggers(&self, table: &str) -> bool {
        self.witness
            .is_none_or(|witness| witness.has_triggers(table))
    }

    /// The model of a table.
    fn owner(&self, table: Option<&str>, columns: &[String]) -> Option<&'static ModelSchema> {
        model_of_table(table?, columns, self.command)
    }
}

/// Whether the fields' columns are these, in any order.
fn same_columns(model: &ModelSchema, fields: &[usize], columns: &[String]) -> bool {
    let column = |field: &usize| model.fields[*field].column;
    fields.len() == columns.len()
        && fields
            .iter()
            .all(|field| columns.iter().any(|other| other == column(field)))
}

fn names_of(model: &ModelSchema, fields: &[usize]) -> Vec<String> {
    let name = |field: &usize| model.fields[*field].name.to_owned();
    fields.iter().map(name).collect()
}

/// The field that a check keeps within its length and digits.
fn limited_field(model: &'static ModelSchema, check: &str) -> Option<&'static FieldSchema> {
    let mut fields = model.fields.iter();
    fields.find(|field| model.limit_name(field) == check)
}

fn check_of(model: &'static ModelSchema, name: &str) -> Option<Expr> {
    let Registration { definitions, .. } = registration_of(model)?;
    let checks = definitions().checks.into_iter();
    let mut named = checks.filter(|(of, _)| *of == name);
    named.next().map(|(_, condition)| condition)
}

/// The fields that a check looks at, each once.
fn fields_of_check(model: &'static ModelSchema, name: &str) -> Vec<String> {
    let mut found: Vec<&'static FieldSchema> = Vec::new();
    if let Some(condition) = check_of(model, name) {
        columns(&condition, &mut |field| {
            if !found.contains(&field) {
                found.push(field);
            }
        });
    }
    found
        .into_iter()
        .map(|field| field.name.to_owned())
        .collect()
}

fn columns(condition: &Expr, visit: &mut dyn FnMut(&'static FieldSchema)) {
    condition.each_column(&mut |column| visit(column.field));
    condition.each_condition(&mut |inner| columns(inner, visit));
}
