//! `column = value` in `UPDATE`.

use std::marker::PhantomData;

use crate::ast::Expr as Node;
use crate::expr::{BaseOf, Case, Condition, Expr, Expression, Kind, Lit, NullOf, OneRow, Operand};
use crate::model::Model;
use crate::path::{Field, FieldDef, Path};
use crate::types::{MaybeNull, NotNull, Nullness, SqlType};
use crate::value::Value;

/// A column with its new value, made by `Book::price.set(..)`. A `Vec` of them is an update whose columns are known only
/// when the program runs.
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// # let (price, stock) = (Some(dec!(9)), None::<i32>);
/// let mut changes = Vec::new();
/// changes.extend(price.map(|price| Book::price.set(price)));
/// changes.extend(stock.map(|stock| Book::stock_level.set(stock)));
/// Book::objects().filter(Book::title.eq("SQL")).update(&db, changes)?;
/// # Ok::<(), orm::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "an assignment changes nothing until it is given to `.update(&db, ..)`"]
pub struct Assignment<M> {
    field: usize,
    value: Node,
    marker: PhantomData<fn() -> M>,
}

impl<M> Assignment<M> {
    pub(crate) const fn new(field: usize, value: Node) -> Self {
        Self {
            field,
            value,
            marker: PhantomData,
        }
    }
}

/// What `update` takes: an assignment or a tuple of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an assignment to fields of `{M}`",
    label = "expected `{M}::field.set(..)`, or a tuple of such"
)]
pub trait Assignments<M> {
    /// Adds columns with their new values.
    fn push_assignments(self, to: &mut Vec<(usize, Node)>);
}

#[diagnostic::do_not_recommend]
impl<M> Assignments<M> for Assignment<M> {
    fn push_assignments(self, to: &mut Vec<(usize, Node)>) {
        to.push((self.field, self.value));
    }
}

#[diagnostic::do_not_recommend]
impl<M> Assignments<M> for Vec<Assignment<M>> {
    fn push_assignments(self, to: &mut Vec<(usize, Node)>) {
        to.extend(self.into_iter().map(|one| (one.field, one.value)));
    }
}

macro_rules! tuples {
    ($($($name:ident $index:tt)+;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<M, $($name: Assignments<M>),+> Assignments<M> for ($($name,)+) {
            #[allow(non_snake_case, reason = "a variable for each type parameter")]
            fn push_assignments(self, to: &mut Vec<(usize, Node)>) {
                let ($($name,)+) = self;
                $($name.push_assignments(to);)+
            }
        }
    )+ };
}
crate::tuples::for_each!(tuples);

/// What can be written to a field of type `T`: a value of the type, or an expression that widens to
/// it; one that may be NULL only where the field is an `Option`.
#[diagnostic::on_unimplemented(
    message = "a field of `{T}` cannot be set to `{Self}`",
    label = "expected a value or an expression of type `{T}`"
)]
pub trait IntoAssigned<M, T> {
    /// The model it is about; a value is about any.
    type Scope;
    /// Its type, without `Option`.
    type Base;
    /// Whether it may be NULL.
    type Null;
    /// Whether it is a value of the row.
    type Kind;

    /// The node of the query tree.
    fn into_assigned(self) -> Node;
}

/// Implements [`IntoAssigned`] for values, by [`Operand`].
#[doc(hidden)]
#[macro_export]
macro_rules! assigned_literal {
    ($($literal:ty => $type:ty;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<__M> $crate::expr::IntoAssigned<__M, $type> for $literal {
            type Scope = __M;
            type Base = $type;
            type Null = $crate::types::NotNull;
            type Kind = $crate::expr::OneRow;

            fn into_assigned(self) -> $crate::ast::Expr {
                $crate::expr::Operand::<__M, $type>::into_node(self)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<__M> $crate::expr::IntoAssigned<__M, Option<$type>> for $literal {
            type Scope = __M;
            type Base = $type;
            type Null = $crate::types::NotNull;
            type Kind = $crate::expr::OneRow;

            fn into_assigned(self) -> $crate::ast::Expr {
                $crate::expr::Operand::<__M, $type>::into_node(self)
            }
        }
    )+ };
}
assigned_literal! {
    bool => bool;
    i16 => i16;
    i32 => i32;
    i64 => i64;
    f32 => f32;
    f64 => f64;
    i64 => f64;
    i64 => rust_decimal::Decimal;
    rust_decimal::Decimal => rust_decimal::Decimal;
    &str => String;
    String => String;
    &String => String;
    Vec<u8> => Vec<u8>;
    &[u8] => Vec<u8>;
    uuid::Uuid => uuid::Uuid;
    chrono::NaiveDate => chrono::NaiveDate;
    chrono::NaiveTime => chrono::NaiveTime;
    chrono::NaiveDateTime => chrono::NaiveDateTime;
    chrono::DateTime<chrono::Utc> => chrono::DateTime<chrono::Utc>;
    chrono::TimeDelta => chrono::TimeDelta;
    serde_json::Value => serde_json::Value;
}

#[diagnostic::do_not_recommend]
impl<M, T> IntoAssigned<M, Self> for crate::types::Json<T>
where
    Self: SqlType,
{
    type Scope = M;
    type Base = Self;
    type Null = NotNull;
    type Kind = OneRow;

    fn into_assigned(self) -> Node {
        Node::Bind(self.into_value())
    }
}

#[diagnostic::do_not_recommend]
impl<M, T: crate::types::Literal> IntoAssigned<M, Self> for Option<T> {
    type Scope = M;
    type Base = T;
    type Null = MaybeNull;
    type Kind = OneRow;

    fn into_assigned(self) -> Node {
        Node::Bind(self.into_value())
    }
}

#[diagnostic::do_not_recommend]
impl<M> IntoAssigned<M, Option<String>> for Option<&str> {
    type Scope = M;
    type Base = String;
    type Null = MaybeNull;
    type Kind = OneRow;

    fn into_assigned(self) -> Node {
        Operand::<M, Option<String>>::into_node(self)
    }
}

/// What may be NULL, for a field that may not be: by its nullness it is refused, in the words for that.
macro_rules! never_null {
    ($($type:ty)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<M, T> IntoAssigned<M, $type> for Option<T> {
            type Scope = M;
            type Base = $type;
            type Null = MaybeNull;
            type Kind = OneRow;

            fn into_assigned(self) -> Node {
                Node::Bind(Value::Null)
            }
        }
    )+ };
}
never_null! {
    bool i16 i32 i64 f32 f64 rust_decimal::Decimal String Vec<u8> uuid::Uuid
    chrono::NaiveDate chrono::NaiveTime chrono::NaiveDateTime chrono::DateTime<chrono::Utc> chrono::TimeDelta
    serde_json::Value
}

macro_rules! expressions {
    ($(($($generics:tt)*) $type:ty, $scope:ty;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<M, T: SqlType, $($generics)*> IntoAssigned<M, T> for $type {
            type Scope = $scope;
            type Base = <Self::Kind as Kind>::Assigned<BaseOf<Self>, T::Base>;
            type Null = <Self::Kind as Kind>::Assigned<NullOf<Self>, NotNull>;
            type Kind = <Self as Expression>::Kind;

            fn into_assigned(self) -> Node {
                self.node()
            }
        }
    )+ };
}
expressions! {
    (P: Path, F: FieldDef) Field<P, F>, P::Root;
    (P: Path, F: FieldDef) &Field<P, F>, P::Root;
    (S: Model, K: Kind) Condition<S, K>, S;
    (S: Model, K: Kind) &Condition<S, K>, S;
    (S: Model, E: SqlType, K: Kind) Expr<S, E, K>, S;
    (S: Model, E: SqlType, K: Kind) &Expr<S, E, K>, S;
    (S: Model, E: SqlType<Base = E>, N: Nullness, K: Kind) Case<S, E, N, K>, S;
    (S: Model, E: SqlType<Base = E>, N: Nullness, K: Kind) &Case<S, E, N, K>, S;
}

#[diagnostic::do_not_recommend]
impl<M, T, L: SqlType> IntoAssigned<M, T> for Lit<L> {
    type Scope = M;
    type Base = L::Base;
    type Null = L::Null;
    type Kind = OneRow;

    fn into_assigned(self) -> Node {
        self.into_node()
    }
}
