//! A relation that is followed, without its types: how rows that were joined find into each other.

use std::any::Any;

use crate::model::{DecodeAny, decode_any};
use crate::path::{AnyRows, Path, Relation};
use crate::schema::PathNode;

/// A relation that is followed, without its types.
#[derive(Clone)]
pub struct Step {
    pub(crate) node: &'static PathNode,
    /// The step that it starts from; none where that is the query's own model.
    pub(crate) parent: Option<usize>,
    /// Reads the row that it leads to, whose columns begin at an index.
    pub(crate) decode: DecodeAny,
    /// Gives the row that it starts from the one that it leads to.
    pub(crate) attach: fn(&mut dyn Any, Option<AnyRows>),
}

/// Adds the step of a relation, unless it is there; gives its place.
pub(super) fn step<P: Path, R: Relation>(
    node: &'static PathNode,
    parent: Option<usize>,
    steps: &mut Vec<Step>,
) -> usize {
    if let Some(place) = steps.iter().position(|step| step.node == node) {
        return place;
    }
    steps.push(Step {
        node,
        parent,
        decode: decode_any::<R::To>,
        attach: |from, to| {
            let from = P::reach(from).and_then(|from| from.downcast_mut::<R::From>());
            // A key that points at nothing is not loaded, rather than nothing: it may be fetched later.
            if let Some(loaded) = from.and_then(R::loaded)
                && (to.is_some() || !R::SCHEMA.is_key())
            {
                loaded.replace(to);
            }
        },
    });
    steps.len() - 1
}
