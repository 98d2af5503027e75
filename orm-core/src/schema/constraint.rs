//! Indexes and unique constraints as data. Their conditions and expressions are in
//! [`Definitions`](crate::model::Definitions), since those are query trees.

/// An index of one or more fields.
#[derive(Clone, Copy, Debug)]
pub struct IndexSchema {
    /// Its name; made up of table and columns where none was given.
    pub name: Option<&'static str>,
    /// Its columns, in order; empty for an index by expression.
    pub columns: &'static [IndexColumn],
    /// Columns the index carries beside its own (`INCLUDE`, PostgreSQL).
    pub include: &'static [usize],
    /// The access method (`USING`, PostgreSQL).
    pub using: Option<&'static str>,
}

/// A column of an index.
#[derive(Clone, Copy, Debug)]
pub struct IndexColumn {
    /// The index in [`ModelSchema::fields`](super::ModelSchema::fields).
    pub field: usize,
    /// Whether it is sorted descending.
    pub descending: bool,
}

/// A unique constraint of two or more fields.
#[derive(Clone, Copy, Debug)]
pub struct UniqueSchema {
    /// Its name; made up of table and columns where none was given.
    pub name: Option<&'static str>,
    /// The indexes in [`ModelSchema::fields`](super::ModelSchema::fields).
    pub fields: &'static [usize],
}
