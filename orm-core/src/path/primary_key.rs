//! The primary key of a model as a path: `M::pk()`.

use std::marker::PhantomData;

use crate::ast::{Column, Expr as Node, OrderTerm};
use crate::expr::{Condition, IntoOrder, KeySet, KeyValue, OneRow, key_is};
use crate::model::Model;

/// The primary key of `M`, whatever it is called and of how many fields it is made: what
/// [`Model::pk`] gives. A composite key is a tuple.
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// fn newest<M: Model>(db: &Database) -> Result<Option<M>> {
///     QuerySet::<M>::objects().order_by(M::pk().desc()).first(db)
/// }
///
/// assert_eq!(newest::<Book>(&db)?.unwrap().id, 4);
/// // It is selected as what it is.
/// fn keys<M: Model>(db: &Database) -> Result<Vec<M::Key>> {
///     QuerySet::<M>::objects().order_by(M::pk()).values_list(M::pk()).all(db)
/// }
/// assert_eq!(keys::<Book>(&db)?, [1, 2, 3, 4]);
/// # Ok::<(), orm::Error>(())
/// ```
pub struct PrimaryKey<M>(PhantomData<fn() -> M>);

impl<M> PrimaryKey<M> {
    /// The one value of the type.
    pub const NEW: Self = Self(PhantomData);
}

impl<M> Clone for PrimaryKey<M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M> Copy for PrimaryKey<M> {}

impl<M: Model> std::fmt::Debug for PrimaryKey<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.pk", M::SCHEMA.name)
    }
}

impl<M: Model> PrimaryKey<M> {
    /// The row is the one of this key.
    ///
    /// SQL: `"id" = ?`; of a composite key `"order_id" = ? AND "product_id" = ?`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert_eq!(Book::objects().get(&db, Book::pk().eq(2))?.id, 2);
    /// # Ok::<(), orm::Error>(())
    /// ```
    #[allow(
        clippy::should_implement_trait,
        reason = "the lookup's name in Django and in SQL builders"
    )]
    pub fn eq(self, key: impl KeyValue<M>) -> Condition<M> {
        let all = key_is::<M>(key.into_key()).reduce(Node::and);
        Condition::new(all.unwrap_or(Node::Constant(true)))
    }

    /// The row is another: the negation of [`eq`](Self::eq).
    ///
    /// SQL: `"id" <> ?`; of a composite key `NOT ("order_id" = ? AND "product_id" = ?)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert_eq!(Book::objects().filter(Book::pk().ne(2)).count(&db)?, 3);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn ne(self, key: impl KeyValue<M>) -> Condition<M> {
        !self.eq(key)
    }

    /// The row is one of those of these keys; of any number of them, also of none. A query set takes the place of a list: one of
    /// whole rows, or one that selects such keys, of whichever model.
    ///
    /// SQL: `"id" = ANY($1)`, on SQLite `IN rarray(?)`; of a composite key
    /// `("order_id", "product_id") IN (SELECT * FROM unnest($1, $2))`, on SQLite the same out of an `rarray` for each part; of a
    /// query set `IN (SELECT ..)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert_eq!(Book::objects().filter(Book::pk().is_in([1, 2, 99])).count(&db)?, 2);
    /// let dearest = Book::objects().order_by(Book::price.desc()).limit(3);
    /// assert_eq!(Book::objects().filter(!Book::pk().is_in(dearest)).count(&db)?, 1);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn is_in(self, keys: impl KeySet<M>) -> Condition<M> {
        Condition::new(keys.into_membership())
    }

    /// Ascending, which is also what the key itself means in an ordering.
    ///
    /// SQL: `ORDER BY "id"`; of a composite key by each of its fields
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert_eq!(Book::objects().order_by(Book::pk().asc()).first(&db)?.unwrap().id, 1);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub const fn asc(self) -> KeyOrder<M> {
        KeyOrder(self, false)
    }

    /// Descending.
    ///
    /// SQL: `ORDER BY "id" DESC`; of a composite key by each of its fields
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert_eq!(Book::objects().order_by(Book::pk().desc()).first(&db)?.unwrap().id, 4);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub const fn desc(self) -> KeyOrder<M> {
        KeyOrder(self, true)
    }
}

/// The order of the primary key: what [`PrimaryKey::desc`] gives.
#[derive(Debug)]
pub struct KeyOrder<M: Model>(PrimaryKey<M>, bool);

/// The terms of the order of the primary key.
pub(crate) fn key_order<M: Model>(descending: bool) -> impl Iterator<Item = OrderTerm> {
    M::SCHEMA.keys().map(move |field| OrderTerm {
        expr: Node::Column(Column { path: None, field }),
        descending,
        nulls: None,
    })
}

#[diagnostic::do_not_recommend]
impl<M, N: Model> IntoOrder<M> for KeyOrder<N> {
    type Scope = N;
    type Kind = OneRow;

    fn push_terms(self, terms: &mut Vec<OrderTerm>) {
        terms.extend(key_order::<N>(self.1));
    }
}

#[diagnostic::do_not_recommend]
impl<M, N: Model> IntoOrder<M> for PrimaryKey<N> {
    type Scope = N;
    type Kind = OneRow;

    fn push_terms(self, terms: &mut Vec<OrderTerm>) {
        terms.extend(key_order::<N>(false));
    }
}
