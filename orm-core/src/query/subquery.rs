//! Queries inside of expressions: [`subquery`], [`exists`], and query sets of one row as values.

use crate::ast::{Expr as Node, Output, Select};
use crate::expr::{Condition, Expr, IntoAssigned, OneRow, Operand};
use crate::model::Model;
use crate::path::Outer;
use crate::query::selection::SelectItem;
use crate::query::{Flat, LocksNone, QuerySet, Selection};
use crate::types::{MaybeNull, SqlType};

/// The value that a query about another model gives for each row: NULL, and so an `Option`, where it finds none.
///
/// The query selects one column, and one row: `limit(1)`, with the order that says which. One that may have several rows is
/// refused when run, with [`Error::InvalidQuery`](crate::error::Error::InvalidQuery): PostgreSQL would fail, SQLite take any.
/// What the closure is given is the [`Outer`] row. The result is an expression like any other: select it, filter, order and
/// update by it.
///
/// SQL: `(SELECT .. LIMIT 1)`
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// let dearest = subquery(|author: Outer<Author, _>| {
///     Book::objects().filter(Book::author.eq(author.id)).order_by(Book::price.desc()).values_list(Book::title).limit(1)
/// });
/// let rows: Vec<(String, Option<String>)> =
///     Author::objects().filter(dearest.ne("SQL")).order_by(&dearest).values_list((Author::name, &dearest)).all(&db)?;
/// assert_eq!(rows[0], ("Eve".to_owned(), Some("Dunes".to_owned())));
/// # Ok::<(), orm::Error>(())
/// ```
pub fn subquery<S, M, R, L, F>(query: F) -> Expr<S, <R::Type as SqlType>::Nullable>
where
    S: Model,
    M: Model,
    R: OneColumn,
    L: LocksNone,
    F: Correlated<S, M, R, L>,
{
    Expr::new(Node::Scalar(Box::new(query(Outer::NEW).select)))
}

/// True where a query about another model finds a row; its negation where it finds none.
///
/// SQL: `EXISTS (SELECT 1 ..)`
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// let prolific = exists(|author: Outer<Author, _>| {
///     Book::objects().filter(Book::author.eq(author.id)).filter(Book::price.gt(40))
/// });
/// assert_eq!(Author::objects().filter(&prolific).one(&db)?.name, "Bob");
/// assert_eq!(Author::objects().filter(!prolific).one(&db)?.name, "Eve");
/// # Ok::<(), orm::Error>(())
/// ```
pub fn exists<S, M, R, L, F>(query: F) -> Condition<S>
where
    S: Model,
    M: Model,
    L: LocksNone,
    F: Correlated<S, M, R, L>,
{
    Condition::new(Node::Exists(Box::new(asked(query(Outer::NEW).select))))
}

/// A closure that is given the row around a query, and gives the query.
#[diagnostic::on_unimplemented(
    message = "a query inside of another is made by a closure, which is given the row around it",
    label = "write `|row: Outer<Author, _>| ..` before it, with the model of the query around"
)]
pub trait Correlated<S: Model, M: Model, R, L>: FnOnce(Outer<S, M>) -> QuerySet<M, R, L> {}

#[diagnostic::do_not_recommend]
impl<S, M, R, L, F> Correlated<S, M, R, L> for F
where
    S: Model,
    M: Model,
    F: FnOnce(Outer<S, M>) -> QuerySet<M, R, L>,
{
}

/// A query of which nothing is asked but whether there is a row.
pub(crate) fn asked(mut select: Select) -> Select {
    // The rows of a slice are counted as they are selected.
    if select.is_gathered() {
        return select;
    }
    if !select.is_sliced() || select.output == Output::Model {
        select.output = Output::One;
    }
    select
}

/// Rows of one column, as a subquery that is a value has them.
#[diagnostic::on_unimplemented(
    message = "a subquery that is a value selects one column",
    label = "`.values_list(Model::field)` does"
)]
pub trait OneColumn {
    /// The column's type.
    type Type: SqlType;
}

#[diagnostic::do_not_recommend]
impl<T: SqlType> OneColumn for Flat<T> {
    type Type = T;
}

/// A query set of one row and one column is a value.
macro_rules! values {
    ($($type:ty, $select:expr;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<S, T, M, U: SqlType, L: LocksNone> Operand<S, T> for $type {
            type Scope = S;
            type Base = U::Base;
            type Kind = OneRow;
            type Null = MaybeNull;

            fn into_node(self) -> Node {
                let select: fn(Self) -> Select = $select;
                Node::Scalar(Box::new(select(self)))
            }
        }

        #[diagnostic::do_not_recommend]
        impl<S, T, M, U: SqlType, L: LocksNone> IntoAssigned<S, T> for $type {
            type Scope = S;
            type Base = U::Base;
            type Null = MaybeNull;
            type Kind = OneRow;

            fn into_assigned(self) -> Node {
                Operand::<S, T>::into_node(self)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<S, M, U: SqlType, L: LocksNone> SelectItem<S> for $type {
            type Scope = S;
            type Type = U::Nullable;
            type Kind = OneRow;

            fn into_item(self) -> Node {
                Operand::<S, U>::into_node(self)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<S, M, U: SqlType, L: LocksNone> Selection<S> for $type {
            type Scope = S;
            type Rows = Flat<U::Nullable>;

            fn into_nodes(self) -> Vec<Node> {
                vec![Operand::<S, U>::into_node(self)]
            }
        }
    )+ };
}
values! {
    QuerySet<M, Flat<U>, L>, |query| query.select;
    &QuerySet<M, Flat<U>, L>, |query| query.select.clone();
}
