//! ORDER BY.

use std::marker::PhantomData;

use crate::ast::{Expr as Node, Nulls, OrderTerm};
use crate::expr::{Case, Condition, Expr, Expression, Kind, OneRow};
use crate::model::{Model, SingleKey};
use crate::path::{About, Field, FieldDef, Path, Relation, Scope, ToOne};
use crate::types::{Nullness, SqlType};

/// An expression with a direction, made by `.asc()` and `.desc()`.
///
/// NULL is the greatest value, on both databases, unless [`nulls_first`](Self::nulls_first) or
/// [`nulls_last`](Self::nulls_last) says otherwise.
#[derive(Debug)]
pub struct OrderBy<S, K = OneRow> {
    term: OrderTerm,
    marker: PhantomData<fn() -> (S, K)>,
}

impl<S, K> Clone for OrderBy<S, K> {
    fn clone(&self) -> Self {
        Self {
            term: self.term.clone(),
            marker: PhantomData,
        }
    }
}

impl<S, K> OrderBy<S, K> {
    pub(crate) const fn new(expr: Node, descending: bool) -> Self {
        Self {
            term: OrderTerm {
                expr,
                descending,
                nulls: None,
            },
            marker: PhantomData,
        }
    }

    /// NULLs before all other values. Without it NULL is the greatest value, on both databases.
    ///
    /// SQL: `NULLS FIRST`, left out where the database does so by itself
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let books = Book::objects().order_by((Book::subtitle.asc().nulls_first(), Book::title)).all(&db)?;
    /// assert!(books[0].subtitle.is_none());
    /// # Ok::<(), orm::Error>(())
    /// ```
    #[must_use]
    pub fn nulls_first(mut self) -> Self {
        self.term.nulls = Some(Nulls::First);
        self
    }

    /// NULLs after all other values.
    ///
    /// SQL: `NULLS LAST`, left out where the database does so by itself
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let books = Book::objects().order_by((Book::subtitle.desc().nulls_last(), Book::title)).all(&db)?;
    /// assert_eq!(books[0].subtitle.as_deref(), Some("A novel"));
    /// # Ok::<(), orm::Error>(())
    /// ```
    #[must_use]
    pub fn nulls_last(mut self) -> Self {
        self.term.nulls = Some(Nulls::Last);
        self
    }
}

/// The directions of an expression.
pub trait OrderMethods: Expression {
    /// The smallest first: what an expression without a direction means.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let books = Book::objects().order_by(Book::price.asc()).all(&db)?;
    /// assert_eq!(books, Book::objects().order_by(Book::price).all(&db)?);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn asc(&self) -> OrderBy<Self::Scope, Self::Kind> {
        order_by(self, false)
    }

    /// The greatest first.
    ///
    /// SQL: `DESC`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let dearest = Book::objects().order_by((Book::price.desc(), Book::title)).first(&db)?;
    /// assert_eq!(dearest.unwrap().title, "Rust");
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn desc(&self) -> OrderBy<Self::Scope, Self::Kind> {
        order_by(self, true)
    }
}

impl<E: Expression + ?Sized> OrderMethods for E {}

fn order_by<E: Expression + ?Sized>(expr: &E, descending: bool) -> OrderBy<E::Scope, E::Kind> {
    OrderBy::new(expr.node(), descending)
}

/// What `order_by` takes: an expression, one with a direction, or a tuple of up to 16. `-Book::price` is `Book::price.desc()`,
/// as in Django and in a model's `ordering`; so are `-Book::title` and `-Book::author`, which have no other meaning.
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// let by_author = (Book::author.name, Book::price.desc());
/// assert_eq!(Book::objects().order_by(by_author).first(&db)?.unwrap().title, "Rust");
/// assert_eq!(Book::objects().order_by((-Book::author.name, -Book::price)).first(&db)?.unwrap().title, "Dunes");
/// # Ok::<(), orm::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "a query of `{M}` cannot be ordered by `{Self}`",
    label = "expected a field or an expression of `{M}`",
    note = "`Book::title.desc()` puts the greatest first, `random()` orders by chance"
)]
pub trait IntoOrder<M> {
    /// The model it is about.
    type Scope;
    /// Whether some of them have many values a row.
    type Kind: Kind;

    /// Adds the terms of ORDER BY.
    fn push_terms(self, terms: &mut Vec<OrderTerm>);
}

#[diagnostic::do_not_recommend]
impl<M, S, K: Kind> IntoOrder<M> for OrderBy<S, K> {
    type Scope = S;
    type Kind = K;

    fn push_terms(self, terms: &mut Vec<OrderTerm>) {
        terms.push(self.term);
    }
}

#[diagnostic::do_not_recommend]
impl<M, S, K: Kind> IntoOrder<M> for &OrderBy<S, K> {
    type Scope = S;
    type Kind = K;

    fn push_terms(self, terms: &mut Vec<OrderTerm>) {
        terms.push(self.term.clone());
    }
}

/// An order of chance: that of [`random`](crate::expr::functions::random).
#[diagnostic::do_not_recommend]
impl<M: Model, T> IntoOrder<M> for crate::expr::Lit<T> {
    type Scope = M;
    type Kind = crate::expr::OneRow;

    fn push_terms(self, terms: &mut Vec<OrderTerm>) {
        terms.push(OrderTerm {
            expr: self.into_node(),
            descending: false,
            nulls: None,
        });
    }
}

macro_rules! expressions {
    ($(($($generics:tt)*) $type:ty, $scope:ty;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<M, $($generics)*> IntoOrder<M> for $type {
            type Scope = $scope;
            type Kind = <Self as Expression>::Kind;

            fn push_terms(self, terms: &mut Vec<OrderTerm>) {
                terms.push(self.asc().term);
            }
        }
    )+ };
}
expressions! {
    (P: Path, F: FieldDef) Field<P, F>, P::Root;
    (P: Path, F: FieldDef) &Field<P, F>, P::Root;
    (P: Path, R: Relation<To: Model<Key: SingleKey>>) ToOne<P, R>, P::Root;
    (S: Model, T: SqlType, K: Kind) &Expr<S, T, K>, S;
    (S: Model, T: SqlType<Base = T>, N: Nullness, K: Kind) Case<S, T, N, K>, S;
    (S: Model, T: SqlType<Base = T>, N: Nullness, K: Kind) &Case<S, T, N, K>, S;
    (S: Model, K: Kind) Condition<S, K>, S;
    (S: Model, K: Kind) &Condition<S, K>, S;
}

/// A `-` at the front is a direction: NULLs stand where `desc` has them, and nothing is computed that could be out of range.
#[diagnostic::do_not_recommend]
impl<M, S: Model, T: SqlType, K: Kind> IntoOrder<M> for Expr<S, T, K> {
    type Scope = S;
    type Kind = K;

    fn push_terms(self, terms: &mut Vec<OrderTerm>) {
        let ordering: OrderBy<S, K> = match self.into_node() {
            Node::Negate(of) => OrderBy::new(of.0, true),
            node => OrderBy::new(node, false),
        };
        terms.push(ordering.term);
    }
}

macro_rules! tuples {
    ($($first:ident $zero:tt $($rest:ident $index:tt)*;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<M, $first, $($rest),*> IntoOrder<M> for ($first, $($rest,)*)
        where
            $first: IntoOrder<M>,
            Scope: About<$first::Scope, M>,
            $($rest: IntoOrder<M>, Scope: About<$rest::Scope, M>,)*
        {
            type Scope = M;
            type Kind = tuples!(@kind $first $($rest)*);

            #[allow(non_snake_case, reason = "a variable for each type parameter")]
            fn push_terms(self, terms: &mut Vec<OrderTerm>) {
                let ($first, $($rest,)*) = self;
                $first.push_terms(terms);
                $($rest.push_terms(terms);)*
            }
        }
    )+ };
    (@kind $only:ident) => { $only::Kind };
    (@kind $first:ident $($rest:ident)+) => { <$first::Kind as Kind>::With<tuples!(@kind $($rest)+)> };
}
crate::tuples::for_each!(tuples);
