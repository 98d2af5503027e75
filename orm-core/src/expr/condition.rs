//! Conditions, and what is one by itself.

use std::marker::PhantomData;
use std::ops::{BitAnd, BitAndAssign, BitOr, BitOrAssign, BitXor, BitXorAssign, Not};

use crate::ast::{CompareOp, Expr as Node};
use crate::expr::{Aggregated, Case, Expr, Expression, Kind, OneRow, PerRow};
use crate::model::Model;
use crate::path::{About, Field, FieldDef, Path, Scope};
use crate::types::{Bool, Nullness, SqlType};

/// A condition on rows of `M`: true or false, never NULL. `K` tells whether it is one on each row, or, with an aggregate in it,
/// on the rows of a group together.
///
/// A comparison with NULL is false, and so its negation is true; this is Rust's logic, and departs from SQL's and
/// Django's. Where a value may be NULL a negation is written as `(..) IS NOT TRUE`, else the SQL stays plain.
///
/// | operator | method | SQL |
/// | --- | --- | --- |
/// | `a & b` | [`a.and(b)`](Self::and) | `a AND b` |
/// | `a \| b` | [`a.or(b)`](Self::or) | `a OR b` |
/// | `a ^ b` | [`a.xor(b)`](Self::xor) | `(a) <> (b)` |
/// | `!a` | | `NOT a`, or the opposite comparison |
///
/// There are also `&=`, `|=` and `^=`. Start from [`all`](Self::all) to build one step by step; `Q` is its short name.
/// A condition is also an expression of `bool`, to be selected or compared.
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// # let title = Some("sql");
/// let mut q = Condition::<Book>::all();
/// if let Some(title) = title {
///     q &= Book::title.icontains(title);
/// }
/// let books = Book::objects().filter(q).all(&db)?;
/// // A book without a subtitle does not have this one.
/// let others = Book::objects().filter(!Book::subtitle.eq("A novel"));
/// assert_eq!(others.count(&db)?, 3);
/// # Ok::<(), orm::Error>(())
/// ```
#[must_use = "a condition asks nothing until a query has it: `.filter(condition)`"]
pub struct Condition<M, K = OneRow> {
    node: Node,
    marker: PhantomData<fn() -> (M, K)>,
}

impl<M, K> Condition<M, K> {
    pub(crate) const fn new(node: Node) -> Self {
        Self {
            node,
            marker: PhantomData,
        }
    }

    pub(crate) fn equal(left: Node, right: Node) -> Self {
        Self::new(Node::compare(CompareOp::Eq, left, right))
    }

    pub(crate) fn not_equal(left: Node, right: Node) -> Self {
        Self::new(Node::compare(CompareOp::Ne, left, right))
    }

    pub(crate) fn into_node(self) -> Node {
        self.node
    }
}

impl<M> Condition<M> {
    /// The condition that every row meets: where a chain of `&=` starts.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let mut q = Q::<Book>::all();
    /// q &= Book::price.lt(20);
    /// q &= Book::is_published;
    /// assert_eq!(Book::objects().filter(q).count(&db)?, 2);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub const fn all() -> Self {
        Self::new(Node::Constant(true))
    }

    /// The condition that no row meets: where a chain of `|=` starts.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let mut any = Q::<Book>::none();
    /// for word in ["sql", "rust"] {
    ///     any |= Book::title.icontains(word);
    /// }
    /// assert_eq!(Book::objects().filter(any).count(&db)?, 2);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub const fn none() -> Self {
        Self::new(Node::Constant(false))
    }
}

impl<M: Model, K: Kind> Condition<M, K> {
    /// Both conditions: the same as `&`. An `Option` that is `None` changes nothing.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let cheap = Book::price.lt(20).and(Book::is_published);
    /// assert_eq!(Book::objects().filter(cheap).count(&db)?, 2);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn and<C>(self, other: C) -> Condition<M, K::With<C::Kind>>
    where
        C: IntoCondition<M, Type: Bool>,
        Scope: About<C::Scope, M>,
    {
        match other.into_condition() {
            Some(other) => Condition::new(self.node.and(other.node)),
            None => Condition::new(self.node),
        }
    }

    /// Either condition: the same as `|`. An `Option` that is `None` changes nothing.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let some = Book::title.eq("SQL").or(Book::author.name.eq("Eve"));
    /// assert_eq!(Book::objects().filter(some).count(&db)?, 3);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn or<C>(self, other: C) -> Condition<M, K::With<C::Kind>>
    where
        C: IntoCondition<M, Type: Bool>,
        Scope: About<C::Scope, M>,
    {
        match other.into_condition() {
            Some(other) => Condition::new(self.node.or(other.node)),
            None => Condition::new(self.node),
        }
    }

    /// Exactly one of the two: the same as `^`. An `Option` that is `None` changes nothing.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// // With a subtitle and not published, or published and without one.
    /// let odd = Book::subtitle.is_null().xor(!Book::is_published);
    /// assert_eq!(Book::objects().filter(odd).one(&db)?.title, "SQL");
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn xor<C>(self, other: C) -> Condition<M, K::With<C::Kind>>
    where
        C: IntoCondition<M, Type: Bool>,
        Scope: About<C::Scope, M>,
    {
        match other.into_condition() {
            Some(other) => Condition::new(Node::Xor(Box::new((self.node, other.node)))),
            None => Condition::new(self.node),
        }
    }
}

impl<M, K> Clone for Condition<M, K> {
    fn clone(&self) -> Self {
        Self::new(self.node.clone())
    }
}

impl<M, K> std::fmt::Debug for Condition<M, K> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.node.fmt(f)
    }
}

impl<M: Model, K: Kind> Expression for Condition<M, K> {
    type Scope = M;
    type Type = bool;
    type Kind = K;

    fn node(&self) -> Node {
        Node::Truth(Box::new(self.node.clone()))
    }
}

/// What a lookup of an expression gives.
pub type ConditionOf<E> =
    Condition<<E as Expression>::Scope, <<E as Expression>::Kind as Kind>::Judged>;
/// What a lookup gives that compares an expression with one of kind `K`.
pub type ConditionWith<E, K> = Condition<
    <E as Expression>::Scope,
    <<<E as Expression>::Kind as Kind>::With<K> as Kind>::Judged,
>;

/// What `filter`, `exclude`, `when` and the operators of conditions take: a condition, a field or expression of `bool`, or an
/// `Option` of one, where `None` asks for nothing. A `bool` that may be NULL is true only where it is TRUE.
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// let most = Some(dec!(20));
/// let books = Book::objects()
///     .filter(Book::is_published)
///     .filter(most.map(|most| Book::price.lte(most)))
///     .filter(coalesce((Book::subtitle, Book::title)).eq("SQL"));
/// assert_eq!(books.count(&db)?, 1);
/// # Ok::<(), orm::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a condition on `{M}`",
    label = "expected a condition, such as `{M}::field.eq(..)`",
    note = "`&` and `|` join conditions, where `&&` and `||` take `bool` alone; `!` negates one; a key is asked for by `{M}::id.eq(5)`"
)]
pub trait IntoCondition<M> {
    /// The model it is about.
    type Scope;
    /// Its type: a condition is a `bool`.
    type Type;
    /// Whether it is one on each row, or on many together.
    type Kind: Kind;

    /// The condition; `None` where nothing is asked.
    fn into_condition(self) -> Option<Condition<M>>;
}

#[diagnostic::do_not_recommend]
impl<M: Model, S, K: Kind> IntoCondition<M> for Condition<S, K> {
    type Scope = S;
    type Type = bool;
    type Kind = K;

    fn into_condition(self) -> Option<Condition<M>> {
        Some(Condition::new(self.node))
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model, S, K: Kind> IntoCondition<M> for &Condition<S, K> {
    type Scope = S;
    type Type = bool;
    type Kind = K;

    fn into_condition(self) -> Option<Condition<M>> {
        Some(Condition::new(self.node.clone()))
    }
}

#[diagnostic::do_not_recommend]
impl<M, C: IntoCondition<M>> IntoCondition<M> for Option<C> {
    type Scope = C::Scope;
    type Type = C::Type;
    type Kind = C::Kind;

    fn into_condition(self) -> Option<Condition<M>> {
        self.and_then(C::into_condition)
    }
}

macro_rules! expressions {
    ($(($($generics:tt)*) $type:ty, $scope:ty, $kind:ty, $base:ty;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<M, $($generics)*> IntoCondition<M> for $type {
            type Scope = $scope;
            type Type = $base;
            type Kind = <$kind as Kind>::Judged;

            fn into_condition(self) -> Option<Condition<M>> {
                Some(Condition::new(Node::IsTrue(Box::new(self.node()))))
            }
        }
    )+ };
}
expressions! {
    (P: Path, F: FieldDef) Field<P, F>, P::Root, P::Kind, <F::Type as SqlType>::Base;
    (S: Model, T: SqlType, K: Kind) Expr<S, T, K>, S, K, T::Base;
    (S: Model, T: SqlType<Base = T>, N: Nullness, K: Kind) Case<S, T, N, K>, S, K, T;
    // Of a reference to a number nothing else is asked: the compiler would tell of each step of a chain what it is here.
    (P: Path, F: FieldDef<Type: SqlType<Base: Bool>>) &Field<P, F>, P::Root, P::Kind, <F::Type as SqlType>::Base;
    (S: Model, T: SqlType<Base: Bool>, K: Kind) &Expr<S, T, K>, S, K, T::Base;
    (S: Model, T: SqlType<Base = T> + Bool, N: Nullness, K: Kind) &Case<S, T, N, K>, S, K, T;
}

/// The node of a condition; one that asks for nothing is true.
fn node_of<M>(condition: impl IntoCondition<M>) -> Node {
    condition
        .into_condition()
        .map_or(Node::Constant(true), Condition::into_node)
}

/// The kind of a condition made of two.
type With<A, B> = <A as Kind>::With<B>;

macro_rules! operators {
    ($(($($generics:tt)*) $left:ty, $scope:ty, $kind:ty, [$($bound:tt)*];)+) => { $(
        impl<$($generics)*, C: IntoCondition<$scope, Type: Bool>> BitAnd<C> for $left
        where
            Scope: About<C::Scope, $scope>,
            $($bound)*
        {
            type Output = Condition<$scope, With<$kind, C::Kind>>;

            fn bitand(self, other: C) -> Self::Output {
                Condition::<$scope, $kind>::new(node_of::<$scope>(self)).and(other)
            }
        }

        impl<$($generics)*, C: IntoCondition<$scope, Type: Bool>> BitOr<C> for $left
        where
            Scope: About<C::Scope, $scope>,
            $($bound)*
        {
            type Output = Condition<$scope, With<$kind, C::Kind>>;

            fn bitor(self, other: C) -> Self::Output {
                Condition::<$scope, $kind>::new(node_of::<$scope>(self)).or(other)
            }
        }

        impl<$($generics)*, C: IntoCondition<$scope, Type: Bool>> BitXor<C> for $left
        where
            Scope: About<C::Scope, $scope>,
            $($bound)*
        {
            type Output = Condition<$scope, With<$kind, C::Kind>>;

            fn bitxor(self, other: C) -> Self::Output {
                Condition::<$scope, $kind>::new(node_of::<$scope>(self)).xor(other)
            }
        }

        impl<$($generics)*> Not for $left
        where
            $($bound)*
        {
            type Output = Condition<$scope, $kind>;

            fn not(self) -> Condition<$scope, $kind> {
                Condition::new(node_of::<$scope>(self).negate())
            }
        }
    )+ };
}
operators! {
    (M: Model, K: Kind) Condition<M, K>, M, K, [];
    (M: Model, K: Kind) &Condition<M, K>, M, K, [];
    (P: Path, F: FieldDef) Field<P, F>, P::Root, <P::Kind as Kind>::Judged, [<F::Type as SqlType>::Base: Bool];
    (P: Path, F: FieldDef) &Field<P, F>, P::Root, <P::Kind as Kind>::Judged, [<F::Type as SqlType>::Base: Bool];
    (S: Model, T: SqlType, K: Kind) Expr<S, T, K>, S, K::Judged, [T::Base: Bool];
    (S: Model, T: SqlType, K: Kind) &Expr<S, T, K>, S, K::Judged, [T::Base: Bool];
    (S: Model, T: SqlType<Base = T>, N: Nullness, K: Kind) Case<S, T, N, K>, S, K::Judged, [T: Bool];
    (S: Model, T: SqlType<Base = T>, N: Nullness, K: Kind) &Case<S, T, N, K>, S, K::Judged, [T: Bool];
}

macro_rules! assign_operators {
    ($($trait:ident $method:ident $combine:ident;)+) => { $(
        impl<M: Model, C: IntoCondition<M, Type: Bool, Kind: PerRow>> $trait<C> for Condition<M>
        where
            Scope: About<C::Scope, M>,
        {
            fn $method(&mut self, other: C) {
                let node = std::mem::replace(&mut self.node, Node::Constant(true));
                self.node = Self::new(node).$combine(other).into_node();
            }
        }

        impl<M: Model, C: IntoCondition<M, Type: Bool>> $trait<C> for Condition<M, Aggregated>
        where
            Scope: About<C::Scope, M>,
        {
            fn $method(&mut self, other: C) {
                let node = std::mem::replace(&mut self.node, Node::Constant(true));
                *self = Self::new(node).$combine(other);
            }
        }
    )+ };
}
assign_operators! {
    BitAndAssign bitand_assign and;
    BitOrAssign bitor_assign or;
    BitXorAssign bitxor_assign xor;
}
