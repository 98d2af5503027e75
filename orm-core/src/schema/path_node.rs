//! A way from a query's model to another, one relation at a time.

use super::{ModelSchema, RelationSchema};

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

    /// The steps, the first one first.
    pub fn steps(&self) -> Vec<&'static RelationSchema> {
        let mut steps = self.parent.map(Self::steps).unwrap_or_default();
        steps.push(self.relation);
        steps
    }
}

impl PartialEq for PathNode {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
            || (self.relation == other.relation && self.parent == other.parent)
    }
}

impl Eq for PathNode {}
