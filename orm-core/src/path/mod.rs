//! Typed paths: `Book::author.joined_date` is a value of zero size whose type holds the whole way.

mod field;
mod fields;
mod link;
mod loaded;
mod outer;
mod primary_key;
mod refused;
mod related_rows;
mod relations;
mod step;

pub use field::{
    Access, DeferredField, Field, FieldDef, Generated, Writable, Written, model_schema,
};
pub use fields::PathFields;
pub(crate) use link::Back;
pub use link::{KeyTo, LinkKeys, LinkOf, LinkTable, LinkedSide, OneKey, OwnLink, Several, link_of};
pub use loaded::{AnyRows, Loaded, RelationField, tell_parent};
pub(crate) use loaded::{Later, Told};
pub use outer::{Above, Around, Level, Outer, OuterRoot, StandsIn};
pub(crate) use primary_key::key_order;
pub use primary_key::{KeyOrder, PrimaryKey};
pub use refused::{NullLookups, ValueLookups};
pub use related_rows::RelatedRows;
pub(crate) use related_rows::of_rows;
pub use relations::{
    Apart, KeyOf, ManySide, OneSide, OneToOneField, OtherSide, ParentField, ParentSide, Relation,
    RelationSide, ToMany, ToOne,
};
pub use step::Step;

use std::any::Any;
use std::marker::PhantomData;

use crate::ast::{self, Expr, OuterQuery};
use crate::expr::{Kind, OneRow};
use crate::model::Model;
use crate::schema::PathNode;
use crate::types::{NotNull, Nullness};

/// A way from a query's model to another: none ([`Root`]), or one relation more ([`Join`]).
pub trait Path: 'static {
    /// The model where it begins.
    type Root: Model;
    /// The model where it ends.
    type Target: Model;
    /// Whether the end may be absent.
    type Null: Nullness;
    /// Whether the end is one row or many.
    type Kind: Kind;
    /// The steps.
    const NODE: Option<&'static PathNode>;
    /// The query whose row it begins at, where that is one around the query it stands in.
    const OUTER: Option<OuterQuery> = None;

    /// What is said in terms of the model where the path begins, as it is said where the path stands.
    fn placed(node: Expr) -> Expr {
        match Self::OUTER {
            None => node,
            Some(query) => Expr::Outer(Box::new(ast::Outer { query, node })),
        }
    }

    /// Adds the steps to others, each unless it is there, and gives the last one's place; none where there is no step. What
    /// leads to a parent is no step: each row has its parent with it.
    fn steps(steps: &mut Vec<Step>) -> Option<usize>;

    /// The row at the end, in the one at the end of the last step.
    fn reach(row: &mut dyn Any) -> Option<&mut dyn Any> {
        Some(row)
    }
}

/// The way of no steps: the query's own model.
pub struct Root<M>(PhantomData<fn() -> M>);

/// The way `P` and then the relation `R`.
pub struct Join<P, R>(PhantomData<fn() -> (P, R)>);

impl<M: Model> Path for Root<M> {
    type Root = M;
    type Target = M;
    type Null = NotNull;
    type Kind = OneRow;
    const NODE: Option<&'static PathNode> = None;

    fn steps(_: &mut Vec<Step>) -> Option<usize> {
        None
    }
}

impl<P: Path, R: Relation> Join<P, R> {
    /// Into the link table, where there is one.
    const LINKS: &'static PathNode = &PathNode {
        parent: P::NODE,
        relation: match R::LINK {
            Some(link) => &link.links,
            None => R::SCHEMA,
        },
    };
    const STEP: &'static PathNode = match R::LINK {
        Some(link) => &PathNode {
            parent: Some(Self::LINKS),
            relation: link.onward,
        },
        None => Self::LINKS,
    };
}

impl<P: Path, R: Relation> Path for Join<P, R> {
    type Root = P::Root;
    type Target = R::To;
    type Null = <P::Null as Nullness>::Or<R::Null>;
    type Kind = <P::Kind as Kind>::With<<R::Side as RelationSide>::Kind>;
    const NODE: Option<&'static PathNode> = Some(Self::STEP);
    const OUTER: Option<OuterQuery> = P::OUTER;

    fn steps(steps: &mut Vec<Step>) -> Option<usize> {
        let parent = P::steps(steps);
        if R::Side::PARENT {
            return parent;
        }
        Some(step::step::<P, R>(Self::STEP, parent, steps))
    }

    fn reach(row: &mut dyn Any) -> Option<&mut dyn Any> {
        if !R::Side::PARENT {
            return Some(row);
        }
        let row = P::reach(row)?.downcast_mut()?;
        R::parent(row).map(|parent| parent as &mut dyn Any)
    }
}

/// The way to a field that an update can set: none, since it sets fields of its own rows; or one to a parent, since they
/// are in its table too.
#[diagnostic::on_unimplemented(
    message = "an update sets fields of its own rows, and this one is behind a relation",
    label = "update the rows that have it: `Author::objects().filter(..).update(..)`"
)]
pub trait OwnRow: Path {
    /// The place in a whole row of the first column at the end.
    const AT: usize;
}

#[diagnostic::do_not_recommend]
impl<M: Model> OwnRow for Root<M> {
    const AT: usize = 0;
}

#[diagnostic::do_not_recommend]
impl<P: OwnRow, R: ParentField> OwnRow for Join<P, R> {
    const AT: usize = P::AT + R::From::SCHEMA.fields.len();
}

/// Where an expression of `Model` stands in a query of `Query`: they must be the same.
///
/// It is asked of the marker [`Scope`] and not of the model itself, which keeps the compiler from
/// showing where the model is defined.
#[diagnostic::on_unimplemented(
    message = "this is about `{Model}`, but the query is about `{Query}`",
    label = "about `{Model}`, where something about `{Query}` is needed"
)]
pub trait About<Model, Query> {}

/// What [`About`] is asked of.
pub struct Scope;

#[diagnostic::do_not_recommend]
impl<Model> About<Model, Model> for Scope {}

/// With one impl alone the compiler would take the query's model for the expression's, and then speak
/// of mismatched types; a second one makes it look at the expression first.
pub enum NoModel {}

#[diagnostic::do_not_recommend]
impl<Query: Model> About<NoModel, Query> for Scope {}
