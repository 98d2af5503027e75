//! The rows of one instance as the beginning of a query: what `HasMany` and `ManyToMany` have of the methods of a query set. The
//! list is one for both: a method is added in one place.

use std::collections::HashMap;
use std::hash::Hash;
use std::ops::RangeBounds;

use crate::dialect::Dialect;
use crate::error::Result;
use crate::expr::{Assignments, IntoCondition, IntoOrder, KeyFrom, Operand, PerRow};
use crate::model::{HasDeferred, Model};
use crate::path::{About, Field, FieldDef, Root, Scope};
use crate::query::{
    AggregateList, Alike, AnnotateAllowed, Annotations, Combined, DeferredFields, Extend, FieldSet,
    FilterAllowed, Handle, IntoPrefetch, IntoRelated, IntoWith, JsonRows, JsonSelection,
    LockedRows, Nested, OfManyRows, On, OnDatabase, OrderAllowed, Projected, QuerySet, RowIter,
    RowShape, RowType, Selection, SetOperand, Whole,
};
use crate::relation::{HasMany, ManyToMany};
use crate::types::{Bool, ComparableWith, SqlType};
use crate::value::Value;

macro_rules! manager {
    ($($name:ident)+) => { $(
        /// The methods of a query set. Each asks the database, also where the relation was loaded; what is missing here,
        /// [`objects`](Self::objects) has.
        impl<T: Model> $name<T> {
            /// Those of the rows that meet a condition.
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
                C: IntoCondition<T, Type: Bool>,
                Scope: About<C::Scope, T>,
                Whole<T>: FilterAllowed<C::Kind>,
            {
                self.objects().filter(condition)
            }

            /// Those of the rows that do not meet a condition.
            pub fn exclude<C>(&self, condition: C) -> QuerySet<T>
            where
                C: IntoCondition<T, Type: Bool>,
                Scope: About<C::Scope, T>,
                Whole<T>: FilterAllowed<C::Kind>,
            {
                self.objects().exclude(condition)
            }

            /// The rows in an order.
            pub fn order_by<O: IntoOrder<T>>(&self, order: O) -> QuerySet<T>
            where
                Scope: About<O::Scope, T>,
                Whole<T>: OrderAllowed<O::Kind>,
            {
                self.objects().order_by(order)
            }

            /// The rows without the model's order; see [`QuerySet::unordered`].
            pub fn unordered(&self) -> QuerySet<T> {
                self.objects().unordered()
            }

            /// The rows, the last ones first; see [`QuerySet::reverse`].
            pub fn reverse(&self) -> QuerySet<T> {
                self.objects().reverse()
            }

            /// The rows, equal ones once; see [`QuerySet::distinct`].
            pub fn distinct(&self) -> QuerySet<T> {
                self.objects().distinct()
            }

            /// Of rows with equal values the first; see [`QuerySet::distinct_on`].
            pub fn distinct_on<E: Selection<T>>(&self, exprs: E) -> QuerySet<T>
            where
                Scope: About<E::Scope, T>,
            {
                self.objects().distinct_on(exprs)
            }

            /// Not more than so many of the rows.
            pub fn limit(&self, rows: u64) -> QuerySet<T> {
                self.objects().limit(rows)
            }

            /// The rows but for the first so many.
            pub fn offset(&self, rows: u64) -> QuerySet<T> {
                self.objects().offset(rows)
            }

            /// The rows of these numbers, counted from 0.
            ///
            /// ```
            /// # use orm_doc_models::*;
            /// # let db = bookstore()?;
            /// let bob = Author::objects().get(&db, Author::name.eq("Bob"))?;
            /// assert_eq!(bob.books.slice(1..2).one(&db)?.title, "SQL");
            /// # Ok::<(), orm::Error>(())
            /// ```
            pub fn slice(&self, range: impl RangeBounds<u64>) -> QuerySet<T> {
                self.objects().slice(range)
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

            /// The rows of a relation of theirs, appended to each; see [`QuerySet::with`].
            ///
            /// ```
            /// # use orm_doc_models::*;
            /// # let db = bookstore()?;
            /// let bob = Author::objects().get(&db, Author::name.eq("Bob"))?;
            /// let books: Vec<(Book, Vec<Tag>)> = bob.books.with(Book::tags).all(&db)?;
            /// assert_eq!(books[0].1.len(), 2);
            /// # Ok::<(), orm::Error>(())
            /// ```
            pub fn with<W: IntoWith>(
                &self,
                relation: W,
            ) -> QuerySet<T, <Whole<T> as Extend>::With<W::Part>>
            where
                Scope: About<W::Model, T>,
            {
                self.objects().with(relation)
            }

            /// Values appended to each of the rows; see [`QuerySet::annotate`].
            ///
            /// ```
            /// # use orm_doc_models::*;
            /// # let db = bookstore()?;
            /// let bob = Author::objects().get(&db, Author::name.eq("Bob"))?;
            /// let books: Vec<(Book, i64)> = bob.books.annotate(Book::tags.count()).all(&db)?;
            /// assert_eq!(books[0].1, 2);
            /// # Ok::<(), orm::Error>(())
            /// ```
            pub fn annotate<A>(&self, annotations: A) -> QuerySet<T, A::Rows>
            where
                A: Annotations<T, Whole<T>>,
                Scope: About<A::Scope, T>,
                Whole<T>: AnnotateAllowed<A::Kind>,
            {
                self.objects().annotate(annotations)
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

            /// The rows without some [`Deferred`](crate::query::Deferred) fields; see [`QuerySet::defer`].
            pub fn defer<F: DeferredFields<T>>(&self, fields: F) -> QuerySet<T> {
                self.objects().defer(fields)
            }

            /// The rows without the [`Deferred`](crate::query::Deferred) fields that are not named; see [`QuerySet::only`].
            pub fn only<F: FieldSet<T>>(&self, fields: F) -> QuerySet<T>
            where
                T: HasDeferred,
            {
                self.objects().only(fields)
            }

            /// The rows, locked until the transaction ends; see [`QuerySet::select_for_update`].
            ///
            /// ```
            /// # use orm_doc_models::*;
            /// # let db = bookstore()?;
            /// let bob = Author::objects().get(&db, Author::name.eq("Bob"))?;
            /// let books = db.atomic(|tx| bob.books.select_for_update().all(tx))?;
            /// assert_eq!(books.len(), 2);
            /// # Ok::<(), orm::Error>(())
            /// ```
            pub fn select_for_update(&self) -> LockedRows<T> {
                self.objects().select_for_update()
            }

            /// The query of the rows on one database alone; see [`QuerySet::on`].
            pub fn on<B: OnDatabase>(&self, database: B) -> QuerySet<T, Whole<T>, On<B>> {
                self.objects().on(database)
            }

            /// These rows and those of another query, each once; see [`QuerySet::union`].
            ///
            /// ```
            /// # use orm_doc_models::*;
            /// # let db = bookstore()?;
            /// let authors = Author::objects().all(&db)?;
            /// assert_eq!(authors[0].books.union(authors[1].books.objects()).count(&db)?, 4);
            /// # Ok::<(), orm::Error>(())
            /// ```
            pub fn union<Q: SetOperand>(&self, other: Q) -> Combined<T, Whole<T>>
            where
                RowType: Alike<Q::Rows, Whole<T>, <Q::Rows as RowShape>::Output, T>,
            {
                self.objects().union(other)
            }

            /// These rows and those of another query; see [`QuerySet::union_all`].
            pub fn union_all<Q: SetOperand>(&self, other: Q) -> Combined<T, Whole<T>>
            where
                RowType: Alike<Q::Rows, Whole<T>, <Q::Rows as RowShape>::Output, T>,
            {
                self.objects().union_all(other)
            }

            /// Those of the rows that are also another query's; see [`QuerySet::intersection`].
            pub fn intersection<Q: SetOperand>(&self, other: Q) -> Combined<T, Whole<T>>
            where
                RowType: Alike<Q::Rows, Whole<T>, <Q::Rows as RowShape>::Output, T>,
            {
                self.objects().intersection(other)
            }

            /// Those of the rows that are not another query's; see [`QuerySet::difference`].
            pub fn difference<Q: SetOperand>(&self, other: Q) -> Combined<T, Whole<T>>
            where
                RowType: Alike<Q::Rows, Whole<T>, <Q::Rows as RowShape>::Output, T>,
            {
                self.objects().difference(other)
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

            /// The one row that there is.
            ///
            /// # Errors
            /// As [`get`](Self::get).
            #[track_caller]
            pub fn one<D: Handle + ?Sized>(&self, db: &D) -> Result<T> {
                self.objects().one(db)
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

            /// All of the rows, by key.
            ///
            /// # Errors
            /// The database's.
            #[track_caller]
            pub fn in_bulk_all<D: Handle + ?Sized>(&self, db: &D) -> Result<HashMap<T::Key, T>> {
                self.objects().in_bulk_all(db)
            }

            /// Those of the rows with these values in a field, by the value; see [`QuerySet::in_bulk_by`].
            ///
            /// # Errors
            /// As [`QuerySet::in_bulk_by`].
            #[track_caller]
            pub fn in_bulk_by<D, F, I>(
                &self,
                db: &D,
                field: Field<Root<T>, F>,
                values: I,
            ) -> Result<HashMap<F::Type, T>>
            where
                D: Handle + ?Sized,
                F: FieldDef<Model = T>,
                F::Type: Hash + Eq,
                I: IntoIterator,
                I::Item: Operand<T, F::Type, Base: ComparableWith<<F::Type as SqlType>::Base>>,
                Scope: About<<I::Item as Operand<T, F::Type>>::Scope, T>,
            {
                self.objects().in_bulk_by(db, field, values)
            }

            /// The rows one by one, fetched in parts.
            ///
            /// # Errors
            /// Those of printing the query; those of the database come with the first row.
            #[track_caller]
            pub fn iterator<'a, D: Handle + ?Sized>(&self, db: &'a D) -> Result<RowIter<'a, Whole<T>>> {
                self.objects().iterator(db)
            }

            /// Values of all of the rows together; see [`QuerySet::aggregate`].
            ///
            /// ```
            /// # use orm_doc_models::*;
            /// # let db = bookstore()?;
            /// let bob = Author::objects().get(&db, Author::name.eq("Bob"))?;
            /// assert_eq!(bob.books.aggregate(&db, Book::price.max())?, Some(dec!(42.50)));
            /// # Ok::<(), orm::Error>(())
            /// ```
            ///
            /// # Errors
            /// The database's.
            #[track_caller]
            pub fn aggregate<D, A>(&self, db: &D, aggregates: A) -> Result<A::Output>
            where
                D: Handle + ?Sized,
                A: AggregateList<T, Kind: OfManyRows>,
                Scope: About<A::Scope, T>,
            {
                self.objects().aggregate(db, aggregates)
            }

            /// How the database would find the rows; see [`QuerySet::explain`].
            ///
            /// # Errors
            /// The database's.
            #[track_caller]
            pub fn explain<D: Handle + ?Sized>(&self, db: &D) -> Result<String> {
                self.objects().explain(db)
            }

            /// How the database has found the rows; see [`QuerySet::explain_analyze`].
            ///
            /// # Errors
            /// As [`QuerySet::explain_analyze`].
            #[track_caller]
            pub fn explain_analyze<D: Handle + ?Sized>(&self, db: &D) -> Result<String> {
                self.objects().explain_analyze(db)
            }

            /// The SQL and the parameters by which the rows are read; see [`QuerySet::to_sql`].
            ///
            /// # Errors
            /// As [`QuerySet::to_sql`].
            pub fn to_sql(&self, dialect: Dialect) -> Result<(String, Vec<Value>)> {
                self.objects().to_sql(dialect)
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
                self.objects().update(db, assignments)
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
    )+ };
}
manager!(HasMany ManyToMany);
