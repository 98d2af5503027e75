//! Models whose rows go on in the table of a parent.

use std::any::Any;

use orm_core::ast::DefaultOrder;
use orm_core::model::Model;
use orm_core::path::{Join, Path, Relation, Root};
use orm_core::relation::Parent;
use orm_core::schema::{ParentSchema, PathNode, RelationSchema};
use orm_core::value::Value;

/// The ways between a row and its parent's.
struct Ways<R>(R);

impl<R: Relation> Ways<R> {
    const BACK: &'static RelationSchema = &RelationSchema::of_parent(R::SCHEMA.name, R::SCHEMA);
    const SCHEMA: &'static ParentSchema = &ParentSchema {
        model: R::To::SCHEMA,
        path: match Join::<Root<R::From>, R>::NODE {
            Some(path) => path,
            None => panic!("a relation is a step"),
        },
        back: &PathNode {
            parent: None,
            relation: Self::BACK,
        },
        default_value: R::To::default_value,
    };
}

/// The parent of a model, by the relation that leads to it.
pub const fn parent_of<R: Relation>() -> &'static ParentSchema {
    Ways::<R>::SCHEMA
}

/// The key that a row has in common with its parent. What its type is, is asked of the relation: of the parent it would be asked
/// in other words, so that the compiler would tell once more of a parent that is no model.
///
/// # Panics
/// Never: the key of such a relation is that of the model it leads to.
pub fn key_of<R: Relation>(parent: &Parent<R::To>) -> R::Key {
    let key = parent.key();
    let any: &dyn Any = &key;
    any.downcast_ref().cloned().expect("a key of the parent's")
}

/// Whether a column of the parent was left out.
pub fn is_parents_left_out<R: Relation>(parent: &Parent<R::To>, field: usize) -> bool {
    parent.is_left_out(field)
}

/// The value of the key that a row has in common with its parent.
pub fn parent_key<M: Model>(parent: &Parent<M>) -> Value {
    parent.value(M::SCHEMA.key().index)
}

/// The order of a parent's rows, as one of the rows that go on from them.
pub const fn ordering_of<M: Model, const N: usize>(at: usize) -> [DefaultOrder; N] {
    let mut terms = [DefaultOrder {
        field: 0,
        descending: false,
    }; N];
    let mut next = 0;
    while next < N {
        let DefaultOrder { field, descending } = M::ORDERING[next];
        let field = at + field;
        terms[next] = DefaultOrder { field, descending };
        next += 1;
    }
    terms
}

/// The columns of a row that a query may leave out: its own, and those of its parent.
pub const fn deferred_too<M: Model, const N: usize>(own: &[usize], at: usize) -> [usize; N] {
    let mut places = [0; N];
    let mut next = 0;
    while next < N {
        places[next] = match next < own.len() {
            true => own[next],
            false => at + M::DEFERRED[next - own.len()],
        };
        next += 1;
    }
    places
}
