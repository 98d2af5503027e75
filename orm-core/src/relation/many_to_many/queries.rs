//! Reading the rows of a many-to-many: those that were loaded, or by a query.

use std::collections::HashMap;
use std::panic::Location;

use super::ManyToMany;
use crate::ast::{Column, CompareOp, Expr as Node};
use crate::error::Result;
use crate::expr::{IntoCondition, IntoOrder, KeyFrom, KeyOperand, PerRow};
use crate::model::Model;
use crate::path::{About, Scope};
use crate::query::{
    Handle, IntoPrefetch, IntoRelated, JsonRows, JsonSelection, Nested, OrderAllowed, Projected,
    QuerySet, RowIter, Selection, Whole,
};
use crate::types::Bool;

impl<T: Model> ManyToMany<T> {
    /// The rows, if `prefetch_related` or `prefetch` has loaded them; never runs a query.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let rust = Book::objects().prefetch_related(Book::tags).get(&db, Book::title.eq("Rust"))?;
    /// assert_eq!(rust.tags.loaded()?.len(), 2);
    /// let rust = Book::objects().get(&db, Book::title.eq("Rust"))?;
    /// assert!(matches!(rust.tags.loaded(), Err(Error::NotLoaded { relation: "tags" })));
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::NotLoaded`](crate::error::Error::NotLoaded) if they were not.
    pub fn loaded(&self) -> Result<&[T]> {
        let rows = self.loaded.get::<Vec<T>>().flatten();
        rows.map(Vec::as_slice).ok_or_else(|| self.not_loaded())
    }

    /// The rows: copies of those that were loaded, or by a query, in the model's order.
    ///
    /// SQL: none, or `SELECT .. WHERE "id" IN (SELECT "tag_id" FROM "book_tags" WHERE "book_id" = ?)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let rust = Book::objects().get(&db, Book::title.eq("Rust"))?;
    /// assert_eq!(rust.tags.all(&db)?.len(), 2);
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// The database's.
    #[track_caller]
    pub fn all<D: Handle + ?Sized>(&self, db: &D) -> Result<Vec<T>>
    where
        T: Clone,
    {
        match self.loaded() {
            Ok(rows) => Ok(rows.to_vec()),
            Err(_) => self.objects().fetch(db.executor(), Location::caller()),
        }
    }

    /// The number of rows: of those that were loaded, or by a query.
    ///
    /// SQL: none, or `SELECT count(*) ..`
    ///
    /// # Errors
    /// The database's.
    #[track_caller]
    pub fn count<D: Handle + ?Sized>(&self, db: &D) -> Result<u64> {
        match self.loaded() {
            Ok(rows) => Ok(rows.len() as u64),
            Err(_) => self.objects().count(db),
        }
    }

    /// Whether there is a row, among those that were loaded or by a query.
    ///
    /// SQL: none, or `SELECT 1 .. LIMIT 1`
    ///
    /// # Errors
    /// The database's.
    #[track_caller]
    pub fn exists<D: Handle + ?Sized>(&self, db: &D) -> Result<bool> {
        match self.loaded() {
            Ok(rows) => Ok(!rows.is_empty()),
            Err(_) => self.objects().exists(db),
        }
    }

    /// Whether an instance, or the row of a key, is among the rows: those that were loaded, or by a query.
    ///
    /// SQL: none, or `SELECT 1 .. WHERE .. AND "id" = ? LIMIT 1`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let rust = Book::objects().get(&db, Book::title.eq("Rust"))?;
    /// let code = Tag::objects().get(&db, Tag::name.eq("code"))?;
    /// assert!(rust.tags.contains(&db, &code)? && !rust.tags.contains(&db, 99)?);
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// The database's.
    #[track_caller]
    pub fn contains<D, K>(&self, db: &D, row: K) -> Result<bool>
    where
        D: Handle + ?Sized,
        K: KeyOperand<T, T>,
    {
        let row = row.into_key_node();
        let field = T::SCHEMA.key();
        if let (Ok(rows), Node::Bind(key)) = (self.loaded(), &row) {
            return Ok(rows.iter().any(|row| row.value(field.index) == *key));
        }
        let column = Node::Column(Column { path: None, field });
        let mut rows = self.objects();
        rows.push_filter(Node::compare(CompareOp::Eq, column, row));
        if let Some(owner) = &self.owner {
            rows.of_relation(&owner.link.links, &owner.key);
        }
        rows.exists(db)
    }

    /// Those of the rows that meet a condition: a query, also where the relation was loaded.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let rust = Book::objects().get(&db, Book::title.eq("Rust"))?;
    /// assert_eq!(rust.tags.filter(Tag::name.startswith("n")).count(&db)?, 1);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn filter<C>(&self, condition: C) -> QuerySet<T>
    where
        C: IntoCondition<T, Type: Bool, Kind: PerRow>,
        Scope: About<C::Scope, T>,
    {
        self.objects().filter(condition)
    }

    /// Those of the rows that do not meet a condition: a query, also where the relation was loaded.
    pub fn exclude<C>(&self, condition: C) -> QuerySet<T>
    where
        C: IntoCondition<T, Type: Bool, Kind: PerRow>,
        Scope: About<C::Scope, T>,
    {
        self.objects().exclude(condition)
    }

    /// The rows in an order: a query, also where the relation was loaded.
    pub fn order_by<O: IntoOrder<T>>(&self, order: O) -> QuerySet<T>
    where
        Scope: About<O::Scope, T>,
        Whole<T>: OrderAllowed<O::Kind>,
    {
        self.objects().order_by(order)
    }

    /// The rows, with rows that their keys lead to in the same query.
    pub fn select_related<S: IntoRelated<T>>(&self, relations: S) -> QuerySet<T> {
        self.objects().select_related(relations)
    }

    /// The rows, with relations of theirs by a query more for each.
    pub fn prefetch_related<P: IntoPrefetch>(&self, relations: P) -> QuerySet<T>
    where
        Scope: About<P::Model, T>,
    {
        self.objects().prefetch_related(relations)
    }

    /// Some values of each of the rows, instead of whole models.
    pub fn values_list<S: Selection<T>>(&self, selection: S) -> QuerySet<T, S::Rows>
    where
        Scope: About<S::Scope, T>,
    {
        self.objects().values_list(selection)
    }

    /// The rows as JSON objects.
    pub fn values_json<S: JsonSelection<T>>(&self, selection: S) -> QuerySet<T, JsonRows> {
        self.objects().values_json(selection)
    }

    /// The rows as a struct that derives `Projection`.
    pub fn values<P: Nested>(&self) -> QuerySet<T, Projected<P>>
    where
        Scope: About<P::Model, T>,
    {
        self.objects().values()
    }

    /// Not more than so many of the rows.
    pub fn limit(&self, rows: u64) -> QuerySet<T> {
        self.objects().limit(rows)
    }

    /// The rows one by one, fetched in parts.
    ///
    /// # Errors
    /// Those of printing the query; those of the database come with the first row.
    #[track_caller]
    pub fn iterator<'a, D: Handle + ?Sized>(&self, db: &'a D) -> Result<RowIter<'a, Whole<T>>> {
        self.objects().iterator(db)
    }

    /// The one of the rows with the greatest value.
    ///
    /// # Errors
    /// The database's.
    #[track_caller]
    pub fn latest<D, O>(&self, db: &D, order: O) -> Result<Option<T>>
    where
        D: Handle + ?Sized,
        O: IntoOrder<T>,
        Scope: About<O::Scope, T>,
        Whole<T>: OrderAllowed<O::Kind>,
    {
        self.objects().latest(db, order)
    }

    /// The one of the rows with the least value.
    ///
    /// # Errors
    /// The database's.
    #[track_caller]
    pub fn earliest<D, O>(&self, db: &D, order: O) -> Result<Option<T>>
    where
        D: Handle + ?Sized,
        O: IntoOrder<T>,
        Scope: About<O::Scope, T>,
        Whole<T>: OrderAllowed<O::Kind>,
    {
        self.objects().earliest(db, order)
    }

    /// Those of the rows with these primary keys, by key.
    ///
    /// # Errors
    /// The database's.
    #[track_caller]
    pub fn in_bulk<D, I>(&self, db: &D, keys: I) -> Result<HashMap<T::Key, T>>
    where
        D: Handle + ?Sized,
        I: IntoIterator,
        T::Key: KeyFrom<T, I::Item>,
    {
        self.objects().in_bulk(db, keys)
    }

    /// The one of the rows that meets a condition.
    ///
    /// # Errors
    /// [`Error::DoesNotExist`](crate::error::Error::DoesNotExist) if none does,
    /// [`Error::MultipleObjects`](crate::error::Error::MultipleObjects) if several do, and the database's.
    #[track_caller]
    pub fn get<D, C>(&self, db: &D, condition: C) -> Result<T>
    where
        D: Handle + ?Sized,
        C: IntoCondition<T, Type: Bool, Kind: PerRow>,
        Scope: About<C::Scope, T>,
    {
        self.objects().get(db, condition)
    }

    /// The first of the rows by the model's order, else by primary key.
    ///
    /// # Errors
    /// The database's.
    #[track_caller]
    pub fn first<D: Handle + ?Sized>(&self, db: &D) -> Result<Option<T>> {
        self.objects().first(db)
    }

    /// The last of the rows by the model's order, else by primary key.
    ///
    /// # Errors
    /// The database's.
    #[track_caller]
    pub fn last<D: Handle + ?Sized>(&self, db: &D) -> Result<Option<T>> {
        self.objects().last(db)
    }
}
