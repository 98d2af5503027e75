//! One column of a model.

use super::RelationSchema;
use crate::value::ColumnType;

/// One column of a model.
#[derive(Debug)]
pub struct FieldSchema {
    /// The struct field's name.
    pub name: &'static str,
    /// The column's name.
    pub column: &'static str,
    /// The place in [`ModelSchema::fields`](super::ModelSchema::fields).
    pub index: usize,
    /// What it holds.
    pub column_type: ColumnType,
    /// Whether it may be NULL.
    pub nullable: bool,
    /// The relation, where the field is a foreign key.
    pub relation: Option<&'static RelationSchema>,
    /// What else was said about it.
    pub options: FieldOptions,
}

/// What `#[field(..)]` says of a column.
#[derive(Clone, Copy, Debug)]
pub struct FieldOptions {
    /// It is the primary key, or a part of it.
    pub primary_key: bool,
    /// The database counts it up: an integer primary key that no one sets.
    pub auto_increment: bool,
    /// No two rows have the same.
    pub unique: bool,
    /// It has an index of its own.
    pub index: bool,
    /// The greatest number of characters of a text.
    pub max_length: Option<u32>,
    /// The greatest number of digits of a decimal.
    pub max_digits: Option<u32>,
    /// The greatest number of digits behind the point of a decimal.
    pub decimal_places: Option<u32>,
    /// Set to the time of the insert.
    pub auto_now_add: bool,
    /// Set to the time of each save.
    pub auto_now: bool,
    /// A draft may leave it out: it has a default in Rust.
    pub has_default: bool,
    /// A draft may leave it out: the database has a default.
    pub has_db_default: bool,
    /// The database computes it; it cannot be set.
    pub generated: bool,
}

impl FieldOptions {
    /// Nothing said.
    pub const NONE: Self = Self {
        primary_key: false,
        auto_increment: false,
        unique: false,
        index: false,
        max_length: None,
        max_digits: None,
        decimal_places: None,
        auto_now_add: false,
        auto_now: false,
        has_default: false,
        has_db_default: false,
        generated: false,
    };
}

impl FieldSchema {
    /// Whether an `INSERT` may leave the column to the database.
    pub const fn database_fills(&self) -> bool {
        self.options.auto_increment || self.options.has_db_default || self.options.generated
    }
}
