//! `INSERT`, `UPDATE` and `DELETE`.

use crate::ast::{Expr, Select};
use crate::schema::ModelSchema;

/// Any statement.
#[derive(Clone, Debug, PartialEq)]
pub enum Statement {
    /// Reads.
    Select(Select),
    /// Adds one row.
    Insert(Insert),
    /// Changes rows.
    Update(Update),
    /// Changes many rows, each to values of its own.
    UpdateMany(UpdateMany),
    /// Removes rows.
    Delete(Delete),
}

/// Adds rows of one shape: each has a value for each of `columns`.
///
/// The values are not part of the statement: SQLite steps it once a row with a parameter a column,
/// in the order of `columns`; on PostgreSQL a statement of many rows has one array a column.
#[derive(Clone, Debug, PartialEq)]
pub struct Insert {
    /// The model.
    pub model: &'static ModelSchema,
    /// The columns that are given, by their index in the schema. Maybe none.
    pub columns: Vec<usize>,
    /// Whether the parameters are one array a column (`unnest`) rather than one value a column.
    pub arrays: bool,
    /// What to do when the row violates a unique constraint.
    pub on_conflict: OnConflict,
    /// The columns to return, by their index in the schema.
    pub returning: Vec<usize>,
    /// Whether the one column that is to be returned is a number that the database gives each row, and the driver learns
    /// it without RETURNING.
    pub row_ids: bool,
}

impl Insert {
    /// Leaves the key to the driver where it is all that is to be returned, and the database lets it.
    #[must_use]
    pub fn with_row_ids(mut self, offered: bool) -> Self {
        let key = self.model.key();
        self.row_ids = offered
            && self.returning == [key.index]
            && key.options.auto_increment
            && !matches!(self.on_conflict, OnConflict::Update { .. });
        self
    }
}

/// What to do about a row that violates a unique constraint.
#[derive(Clone, Debug, PartialEq)]
pub enum OnConflict {
    /// Fail.
    Error,
    /// Leave the row out.
    Ignore,
    /// Leave the row out where there is one with the same values in these columns, also if no constraint says so.
    Absent(Vec<usize>),
    /// Write these columns of the row that is there, when the violated constraint is of `target`.
    Update {
        /// The columns of the constraint.
        target: Vec<usize>,
        /// The columns that take the new row's values.
        columns: Vec<usize>,
    },
}

/// Changes rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Update {
    /// The rows: only its model, filters, order, slice and limits count.
    pub rows: Select,
    /// Columns by their index in the schema, with their new values.
    pub assignments: Vec<(usize, Expr)>,
    /// The columns to return, by their index in the schema.
    pub returning: Vec<usize>,
}

/// An [`Update`] whose parts belong to others.
#[derive(Clone, Copy, Debug)]
pub struct Updating<'a> {
    /// The rows: only its model, filters, order, slice and limits count.
    pub rows: &'a Select,
    /// Columns by their index in the schema, with their new values.
    pub assignments: &'a [(usize, Expr)],
    /// The columns to return, by their index in the schema.
    pub returning: &'a [usize],
}

impl Updating<'_> {
    /// The statement with parts of its own.
    pub fn to_owned(self) -> Update {
        Update {
            rows: self.rows.clone(),
            assignments: self.assignments.to_vec(),
            returning: self.returning.to_vec(),
        }
    }
}

/// Changes many rows by primary key, each to values of its own.
///
/// The values are not part of the statement: its parameters are the `columns` in order and the key's
/// last, one value each (stepped once a row), or one array each.
#[derive(Clone, Debug, PartialEq)]
pub struct UpdateMany {
    /// The model.
    pub model: &'static ModelSchema,
    /// The columns that are written, by their index in the schema.
    pub columns: Vec<usize>,
    /// Whether the parameters are arrays:
    /// `UPDATE t SET a = v.a FROM unnest($1::.., $2::..) AS v(a, key) WHERE t.key = v.key`.
    pub arrays: bool,
}

/// Removes rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Delete {
    /// The rows: only its model, filters, order, slice and limits count.
    pub rows: Select,
}

impl Statement {
    /// The model that the statement is about.
    pub const fn model(&self) -> &'static ModelSchema {
        match self {
            Self::Select(select) => select.model,
            Self::Insert(insert) => insert.model,
            Self::Update(update) => update.rows.model,
            Self::UpdateMany(update) => update.model,
            Self::Delete(delete) => delete.rows.model,
        }
    }
}
