//! Models as data: what the derive tells about a struct, in statics.
//!
//! A schema refers to other models by function pointers, so that models may point at each other in
//! cycles without the compiler walking the graph.

mod constraint;
mod field;
mod link;
mod names;
mod parent;
mod path_node;
mod relation;

pub use constraint::{IndexColumn, IndexSchema, UniqueSchema};
pub use field::{FieldOptions, FieldSchema};
pub use link::LinkSchema;
pub use names::{LONGEST as LONGEST_NAME, UniqueKey, constraint_name};
pub use parent::{Level, ParentSchema};
pub use path_node::PathNode;
pub use relation::{OnDelete, RelationKind, RelationSchema, Tell};

/// A model: its table, its fields and its constraints.
#[derive(Debug)]
pub struct ModelSchema {
    /// The struct's name.
    pub name: &'static str,
    /// The table's name.
    pub table: &'static str,
    /// One entry a column, in the order of the struct's fields.
    pub fields: &'static [FieldSchema],
    /// The indexes in `fields` of the primary key: one, or of a composite key several, in the key's order.
    pub primary_key: &'static [usize],
    /// Indexes of several fields, partial and descending ones. Indexes of one field are a field's option.
    pub indexes: &'static [IndexSchema],
    /// Unique constraints of several fields. Those of one field are a field's option.
    pub uniques: &'static [UniqueSchema],
    /// Where the rest of its rows is, of a model with a parent.
    pub parent: Option<&'static ParentSchema>,
}

impl ModelSchema {
    /// The field that is the primary key; of a composite key, to which nothing points, the first one.
    pub const fn key(&self) -> &'static FieldSchema {
        &self.fields[self.primary_key[0]]
    }

    /// The fields that the primary key is made of, in its order.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &'static FieldSchema> + use<> {
        let fields = self.fields;
        self.primary_key.iter().map(move |field| &fields[*field])
    }

    /// Whether the primary key is made of several fields.
    pub const fn has_composite_key(&self) -> bool {
        self.primary_key.len() > 1
    }

    /// Whether a field is the whole primary key.
    pub const fn is_key(&self, field: usize) -> bool {
        matches!(self.primary_key, [key] if *key == field)
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
