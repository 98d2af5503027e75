//! A way from a query's model to another, one relation at a time.

use super::{ModelSchema, RelationKind, RelationSchema};

/// One step of a path, with the steps before it.
#[derive(Clone, Copy, Debug)]
pub struct PathNode {
    /// The steps before; `None` where the path starts at the query's own model.
    pub parent: Option<&'static PathNode>,
    /// The relation that is followed.
    pub relation: &'static RelationSchema,
}

impl PathNode {
    /// The model at the end.
    pub fn target(&self) -> &'static ModelSchema {
        (self.relation.to)()
    }

    /// Whether some step leads to many rows.
    pub fn is_many(&self) -> bool {
        self.relation.is_many() || self.parent.is_some_and(Self::is_many)
    }

    /// Whether some step may lead to no row.
    pub fn is_nullable(&self) -> bool {
        self.relation.nullable || self.parent.is_some_and(Self::is_nullable)
    }

    /// The steps as a user knows them, the first one first: a many-to-many is one of its own name, though it leads through
    /// a link table.
    pub fn steps(&self) -> Vec<&'static RelationSchema> {
        let mut steps = self.parent.map(Self::steps).unwrap_or_default();
        if !self.parent.is_some_and(Self::is_link) {
            steps.push(self.relation);
        }
        steps
    }

    /// Whether the step leads into a link table.
    fn is_link(&self) -> bool {
        self.relation.kind == RelationKind::Link
    }
}

impl PartialEq for PathNode {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
            || (self.relation == other.relation && self.parent == other.parent)
    }
}

impl Eq for PathNode {}
