//! The way of a many-to-many: through the rows of a link table, each of which has a key to either side.

use super::{ModelSchema, RelationKind, RelationSchema};
use crate::value::Value;

/// The way of a many-to-many, as seen from one of its sides.
#[derive(Debug)]
pub struct LinkSchema {
    /// From the model to its rows in the link table.
    pub links: RelationSchema,
    /// From a row of the other side to its rows in the link table.
    pub back: RelationSchema,
    /// The key of the link table to that model.
    pub home: &'static RelationSchema,
    /// The key of the link table to the other side.
    pub onward: &'static RelationSchema,
    /// Whether each row has a second one that says the same from the other side.
    pub symmetrical: bool,
    /// The defaults in Rust of the link model's columns.
    pub default_value: fn(usize) -> Option<Value>,
}

impl LinkSchema {
    /// The way of the field `name`, by two keys of one link model.
    pub const fn new(
        name: &'static str,
        home: &'static RelationSchema,
        onward: &'static RelationSchema,
        symmetrical: bool,
        default_value: fn(usize) -> Option<Value>,
    ) -> Self {
        assert!(
            home.is_key() && onward.is_key(),
            "`through` names keys of the link model"
        );
        Self {
            links: RelationSchema::reverse(name, RelationKind::Link, home),
            back: RelationSchema::reverse(name, RelationKind::Link, onward),
            home,
            onward,
            symmetrical,
            default_value,
        }
    }

    /// The same way, walked from the other side, where the field is called `name`.
    pub const fn reverse(&self, name: &'static str) -> Self {
        Self::new(
            name,
            self.onward,
            self.home,
            self.symmetrical,
            self.default_value,
        )
    }

    /// The model of the link table.
    pub fn model(&self) -> &'static ModelSchema {
        (self.home.from)()
    }

    /// Whether the link table has no pair twice, and the database sees to it.
    pub fn is_unique(&self) -> bool {
        let mut pair = [self.home.key, self.onward.key];
        pair.sort_unstable();
        self.model().unique_keys().iter().any(|unique| {
            let mut fields = unique.fields.clone();
            fields.sort_unstable();
            fields == pair
        })
    }
}

impl PartialEq for LinkSchema {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other) || self.links == other.links
    }
}

impl Eq for LinkSchema {}
