//! `HasMany` as the beginning of a query: the methods of a query set, of the rows of one instance.

use std::collections::HashMap;
use std::panic::Location;

use super::HasMany;
use crate::error::Result;
use crate::expr::{Assignments, IntoCondition, IntoOrder, KeyFrom, PerRow};
use crate::model::Model;
use crate::path::{About, Scope};
use crate::query::{
    Handle, IntoPrefetch, IntoRelated, JsonRows, JsonSelection, Nested, OrderAllowed, Projected,
    QuerySet, RowIter, Selection, Whole,
};
use crate::types::Bool;

/// Each of these asks the database, also where the relation was loaded; [`objects`](HasMany::objects) has all others.
impl<T: Model> HasMany<T> {
    /// Those of the rows that meet a condition: a query, also where the relation was loaded.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let eve = Author::objects().prefetch_related(Author::books).get(&db, Author::name.eq("Eve"))?;
    /// assert_queries!(db, 1, { assert_eq!(eve.books.filter(Book::is_published).count(&db)?, 1) });
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
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let bob = Author::objects().get(&db, Author::name.eq("Bob"))?;
    /// let books = bob.books.select_related(Book::editor).all(&db)?;
    /// assert!(books.iter().all(|book| book.editor.get().is_ok()));
    /// # Ok::<(), orm::Error>(())
    /// ```
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
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let bob = Author::objects().get(&db, Author::name.eq("Bob"))?;
    /// assert_eq!(bob.books.values_list(Book::title).order_by(Book::title).all(&db)?, ["Rust", "SQL"]);
    /// # Ok::<(), orm::Error>(())
    /// ```
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

    /// The one of the rows that meets a condition.
    ///
    /// # Errors
    /// [`Error::DoesNotExist`](crate::error::Error::DoesNotExist) if none does, [`Error::MultipleObjects`](crate::error::Error::MultipleObjects) if several do, and the database's.
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

    /// The one of the rows with the greatest value.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let bob = Author::objects().get(&db, Author::name.eq("Bob"))?;
    /// assert_eq!(bob.books.latest(&db, Book::price)?.unwrap().title, "Rust");
    /// # Ok::<(), orm::Error>(())
    /// ```
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

    /// Changes all of the rows, in the database; gives their number. What was loaded is forgotten.
    ///
    /// SQL: `UPDATE .. SET .. WHERE "author_id" = ?`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let mut bob = Author::objects().get(&db, Author::name.eq("Bob"))?;
    /// assert_eq!(bob.books.update(&db, Book::stock_level.set(9))?, 2);
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`QuerySet::update`].
    #[track_caller]
    pub fn update<D, A>(&mut self, db: &D, assignments: A) -> Result<u64>
    where
        D: Handle + ?Sized,
        A: Assignments<T>,
    {
        self.loaded.forget();
        let mut update = Vec::new();
        assignments.push_assignments(&mut update);
        self.objects()
            .update_at(update, db.executor(), Location::caller())
    }

    /// Removes all of the rows from the database; gives their number. What was loaded is forgotten.
    ///
    /// SQL: `DELETE FROM .. WHERE "author_id" = ?`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let mut bob = Author::objects().get(&db, Author::name.eq("Bob"))?;
    /// assert_eq!((bob.books.delete(&db)?, bob.books.count(&db)?), (2, 0));
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`QuerySet::delete`].
    #[track_caller]
    pub fn delete<D: Handle + ?Sized>(&mut self, db: &D) -> Result<u64> {
        self.loaded.forget();
        self.objects().delete(db)
    }
}
