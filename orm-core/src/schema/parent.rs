//! Table inheritance: a model whose rows go on in the table of another.

use super::{FieldSchema, ModelSchema, PathNode};
use crate::value::Value;

/// The parent of a model: each row of the model is one of the parent's too, with the same key.
///
/// A whole row has the columns of its own table first, then those of the parent's row, which may go on in a parent of
/// its own. The place of a column in such a row is its index wherever rows are read and written.
#[derive(Debug)]
pub struct ParentSchema {
    /// The parent.
    pub model: &'static ModelSchema,
    /// From a row to the parent's: one step.
    pub path: &'static PathNode,
    /// From a row of the parent to that of the model, which may not be there.
    pub back: &'static PathNode,
    /// The defaults in Rust of the parent's columns.
    pub default_value: fn(usize) -> Option<Value>,
}

/// One of the tables that a row is in.
#[derive(Clone, Copy)]
pub struct Level {
    /// Its model.
    pub model: &'static ModelSchema,
    /// The place in a whole row of its first column.
    pub at: usize,
}

impl ModelSchema {
    /// How many columns a whole row has.
    pub const fn width(&self) -> usize {
        match self.parent {
            None => self.fields.len(),
            Some(parent) => self.fields.len() + parent.model.width(),
        }
    }

    /// The tables that a row is in: its own, that of its parent, and so on.
    pub fn levels(&'static self) -> impl Iterator<Item = Level> + use<> {
        let own = Level { model: self, at: 0 };
        std::iter::successors(Some(own), |level| {
            Some(Level {
                model: level.model.parent?.model,
                at: level.at + level.model.fields.len(),
            })
        })
    }

    /// The column at a place of a whole row.
    pub fn field_at(&'static self, place: usize) -> &'static FieldSchema {
        match self.parent {
            Some(parent) if place >= self.fields.len() => {
                parent.model.field_at(place - self.fields.len())
            }
            _ => &self.fields[place],
        }
    }

    /// The columns of a whole row, each with its place.
    pub fn row_fields(
        &'static self,
    ) -> impl Iterator<Item = (usize, &'static FieldSchema)> + use<> {
        self.levels().flat_map(|level| {
            let fields = level.model.fields.iter();
            fields.map(move |field| (level.at + field.index, field))
        })
    }
}
