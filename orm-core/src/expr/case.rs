//! `CASE WHEN .. THEN .. ELSE .. END`.

use std::marker::PhantomData;

use crate::ast::{Case as CaseNode, Expr as Node};
use crate::expr::{Condition, Expr, Expression, IntoCondition, Kind, Lit, OneRow, Operand};
use crate::model::Model;
use crate::path::{About, Field, FieldDef, Path, Scope};
use crate::types::{Bool, NotNull, Nullness, SqlType, WidensTo};

/// Begins a conditional expression.
///
/// The first branch tells the type; the others must have it, or widen to it. Without [`otherwise`](Case::otherwise) it is an `Option`:
/// NULL where no branch holds.
///
/// SQL: `CASE WHEN .. THEN .. ELSE .. END`, as in the SQL standard and as Django's `Case` and `When`
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// let label = case().when(Book::price.lt(5), "cheap").when(Book::price.lt(20), "fair").otherwise("dear");
/// let rows: Vec<(String, String)> = Book::objects().order_by(Book::price).values_list((Book::title, label)).all(&db)?;
/// let labels: Vec<_> = rows.iter().map(|(_, label)| label.as_str()).collect();
/// assert_eq!(labels, ["cheap", "fair", "fair", "dear"]);
/// # Ok::<(), orm::Error>(())
/// ```
pub const fn case() -> CaseBuilder {
    CaseBuilder
}

/// A conditional expression without a branch.
#[derive(Clone, Copy, Debug)]
pub struct CaseBuilder;

impl CaseBuilder {
    /// The first branch.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let rows: Vec<Option<String>> =
    ///     Book::objects().order_by(Book::price).values_list(case().when(Book::price.lt(5), Book::title)).all(&db)?;
    /// assert_eq!(rows, [Some("Draft".to_owned()), None, None, None]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn when<S, C, V>(
        self,
        condition: C,
        then: V,
    ) -> Case<S, V::Base, V::Null, <C::Kind as Kind>::With<V::Kind>>
    where
        S: Model,
        C: IntoCondition<S, Type: Bool>,
        Scope: About<C::Scope, S>,
        V: Branch<S>,
    {
        let when = (node_of::<S>(condition), then.into_branch());
        Case {
            whens: vec![when],
            marker: PhantomData,
        }
    }
}

/// A conditional expression of type `T`.
pub struct Case<S, T, N = NotNull, K = OneRow> {
    whens: Vec<(Node, Node)>,
    marker: PhantomData<fn() -> (S, T, N, K)>,
}

impl<S, T, N, K> Clone for Case<S, T, N, K> {
    fn clone(&self) -> Self {
        Self {
            whens: self.whens.clone(),
            marker: PhantomData,
        }
    }
}

impl<S: Model, T: SqlType<Base = T>, N: Nullness, K: Kind> Case<S, T, N, K> {
    /// A further branch: holds where no branch before it does.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let in_stock = case().when(Book::stock_level.gt(0), Book::stock_level).when(!Book::is_published, -1).otherwise(0);
    /// let total: i32 = Book::objects().values_list(in_stock).all(&db)?.iter().sum();
    /// assert_eq!(total, 4);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn when<C, V: FurtherBranch<S, T, Base: WidensTo<T>>>(
        mut self,
        condition: C,
        then: V,
    ) -> Case<S, T, N::Or<V::Null>, <K::With<C::Kind> as Kind>::With<V::Kind>>
    where
        C: IntoCondition<S, Type: Bool>,
        Scope: About<C::Scope, S>,
        Scope: About<V::Scope, S>,
    {
        self.whens
            .push((node_of::<S>(condition), then.into_further()));
        Case {
            whens: self.whens,
            marker: PhantomData,
        }
    }

    /// What holds where no branch does. The expression is an `Option` only if some branch or this value is.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// // An UPDATE whose value depends on the row.
    /// Book::objects().update(&db, Book::price.set(
    ///     case().when(Book::stock_level.gt(3), Book::price * dec!(0.5)).otherwise(Book::price)))?;
    /// assert_eq!(Book::objects().get(&db, Book::title.eq("SQL"))?.price, dec!(5));
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn otherwise<V: FurtherBranch<S, T, Base: WidensTo<T>>>(
        self,
        value: V,
    ) -> Expr<S, <N::Or<V::Null> as Nullness>::Apply<T>, K::With<V::Kind>>
    where
        Scope: About<V::Scope, S>,
    {
        Expr::new(case_node(self.whens, Some(value.into_further()), T::COLUMN))
    }
}

impl<S: Model, T: SqlType<Base = T>, N: Nullness, K: Kind> Expression for Case<S, T, N, K> {
    type Scope = S;
    type Type = T::Nullable;
    type Kind = K;

    fn node(&self) -> Node {
        case_node(self.whens.clone(), None, T::COLUMN)
    }
}

fn case_node(
    whens: Vec<(Node, Node)>,
    otherwise: Option<Node>,
    column_type: crate::value::ColumnType,
) -> Node {
    Node::Case(Box::new(CaseNode {
        whens,
        otherwise,
        column_type,
    }))
}

fn node_of<S: Model>(condition: impl IntoCondition<S>) -> Node {
    condition
        .into_condition()
        .map_or(Node::Constant(true), Condition::into_node)
}

/// What the other branches may hold: what can stand beside the first one's type.
#[diagnostic::on_unimplemented(
    message = "the branches of `case()` must have one type: the first is a `{T}`, and this a `{Self}`",
    label = "expected a value or an expression of type `{T}`"
)]
pub trait FurtherBranch<S, T> {
    /// The model it is about; a value is about any.
    type Scope;
    /// Its type, without `Option`.
    type Base;
    /// Whether it has one value a row.
    type Kind: Kind;
    /// Whether it may be NULL.
    type Null: Nullness;

    /// The node of the query tree.
    fn into_further(self) -> Node;
}

#[diagnostic::do_not_recommend]
impl<S, T, V: Operand<S, T>> FurtherBranch<S, T> for V {
    type Scope = V::Scope;
    type Base = V::Base;
    type Kind = V::Kind;
    type Null = V::Null;

    fn into_further(self) -> Node {
        self.into_node()
    }
}

/// What the first branch of a conditional expression may hold: it tells the type of all.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a branch of `case()`",
    label = "expected a value or an expression"
)]
pub trait Branch<S> {
    /// The type of the conditional expression.
    type Base: SqlType<Base = Self::Base>;
    /// Whether this branch may be NULL.
    type Null: Nullness;
    /// Whether it has one value a row.
    type Kind: Kind;

    /// The node of the query tree.
    fn into_branch(self) -> Node;
}

impl<S, T: SqlType> Branch<S> for T {
    type Base = T::Base;
    type Null = T::Null;
    type Kind = OneRow;

    fn into_branch(self) -> Node {
        Node::Bind(self.into_value())
    }
}

impl<S> Branch<S> for &str {
    type Base = String;
    type Null = NotNull;
    type Kind = OneRow;

    fn into_branch(self) -> Node {
        Node::Bind(self.to_owned().into_value())
    }
}

macro_rules! expressions {
    ($(($($generics:tt)*) $type:ty, $scope:ty;)+) => { $(
        impl<S, $($generics)*> Branch<S> for $type
        where
            Scope: About<$scope, S>,
        {
            type Base = crate::expr::BaseOf<Self>;
            type Null = crate::expr::NullOf<Self>;
            type Kind = <Self as Expression>::Kind;

            fn into_branch(self) -> Node {
                self.node()
            }
        }
    )+ };
}
expressions! {
    (P: Path, F: FieldDef) Field<P, F>, P::Root;
    (P: Path, F: FieldDef) &Field<P, F>, P::Root;
    (S2: Model, T: SqlType, K: Kind) Expr<S2, T, K>, S2;
    (S2: Model, T: SqlType, K: Kind) &Expr<S2, T, K>, S2;
    (S2: Model, T: SqlType<Base = T>, N: Nullness, K: Kind) Case<S2, T, N, K>, S2;
    (S2: Model, T: SqlType<Base = T>, N: Nullness, K: Kind) &Case<S2, T, N, K>, S2;
}

impl<S, T: SqlType> Branch<S> for Lit<T> {
    type Base = T::Base;
    type Null = T::Null;
    type Kind = OneRow;

    fn into_branch(self) -> Node {
        self.into_node()
    }
}
