//! Models as data: what the derive tells about a struct, in statics.
//!
//! A schema refers to other models by function pointers, so that models may point at each other in
//! cycles without the compiler walking the graph.

mod constraint;
mod field;
mod names;
mod path_node;
mod relation;

pub use constraint::{IndexColumn, IndexSchema, UniqueSchema};
pub use field::{FieldOptions, FieldSchema};
pub use names::{LONGEST as LONGEST_NAME, UniqueKey, constraint_name};
pub use path_node::PathNode;
pub use relation::{OnDelete, RelationKind, RelationSchema};

/// A model: its table, its fields and its constraints.
#[derive(Debug)]
pub struct ModelSchema {
    /// The struct's name.
    pub name: &'static str,
    /// The table's name.
    pub table: &'static str,
    /// One entry a column, in the order of the struct's fields.
    pub fields: &'static [FieldSchema],
    /// The index in `fields` of the primary key.
    pub primary_key: usize,
    /// Indexes of several fields, partial and descending ones. Indexes of one field are a field's option.
    pub indexes: &'static [IndexSchema],
    /// Unique constraints of several fields. Those of one field are a field's option.
    pub uniques: &'static [UniqueSchema],
}

impl ModelSchema {
    /// The field that is the primary key.
    pub const fn key(&self) -> &'static FieldSchema {
        &self.fields[self.primary_key]
    }

    /// The field of a name.
    pub fn field(&self, name: &str) -> Option<&'static FieldSchema> {
        self.fields.iter().find(|field| field.name == name)
    }
}

impl PartialEq for ModelSchema {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other) || (self.table == other.table && self.name == other.name)
    }
}

impl Eq for ModelSchema {}
