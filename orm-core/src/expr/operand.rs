//! The right side of lookups and functions: values and expressions.

use std::marker::PhantomData;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::ast::{Expr as Node, Members};
use crate::expr::{BaseOf, Case, Condition, Expr, Expression, Kind, NullOf, OneRow};
use crate::model::{Model, SingleKey};
use crate::path::{About, Field, FieldDef, Path, Relation, Scope, StandsIn, ToOne};
use crate::types::{ComparableWith, Element, Json, Literal, MaybeNull, NotNull, Nullness, SqlType};
use crate::value::{ArrayValue, Value};

/// What can stand beside an expression of type `T` in a query of `S`: a value of the type, or an
/// expression that compares with it. An `Option` of a value, where `T` is an `Option`.
#[diagnostic::on_unimplemented(
    message = "a `{T}` cannot be compared with `{Self}`",
    label = "expected a value or an expression of type `{T}`",
    note = "a decimal is `dec!(9.99)`; JSON is read by `.as_i64()` and its kin, a moment's day by `.date()`; a window function needs `.over(..)`"
)]
pub trait Operand<S, T> {
    /// The model it is about; a value is about any.
    type Scope;
    /// Its type, without `Option`.
    type Base;
    /// Whether it has one value a row.
    type Kind: Kind;
    /// Whether it may be NULL.
    type Null: Nullness;

    /// The node of the query tree.
    fn into_node(self) -> Node;
}

/// Implements [`Operand`] for a type's own values, also where the column may be NULL: what a type of
/// the user's needs beside [`SqlType`].
#[doc(hidden)]
#[macro_export]
macro_rules! own_operand {
    ($type:ty) => {
        #[diagnostic::do_not_recommend]
        impl<__Scope> $crate::expr::Operand<__Scope, $type> for $type {
            type Scope = __Scope;
            type Base = $type;
            type Kind = $crate::expr::OneRow;
            type Null = $crate::types::NotNull;

            fn into_node(self) -> $crate::ast::Expr {
                $crate::ast::Expr::Bind($crate::types::SqlType::into_value(self))
            }
        }

        #[diagnostic::do_not_recommend]
        impl<__Scope> $crate::expr::Operand<__Scope, Option<$type>> for $type {
            type Scope = __Scope;
            type Base = $type;
            type Kind = $crate::expr::OneRow;
            type Null = $crate::types::NotNull;

            fn into_node(self) -> $crate::ast::Expr {
                $crate::ast::Expr::Bind($crate::types::SqlType::into_value(self))
            }
        }

        impl $crate::types::Literal for $type {}
    };
}

macro_rules! literals {
    ($([$($generics:tt)*] $literal:ty => $type:ty, $convert:expr;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<$($generics)* S> Operand<S, $type> for $literal {
            type Scope = S;
            type Base = $type;
            type Kind = OneRow;
            type Null = NotNull;

            fn into_node(self) -> Node {
                let convert: fn(Self) -> $type = $convert;
                Node::Bind(convert(self).into_value())
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($generics)* S> Operand<S, Option<$type>> for $literal {
            type Scope = S;
            type Base = $type;
            type Kind = OneRow;
            type Null = NotNull;

            fn into_node(self) -> Node {
                Operand::<S, $type>::into_node(self)
            }
        }
    )+ };
}

literals! {
    [] bool => bool, |v| v;
    [] i16 => i16, |v| v;
    [] i32 => i32, |v| v;
    [] i64 => i64, |v| v;
    [] &i16 => i16, |v| *v;
    [] &i32 => i32, |v| *v;
    [] &i64 => i64, |v| *v;
    [] i64 => f64, |v| v as f64;
    [] f64 => f64, |v| v;
    [] f32 => f32, |v| v;
    [] i64 => Decimal, Decimal::from;
    [] Decimal => Decimal, |v| v;
    [] &Decimal => Decimal, |v| *v;
    [] &str => String, str::to_owned;
    [] &&str => String, |v| (*v).to_owned();
    [] String => String, |v| v;
    [] &String => String, String::clone;
    [] std::borrow::Cow<'_, str> => String, std::borrow::Cow::into_owned;
    [] Vec<u8> => Vec<u8>, |v| v;
    [] &[u8] => Vec<u8>, <[u8]>::to_vec;
    [] Uuid => Uuid, |v| v;
    [] &Uuid => Uuid, |v| *v;
    [] NaiveDate => NaiveDate, |v| v;
    [] &NaiveDate => NaiveDate, |v| *v;
    [] NaiveTime => NaiveTime, |v| v;
    [] NaiveDateTime => NaiveDateTime, |v| v;
    [] DateTime<Utc> => DateTime<Utc>, |v| v;
    [] &DateTime<Utc> => DateTime<Utc>, |v| *v;
    [] TimeDelta => TimeDelta, |v| v;
    [] serde_json::Value => serde_json::Value, |v| v;
}

#[diagnostic::do_not_recommend]
impl<S, T> Operand<S, Self> for Json<T>
where
    Self: SqlType,
{
    type Scope = S;
    type Base = Self;
    type Kind = OneRow;
    type Null = NotNull;

    fn into_node(self) -> Node {
        Node::Bind(self.into_value())
    }
}

#[diagnostic::do_not_recommend]
impl<S, T: Element> Operand<S, Self> for Vec<T> {
    type Scope = S;
    type Base = Self;
    type Kind = OneRow;
    type Null = NotNull;

    fn into_node(self) -> Node {
        Node::Bind(self.into_value())
    }
}

#[diagnostic::do_not_recommend]
impl<S, T: Literal> Operand<S, Self> for Option<T> {
    type Scope = S;
    type Base = T;
    type Kind = OneRow;
    type Null = MaybeNull;

    fn into_node(self) -> Node {
        Node::Bind(self.into_value())
    }
}

#[diagnostic::do_not_recommend]
impl<S> Operand<S, Option<String>> for Option<&str> {
    type Scope = S;
    type Base = String;
    type Kind = OneRow;
    type Null = MaybeNull;

    fn into_node(self) -> Node {
        Node::Bind(self.map(str::to_owned).into_value())
    }
}

/// Every expression is an operand of any other; that it is about the same model and compares is asked
/// where it is used, so that an unfit one is told by its cause rather than as "no operand".
macro_rules! expression_operands {
    ($(($($generics:tt)*) $type:ty, $scope:ty $(, [$($bound:tt)*])?;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<S, T, $($generics)*> Operand<S, T> for $type
        $(where $($bound)*)?
        {
            type Scope = $scope;
            type Base = BaseOf<Self>;
            type Kind = <Self as Expression>::Kind;
            type Null = NullOf<Self>;

            fn into_node(self) -> Node {
                self.node()
            }
        }
    )+ };
}
expression_operands! {
    (P: Path, F: FieldDef) Field<P, F>, P::Root, [P: StandsIn<S>];
    (P: Path, F: FieldDef) &Field<P, F>, P::Root, [P: StandsIn<S>];
    (P: Path, R: Relation<To: Model<Key: SingleKey>>) ToOne<P, R>, P::Root, [P: StandsIn<S>];
    (S2: Model, T2: SqlType, K: Kind) Expr<S2, T2, K>, S2;
    (S2: Model, T2: SqlType, K: Kind) &Expr<S2, T2, K>, S2;
    (S2: Model, T2: SqlType<Base = T2>, N: Nullness, K: Kind) Case<S2, T2, N, K>, S2;
    (S2: Model, T2: SqlType<Base = T2>, N: Nullness, K: Kind) &Case<S2, T2, N, K>, S2;
    (S2: Model, K: Kind) Condition<S2, K>, S2;
    (S2: Model, K: Kind) &Condition<S2, K>, S2;
}

/// A literal of any query: made by [`value`] and [`now`](crate::expr::functions::now).
pub struct Lit<T> {
    node: Node,
    marker: PhantomData<fn() -> T>,
}

impl<T> Lit<T> {
    pub(crate) const fn new(node: Node) -> Self {
        Self {
            node,
            marker: PhantomData,
        }
    }

    pub(crate) fn into_node(self) -> Node {
        self.node
    }
}

impl<T> Clone for Lit<T> {
    fn clone(&self) -> Self {
        Self::new(self.node.clone())
    }
}

#[diagnostic::do_not_recommend]
impl<S, T: SqlType, U> Operand<S, U> for Lit<T> {
    type Scope = S;
    type Base = T::Base;
    type Kind = OneRow;
    type Null = T::Null;

    fn into_node(self) -> Node {
        self.node
    }
}

/// A value where an expression is needed: as a selected column, or of a type of your own that implements
/// [`SqlType`] by hand.
///
/// SQL: a bound parameter, never text of the statement
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// let rows = Book::objects().values_list((Book::title, value(1_i64))).all(&db)?;
/// assert!(rows.iter().all(|(_, one)| *one == 1));
/// # Ok::<(), orm::Error>(())
/// ```
pub fn value<V: ValueLiteral>(value: V) -> Lit<V::Type> {
    Lit::new(Node::Bind(value.into_typed().into_value()))
}

/// A value that tells the type of its column.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a value of a column type",
    label = "not a value"
)]
pub trait ValueLiteral {
    /// The column type.
    type Type: SqlType;

    /// The value at that type.
    fn into_typed(self) -> Self::Type;
}

impl<T: SqlType> ValueLiteral for T {
    type Type = T;

    fn into_typed(self) -> T {
        self
    }
}

impl ValueLiteral for &str {
    type Type = String;

    fn into_typed(self) -> String {
        self.to_owned()
    }
}

/// What `is_in` takes: a list of values or expressions, or a query set of one column.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of `{T}`",
    label = "expected a list of values, or a query set of one column, of type `{T}`"
)]
pub trait MemberList<S, T> {
    /// The right side of IN.
    fn into_members(self) -> Members;
}

#[diagnostic::do_not_recommend]
impl<S, T, I> MemberList<S, T> for I
where
    T: SqlType,
    I: IntoIterator,
    I::Item: Operand<S, T, Base: ComparableWith<T::Base>>,
    Scope: About<<I::Item as Operand<S, T>>::Scope, S>,
{
    fn into_members(self) -> Members {
        members(self.into_iter().map(Operand::into_node), T::COLUMN)
    }
}

/// Values become one array, without NULLs; a list with expressions stays a list.
pub(crate) fn members(
    nodes: impl Iterator<Item = Node>,
    element: crate::value::ColumnType,
) -> Members {
    let mut values = Vec::with_capacity(nodes.size_hint().0);
    let mut exprs = Vec::new();
    for node in nodes {
        match node {
            Node::Bind(Value::Null) => {}
            Node::Bind(value) if exprs.is_empty() => values.push(value),
            other => {
                exprs.extend(values.drain(..).map(Node::Bind));
                exprs.push(other);
            }
        }
    }
    if exprs.is_empty() {
        Members::Values(Value::Array(Box::new(ArrayValue { element, values })))
    } else {
        Members::Exprs(exprs)
    }
}
