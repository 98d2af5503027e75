//! A relation with what is wanted of its rows: what `Author::books.filter(..)` is.

use std::marker::PhantomData;
use std::ops::RangeBounds;

use crate::ast::{Distinct, Expr as Node, Select};
use crate::executor::Unlocked;
use crate::expr::{IntoCondition, IntoOrder};
use crate::model::{HasDeferred, Model};
use crate::path::{About, Join, Path, RelatedRows, Relation, Scope, ToMany, ToOne, of_rows};
use crate::query::loading::{Entire, IntoPrefetch, IntoRelated, IntoWith, Narrowed};
use crate::query::{
    AnnotateAllowed, Annotations, AnyRows, DeferredFields, Extend, FieldSet, FilterAllowed,
    LocksNone, Narrow, Nested, OrderAllowed, Projected, QuerySet, ReadInPart, RowShape, Selection,
    Whole, WholeRows,
};
use crate::types::Bool;

/// The rows of the relation `R` at the end of the path `P`, filtered, ordered and shaped: what `Author::books.filter(..)`
/// gives. It is no query by itself: [`with`](QuerySet::with) and [`prefetch_related`](QuerySet::prefetch_related) load its
/// rows for the rows of one.
///
/// `S` is the shape of its rows. `E` tells whether it is the whole relation, or some rows or values of it.
pub struct Related<P, R: Relation, S = Whole<<R as Relation>::To>, E = Entire> {
    query: QuerySet<R::To, S>,
    /// Whether its first condition is the default filter of the model, which holds for what is loaded.
    filtered: bool,
    marker: PhantomData<fn() -> (P, E)>,
}

impl<P, R: Relation, S, E> Clone for Related<P, R, S, E> {
    fn clone(&self) -> Self {
        Self {
            query: self.query.clone(),
            filtered: self.filtered,
            marker: PhantomData,
        }
    }
}

impl<P, R: Relation> Related<P, R> {
    /// The whole relation.
    pub(crate) fn new() -> Self {
        // The one row of a relation is that row, whatever the model's default filter says; of many it holds.
        let query = if R::SCHEMA.is_many() {
            QuerySet::objects()
        } else {
            QuerySet::all_rows()
        };
        Self {
            filtered: !query.select.filters.is_empty(),
            query,
            marker: PhantomData,
        }
    }
}

impl<P, R: Relation, S, E> Related<P, R, S, E> {
    const fn of(query: QuerySet<R::To, S>) -> Self {
        Self {
            query,
            filtered: false,
            marker: PhantomData,
        }
    }

    fn then<T, F>(
        self,
        step: impl FnOnce(QuerySet<R::To, S>) -> QuerySet<R::To, T>,
    ) -> Related<P, R, T, F> {
        Related {
            query: step(self.query),
            filtered: self.filtered,
            marker: PhantomData,
        }
    }

    pub(crate) fn into_query(self) -> QuerySet<R::To, S> {
        self.query
    }

    /// The rows that a value is of: as all paths do, it passes over the default filter.
    pub(crate) fn into_values(self) -> QuerySet<R::To, S> {
        let mut query = self.query;
        if self.filtered {
            let mut innermost = &mut query.select;
            while innermost.slice.is_some() {
                match &mut innermost.slice {
                    Some(slice) => innermost = slice,
                    None => break,
                }
            }
            innermost.filters.remove(0);
        }
        query
    }
}

/// Some or all rows, in the shape `S`.
type Chosen<P, R, S> = Related<P, R, S, Narrowed>;

impl<P, R: Relation, S: RowShape, E> Related<P, R, S, E> {
    /// Those of the rows that meet a condition. Several filters are AND.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let cheap = Author::books.filter(Book::is_published).filter(Book::price.lt(10));
    /// let authors: Vec<(Author, Vec<Book>)> = Author::objects().with(cheap).all(&db)?;
    /// assert_eq!((authors[0].1.len(), &*authors[1].1[0].title), (0, "Dunes"));
    /// # Ok::<(), orm::Error>(())
    /// ```
    #[must_use]
    pub fn filter<C>(self, condition: C) -> Related<P, R, S, Narrowed>
    where
        C: IntoCondition<R::To, Type: Bool>,
        Scope: About<C::Scope, R::To>,
        S: FilterAllowed<C::Kind>,
    {
        self.then(|query| query.filter(condition))
    }

    /// Those of the rows that do not meet a condition.
    #[must_use]
    pub fn exclude<C>(self, condition: C) -> Related<P, R, S, Narrowed>
    where
        C: IntoCondition<R::To, Type: Bool>,
        Scope: About<C::Scope, R::To>,
        S: FilterAllowed<C::Kind>,
    {
        self.then(|query| query.exclude(condition))
    }

    /// The order of the rows of each instance.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let dearest_first = Author::books.order_by(Book::price.desc());
    /// let bob = Author::objects().prefetch_related(dearest_first).get(&db, Author::name.eq("Bob"))?;
    /// assert_eq!(bob.books.loaded()?[0].title, "Rust");
    /// # Ok::<(), orm::Error>(())
    /// ```
    #[must_use]
    pub fn order_by<O: IntoOrder<R::To>>(self, order: O) -> Self
    where
        Scope: About<O::Scope, R::To>,
        S: OrderAllowed<O::Kind>,
    {
        self.then(|query| query.order_by(order))
    }

    /// The same rows, the last ones first.
    #[must_use]
    pub fn reverse(self) -> Self {
        self.then(|query| query.reverse())
    }

    /// At most so many rows for each row that they belong to.
    ///
    /// SQL: `row_number() OVER (PARTITION BY "author_id" ORDER BY ..)` in a subquery, and a condition on it, for which the database
    /// sorts all rows of the relation. Where an index of the model begins with the key and the order, PostgreSQL reads no more than
    /// it needs, `unnest($1) CROSS JOIN LATERAL (SELECT .. LIMIT ..)`.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let dearest = Author::books.order_by(Book::price.desc()).limit(1);
    /// let authors: Vec<(Author, Vec<Book>)> = Author::objects().with(dearest).all(&db)?;
    /// assert_eq!((&*authors[0].1[0].title, &*authors[1].1[0].title), ("Rust", "Dunes"));
    /// # Ok::<(), orm::Error>(())
    /// ```
    #[must_use]
    pub fn limit(self, rows: u64) -> Related<P, R, S, Narrowed> {
        self.then(|query| query.limit(rows))
    }

    /// Passes over so many rows of each row that they belong to.
    #[must_use]
    pub fn offset(self, rows: u64) -> Related<P, R, S, Narrowed> {
        self.then(|query| query.offset(rows))
    }

    /// The rows of these numbers, counted from 0, of each row that they belong to.
    #[must_use]
    pub fn slice(self, range: impl RangeBounds<u64>) -> Related<P, R, S, Narrowed> {
        self.then(|query| query.slice(range))
    }

    /// Rows that are equal once for each row that they belong to.
    #[must_use]
    pub fn distinct(self) -> Related<P, R, S, Narrowed> {
        self.then(|query| query.distinct())
    }

    /// Of rows with equal values the first, for each row that they belong to. PostgreSQL alone has it.
    #[must_use]
    pub fn distinct_on<V: Selection<R::To>>(self, exprs: V) -> Related<P, R, S, Narrowed>
    where
        Scope: About<V::Scope, R::To>,
    {
        self.then(|query| query.distinct_on(exprs))
    }

    /// The rows in no order, also where the model has one.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let authors = Author::objects().prefetch_related(Author::books.unordered()).all(&db)?;
    /// assert_eq!(authors[0].books.loaded()?.len(), 2);
    /// # Ok::<(), orm::Error>(())
    /// ```
    #[must_use]
    pub fn unordered(self) -> Self {
        self.then(|query| query.unordered())
    }

    /// Leaves a [`Deferred`](crate::query::Deferred) field of the rows out, or several; see [`QuerySet::defer`].
    #[must_use]
    pub fn defer<D: DeferredFields<R::To>>(self, fields: D) -> Self
    where
        S: ReadInPart<R::To>,
    {
        self.then(|query| query.defer(fields))
    }

    /// Leaves out all [`Deferred`](crate::query::Deferred) fields of the rows but those that are named; see [`QuerySet::only`].
    #[must_use]
    pub fn only<F: FieldSet<R::To>>(self, fields: F) -> Self
    where
        R::To: HasDeferred,
        S: ReadInPart<R::To>,
    {
        self.then(|query| query.only(fields))
    }

    /// Appends values to each of the rows, as [`QuerySet::annotate`] does.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let books = Author::books.annotate(Book::tags.count());
    /// let authors: Vec<(Author, Vec<(Book, i64)>)> = Author::objects().with(books).all(&db)?;
    /// assert_eq!(authors[0].1[0].1, 2);
    /// # Ok::<(), orm::Error>(())
    /// ```
    #[must_use]
    pub fn annotate<A>(self, annotations: A) -> Related<P, R, A::Rows, Narrowed>
    where
        A: Annotations<R::To, S>,
        Scope: About<A::Scope, R::To>,
        S: Extend + AnnotateAllowed<A::Kind>,
    {
        self.then(|query| query.annotate(annotations))
    }

    /// Loads with each row the rows that its keys lead to, in the same query.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let authors = Author::objects().prefetch_related(Author::books.select_related(Book::editor)).all(&db)?;
    /// for book in authors.iter().flat_map(|author| author.books.loaded().unwrap()) {
    ///     println!("{:?}", book.editor.get()?.map(|editor| &editor.name));
    /// }
    /// # Ok::<(), orm::Error>(())
    /// ```
    #[must_use]
    pub fn select_related<J: IntoRelated<R::To>>(self, relations: J) -> Self
    where
        S: WholeRows<R::To>,
    {
        self.then(|query| query.select_related(relations))
    }

    /// Loads relations of these rows too, by a query more for each.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let nested = Author::books.prefetch_related(Book::author.prefetch_related(Author::books));
    /// assert_queries!(db, 4, {
    ///     let authors = Author::objects().prefetch_related(nested).all(&db)?;
    ///     let book = &authors[0].books.loaded()?[0];
    ///     assert_eq!(book.author.get()?.books.loaded()?.len(), 2);
    /// });
    /// # Ok::<(), orm::Error>(())
    /// ```
    #[must_use]
    pub fn prefetch_related<I: IntoPrefetch>(self, relations: I) -> Self
    where
        Scope: About<I::Model, R::To>,
        S: WholeRows<R::To>,
    {
        self.then(|query| query.prefetch_related(relations))
    }

    /// Appends the rows of a relation to each of these rows, as [`QuerySet::with`] does.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let books = Author::books.with(Book::editor);
    /// let authors: Vec<(Author, Vec<(Book, Option<Author>)>)> = Author::objects().with(books).all(&db)?;
    /// assert_eq!(authors[0].1.len(), 2);
    /// # Ok::<(), orm::Error>(())
    /// ```
    #[must_use]
    pub fn with<W: IntoWith>(self, relation: W) -> Related<P, R, S::With<W::Part>, Narrowed>
    where
        Scope: About<W::Model, R::To>,
        S: Extend + WholeRows<R::To>,
    {
        self.then(|query| query.with(relation))
    }
}

impl<P, R: Relation, E> Related<P, R, Whole<R::To>, E> {
    /// Values in place of whole rows, as [`QuerySet::values_list`] has them.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let titles = Author::books.order_by(Book::title).values_list(Book::title);
    /// let authors: Vec<(Author, Vec<String>)> = Author::objects().with(titles).all(&db)?;
    /// assert_eq!(authors[0].1, ["Rust", "SQL"]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    #[must_use]
    pub fn values_list<V: Selection<R::To>>(self, selection: V) -> Related<P, R, V::Rows, Narrowed>
    where
        Scope: About<V::Scope, R::To>,
    {
        self.then(|query| query.values_list(selection))
    }

    /// Structs that derive `Projection` in place of whole rows, as [`QuerySet::values`] has them.
    #[must_use]
    pub fn values<V: Nested>(self) -> Related<P, R, Projected<V>, Narrowed>
    where
        Scope: About<V::Model, R::To>,
    {
        self.then(|query| query.values::<V>())
    }
}

impl<P, R: Relation, S: AnyRows, E> Narrow for Related<P, R, S, E> {
    type Model = R::To;
    type Rows = S;
    type Lock = Unlocked;
    type Narrowed = Related<P, R, S, Narrowed>;

    fn narrow(self, step: impl FnOnce(QuerySet<R::To, S>) -> QuerySet<R::To, S>) -> Self::Narrowed {
        self.then(step)
    }
}

impl<P, R: Relation> Narrow for ToMany<P, R> {
    type Model = R::To;
    type Rows = Whole<R::To>;
    type Lock = Unlocked;
    type Narrowed = Chosen<P, R, Whole<R::To>>;

    fn narrow(self, step: impl FnOnce(QuerySet<R::To>) -> QuerySet<R::To>) -> Self::Narrowed {
        Related::<P, R>::new().narrow(step)
    }
}

#[diagnostic::do_not_recommend]
impl<P: Path, R: Relation, E> RelatedRows for Related<P, R, Whole<R::To>, E> {
    type Root = P::Root;
    type To = R::To;

    fn into_related(self, mut value: Node) -> Node {
        let select = self.into_values().select;
        value.gather_in(&select);
        let filters = select.filters.clone();
        let plain = Select {
            filters: Vec::new(),
            distinct: Distinct::No,
            ..select
        };
        P::placed(of_rows(
            Join::<P, R>::NODE,
            filters,
            !plain.is_all_rows(),
            value,
        ))
    }
}

macro_rules! starts {
    ($($name:ident)+) => { $(
        impl<P: Path, R: Relation> $name<P, R> {
            /// Those of the relation's rows that meet a condition; see [`Related::filter`].
            pub fn filter<C>(self, condition: C) -> Chosen<P, R, Whole<R::To>>
            where
                C: IntoCondition<R::To, Type: Bool>,
                Scope: About<C::Scope, R::To>,
                Whole<R::To>: FilterAllowed<C::Kind>,
            {
                Related::new().filter(condition)
            }

            /// Those of the relation's rows that do not meet a condition; see [`Related::exclude`].
            pub fn exclude<C>(self, condition: C) -> Chosen<P, R, Whole<R::To>>
            where
                C: IntoCondition<R::To, Type: Bool>,
                Scope: About<C::Scope, R::To>,
                Whole<R::To>: FilterAllowed<C::Kind>,
            {
                Related::new().exclude(condition)
            }

            /// The relation's rows in an order; see [`Related::order_by`].
            pub fn order_by<O: IntoOrder<R::To>>(self, order: O) -> Related<P, R>
            where
                Scope: About<O::Scope, R::To>,
                Whole<R::To>: OrderAllowed<O::Kind>,
            {
                Related::new().order_by(order)
            }

            /// At most so many of the relation's rows for each; see [`Related::limit`].
            pub fn limit(self, rows: u64) -> Chosen<P, R, Whole<R::To>> {
                Related::new().limit(rows)
            }

            /// The relation's rows for each but so many; see [`Related::offset`].
            pub fn offset(self, rows: u64) -> Chosen<P, R, Whole<R::To>> {
                Related::new().offset(rows)
            }

            /// The relation's rows, the last ones first; see [`Related::reverse`].
            pub fn reverse(self) -> Related<P, R> {
                Related::new().reverse()
            }

            /// The relation's rows, equal ones once; see [`Related::distinct`].
            pub fn distinct(self) -> Chosen<P, R, Whole<R::To>> {
                Related::new().distinct()
            }

            /// Of the relation's rows with equal values the first; see [`Related::distinct_on`].
            pub fn distinct_on<V: Selection<R::To>>(self, exprs: V) -> Chosen<P, R, Whole<R::To>>
            where
                Scope: About<V::Scope, R::To>,
            {
                Related::new().distinct_on(exprs)
            }

            /// The relation's rows in no order; see [`Related::unordered`].
            pub fn unordered(self) -> Related<P, R> {
                Related::new().unordered()
            }

            /// The relation's rows without some deferred fields; see [`Related::defer`].
            pub fn defer<D: DeferredFields<R::To>>(self, fields: D) -> Related<P, R> {
                Related::new().defer(fields)
            }

            /// The relation's rows without the deferred fields that are not named; see [`Related::only`].
            pub fn only<F: FieldSet<R::To>>(self, fields: F) -> Related<P, R>
            where
                R::To: HasDeferred,
            {
                Related::new().only(fields)
            }

            /// The relation's rows with values appended to each; see [`Related::annotate`].
            pub fn annotate<A>(self, annotations: A) -> Chosen<P, R, A::Rows>
            where
                A: Annotations<R::To, Whole<R::To>>,
                Scope: About<A::Scope, R::To>,
                Whole<R::To>: AnnotateAllowed<A::Kind>,
            {
                Related::new().annotate(annotations)
            }

            /// The relation's rows of these numbers; see [`Related::slice`].
            pub fn slice(self, range: impl RangeBounds<u64>) -> Chosen<P, R, Whole<R::To>> {
                Related::new().slice(range)
            }

            /// The relation with rows that its rows' keys lead to; see [`Related::select_related`].
            pub fn select_related<J: IntoRelated<R::To>>(self, relations: J) -> Related<P, R> {
                Related::new().select_related(relations)
            }

            /// The relation with relations of its rows; see [`Related::prefetch_related`].
            pub fn prefetch_related<I: IntoPrefetch>(self, relations: I) -> Related<P, R>
            where
                Scope: About<I::Model, R::To>,
            {
                Related::new().prefetch_related(relations)
            }

            /// The relation's rows with those of a relation of theirs; see [`Related::with`].
            pub fn with<W: IntoWith>(
                self,
                relation: W,
            ) -> Chosen<P, R, <Whole<R::To> as Extend>::With<W::Part>>
            where
                Scope: About<W::Model, R::To>,
            {
                Related::new().with(relation)
            }

            /// Values of the relation's rows; see [`Related::values_list`].
            pub fn values_list<V: Selection<R::To>>(self, selection: V) -> Chosen<P, R, V::Rows>
            where
                Scope: About<V::Scope, R::To>,
            {
                Related::new().values_list(selection)
            }

            /// The relation's rows as structs that derive `Projection`; see [`Related::values`].
            pub fn values<V: Nested>(self) -> Chosen<P, R, Projected<V>>
            where
                Scope: About<V::Model, R::To>,
            {
                Related::new().values::<V>()
            }

            /// Of the relation's rows those that are a query set's, as it has them: any query set of the right model.
            ///
            /// ```
            /// # use orm_doc_models::*;
            /// # let db = bookstore()?;
            /// fn published(books: QuerySet<Book>) -> QuerySet<Book> {
            ///     books.filter(Book::is_published)
            /// }
            ///
            /// let books = Author::books.query(published(Book::objects()).order_by(Book::price));
            /// let authors: Vec<(Author, Vec<Book>)> = Author::objects().with(books).all(&db)?;
            /// assert_eq!(authors[1].1.len(), 1);
            /// # Ok::<(), orm::Error>(())
            /// ```
            pub fn query<M, S, L>(self, query: QuerySet<M, S, L>) -> Chosen<P, R, S>
            where
                M: Model,
                S: RowShape,
                L: LocksNone,
                Scope: About<M, R::To>,
            {
                Related::of(query.renamed())
            }
        }
    )+ };
}
starts!(ToMany ToOne);
