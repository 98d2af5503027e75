//! Where a query began: at an instance, for those who look at queries. The SQL does not depend on it.

use smallvec::SmallVec;

use crate::schema::RelationSchema;
use crate::value::Value;

/// The instance that a query began at.
#[derive(Clone, Debug, PartialEq)]
pub struct Origin {
    /// What it asks for.
    pub asked: Asked,
    /// The instance's key.
    pub key: SmallVec<[Value; 1]>,
    /// How many conditions it began with.
    pub filters: usize,
}

/// What an instance asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// A relation of its own.
    Relation(&'static RelationSchema),
    /// A field that was left out, by its name.
    Field(&'static str),
}
