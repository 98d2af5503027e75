//! `select_related`: rows that are joined, taken out of one wide row and put into each other.

use std::any::Any;

use crate::ast::{Column, Expr as Node};
use crate::decode::Row;
use crate::error::Result;
use crate::expr::OneRow;
use crate::model::Model;
use crate::path::{Join, Path, Relation, Step, ToOne};
use crate::schema::PathNode;

/// The columns of all steps, one model after the other.
pub(super) fn columns(steps: &[Step]) -> Vec<Node> {
    let column = |node: &'static PathNode| {
        let fields = node.target().fields.iter();
        fields.map(move |field| {
            Node::Column(Column {
                path: Some(node),
                field,
            })
        })
    };
    steps.iter().flat_map(|step| column(step.node)).collect()
}

/// Reads the rows of all steps from a row, in which they begin at index `at`, and gives each to the one it starts from.
pub(super) fn attach(
    steps: &[Step],
    row: &dyn Row,
    mut at: usize,
    root: &mut dyn Any,
) -> Result<()> {
    let mut found = Vec::with_capacity(steps.len());
    for step in steps {
        let model = step.node.target();
        let absent = row
            .value(at + model.primary_key[0])
            .is_ok_and(|key| key.is_null());
        found.push(match absent {
            true => None,
            false => Some((step.decode)(row, at)?),
        });
        at += model.fields.len();
    }
    // The last ones first: a row is complete before it is given on.
    for (place, step) in steps.iter().enumerate().rev() {
        let to = found[place].take();
        match step.parent {
            None => (step.attach)(root, to),
            Some(parent) => {
                if let Some(from) = &mut found[parent] {
                    (step.attach)(&mut **from, to);
                }
            }
        }
    }
    Ok(())
}

/// What [`select_related`](crate::query::QuerySet::select_related) takes: a path to one row, or a tuple of them.
#[diagnostic::on_unimplemented(
    message = "`select_related` cannot follow `{Self}` from `{M}`",
    label = "expected relations of `{M}` to one row, such as `Book::author` or `Book::author.profile`",
    note = "relations to many rows are loaded by `prefetch_related`"
)]
pub trait IntoRelated<M: Model> {
    /// Adds the steps.
    fn push_steps(self, steps: &mut Vec<Step>);
}

#[diagnostic::do_not_recommend]
impl<M, P, R> IntoRelated<M> for ToOne<P, R>
where
    M: Model,
    P: Path<Root = M, Kind = OneRow>,
    R: Relation,
{
    fn push_steps(self, steps: &mut Vec<Step>) {
        const {
            assert!(
                P::OUTER.is_none(),
                "the row of a query around is not this query's to load"
            )
        }
        Join::<P, R>::steps(steps);
    }
}

macro_rules! tuples {
    ($($($name:ident)+;)+) => { $(
        #[diagnostic::do_not_recommend]
        #[allow(non_snake_case, reason = "a variable for each type parameter")]
        impl<M: Model, $($name: IntoRelated<M>),+> IntoRelated<M> for ($($name,)+) {
            fn push_steps(self, steps: &mut Vec<Step>) {
                let ($($name,)+) = self;
                $($name.push_steps(steps);)+
            }
        }
    )+ };
}
tuples! {
    A;
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E F;
    A B C D E F G;
    A B C D E F G H;
}
