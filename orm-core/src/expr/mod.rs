//! Typed expressions: they check everything at compile time and leave one node in the query tree.

mod aggregates;
mod arithmetic;
mod assign;
mod case;
mod condition;
mod keys;
mod kind;
mod operand;
mod order;
mod over;
mod raw;
mod window;

pub mod custom;
pub mod functions;
pub mod lookups;

pub use aggregates::{AggregateOf, Aggregates, AvgOf, NullableOf, SumOf};
pub use arithmetic::ArithmeticOperand;
pub use assign::{Assignment, Assignments, IntoAssigned};
pub use case::{Case, CaseBuilder, case};
pub use condition::{Condition, ConditionOf, ConditionWith, IntoCondition};
pub use keys::{IntoKeyValue, KeyFrom, KeyList, KeyOperand, KeySet, KeyValue};
pub use kind::{
    Aggregated, Kind, ManyRows, NoAggregate, NoManyRows, NoWindow, OneRow, PerRow, Windowed,
};
pub use operand::{Lit, MemberList, Operand, value};
pub use order::{IntoOrder, OrderBy, OrderMethods};
pub use over::{FrameRange, IntoPartition, IntoWindow, Window, order_by, partition_by};
pub use raw::{raw_expr, raw_expr_with};
pub use window::{
    Neighbour, WindowFunctions, Windowing, cume_dist, dense_rank, ntile, percent_rank, rank,
    row_number,
};

use std::marker::PhantomData;

use crate::ast::Expr as Node;
use crate::model::Model;
use crate::types::SqlType;

/// Something that has a value in each row of a query of `Scope`: a field path, or what functions and
/// operators make of others.
///
/// Its lookups and functions are methods of the traits in [`lookups`] and [`functions`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither a field nor an expression",
    label = "not an expression",
    note = "`value(..)` makes an expression of a value"
)]
pub trait Expression {
    /// The model whose rows it is about.
    type Scope: Model;
    /// The type of its value.
    type Type: SqlType;
    /// Whether it has one value in a row, or one for each related row.
    type Kind: Kind;

    /// The node of the query tree.
    fn node(&self) -> Node;

    /// The same expression with its way forgotten: members of one list, and branches of an `if`, need one type.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// # let by_title = true;
    /// let column = if by_title { Book::title.expr() } else { Book::author.name.expr() };
    /// let rows: Vec<String> = Book::objects().values_list(&column).order_by(&column).all(&db)?;
    /// // Expressions as members of a list.
    /// let twice = Book::objects().filter(Book::title.is_in([Book::author.name.expr(), Book::title.lower()]));
    /// assert_eq!(twice.count(&db)?, 0);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn expr(&self) -> Expr<Self::Scope, Self::Type, Self::Kind> {
        Expr::new(self.node())
    }
}

impl<E: Expression> Expression for &E {
    type Scope = E::Scope;
    type Type = E::Type;
    type Kind = E::Kind;

    fn node(&self) -> Node {
        (**self).node()
    }
}

/// An expression of type `T` over rows of `S`: what functions and operators give. It is untyped inside and cheap to
/// clone; queries take it by value or by reference.
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// let left: Expr<Book, i32> = Book::stock_level - Book::sales_count;
/// let rows = Book::objects().filter(left.gt(0)).order_by(left.desc()).values_list(&left).all(&db)?;
/// assert_eq!(rows, [5]);
/// # Ok::<(), orm::Error>(())
/// ```
pub struct Expr<S, T, K = OneRow> {
    node: Node,
    marker: PhantomData<fn() -> (S, T, K)>,
}

impl<S, T, K> Expr<S, T, K> {
    /// An expression whose types the caller vouches for.
    pub(crate) const fn new(node: Node) -> Self {
        Self {
            node,
            marker: PhantomData,
        }
    }

    /// The node of the query tree.
    pub(crate) fn into_node(self) -> Node {
        self.node
    }
}

impl<S, T, K> Clone for Expr<S, T, K> {
    fn clone(&self) -> Self {
        Self::new(self.node.clone())
    }
}

impl<S, T, K> std::fmt::Debug for Expr<S, T, K> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.node.fmt(f)
    }
}

impl<S: Model, T: SqlType, K: Kind> Expression for Expr<S, T, K> {
    type Scope = S;
    type Type = T;
    type Kind = K;

    fn node(&self) -> Node {
        self.node.clone()
    }
}

/// The type without its `Option` of an expression.
pub type BaseOf<E> = <<E as Expression>::Type as SqlType>::Base;
/// Whether an expression may be NULL.
pub type NullOf<E> = <<E as Expression>::Type as SqlType>::Null;

pub(crate) use keys::{in_select, key_among, key_is, primary_key};
pub(crate) use operand::members;
