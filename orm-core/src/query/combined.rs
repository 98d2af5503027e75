//! What united rows are asked, and how they are run.

use std::collections::HashMap;

use crate::ast::{Order, Output};
use crate::dialect::Dialect;
use crate::error::Result;
use crate::executor::{Handle, RunsOn, Unlocked};
use crate::expr::IntoOrder;
use crate::model::Model;
use crate::path::{About, Scope};
use crate::query::{
    AggregateList, Combined, OfManyRows, OfOneQuery, RowExprs, RowIter, RowShape, Selection, Whole,
};
use crate::value::Value;

impl<M: Model, R: RowShape> Combined<M, R> {
    #[doc(hidden)]
    pub fn filter<C>(self, _: C) -> Self
    where
        Self: OfOneQuery,
    {
        self
    }

    #[doc(hidden)]
    pub fn exclude<C>(self, _: C) -> Self
    where
        Self: OfOneQuery,
    {
        self
    }

    #[doc(hidden)]
    pub fn annotate<E>(self, _: E) -> Self
    where
        Self: OfOneQuery,
    {
        self
    }

    /// A limit that was set is kept: what comes after it sees its rows.
    pub(super) fn closed(mut self) -> Self {
        if self.0.select.is_sliced() {
            self.0.select.nest();
            self.0.windowed = false;
        }
        self
    }

    /// Orders the rows by expressions that the first part selects; for whole models by its fields. Anything else is
    /// [`Error::InvalidQuery`](crate::error::Error::InvalidQuery) when run. NULL is the greatest value.
    ///
    /// SQL: `SELECT * FROM (.. UNION ..) ORDER BY ..`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let dear = Book::objects().filter(Book::price.gt(9));
    /// let drafts = Book::objects().filter(!Book::is_published);
    /// let books = drafts.union(dear).order_by(Book::price.desc()).all(&db)?;
    /// assert_eq!(books[0].title, "Rust");
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn order_by<O: IntoOrder<M>>(self, order: O) -> Self
    where
        Scope: About<O::Scope, M>,
    {
        let mut closed = self.closed();
        let mut terms = Vec::new();
        order.push_terms(&mut terms);
        closed.0.select.order = Order::By(terms);
        closed.0.select.reversed = false;
        closed
    }

    /// Turns the order round, the place of NULLs too.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let titles = Book::objects().values_list(Book::title);
    /// let back = titles.clone().union(titles).order_by(Book::title).reverse();
    /// assert_eq!(back.first(&db)?.as_deref(), Some("SQL"));
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn reverse(mut self) -> Self {
        if self.0.select.is_sliced() {
            let order = self.0.select.order.clone();
            let reversed = self.0.select.reversed;
            self = self.closed();
            self.0.select.order = order;
            self.0.select.reversed = reversed;
        }
        self.0.select.reversed = !self.0.select.reversed;
        self
    }

    /// Returns at most so many rows.
    ///
    /// SQL: `LIMIT ?`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let titles = Book::objects().values_list(Book::title);
    /// assert_eq!(titles.clone().union_all(titles).limit(5).count(&db)?, 5);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn limit(self, rows: u64) -> Self {
        Self(self.0.limit(rows))
    }

    /// Passes over so many rows first.
    ///
    /// SQL: `OFFSET ?`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let titles = Book::objects().values_list(Book::title);
    /// assert_eq!(titles.clone().union(titles).order_by(Book::title).offset(3).all(&db)?, ["SQL"]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn offset(self, rows: u64) -> Self {
        Self(self.0.offset(rows))
    }

    /// Returns the rows of these numbers, counted from 0.
    ///
    /// SQL: `LIMIT ? OFFSET ?`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let titles = Book::objects().values_list(Book::title);
    /// assert_eq!(titles.clone().union(titles).order_by(Book::title).slice(1..3).all(&db)?, ["Dunes", "Rust"]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn slice(self, range: impl std::ops::RangeBounds<u64>) -> Self {
        Self(self.0.slice(range))
    }

    /// All rows.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let names = Author::objects().values_list(Author::name).union(Book::objects().values_list(Book::author.name));
    /// assert_eq!(names.all(&db)?.len(), 2);
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// As those of [`QuerySet::all`](crate::query::QuerySet::all).
    #[track_caller]
    pub fn all<D: Handle + ?Sized>(&self, db: &D) -> Result<Vec<R::Output>>
    where
        Unlocked: RunsOn<D::Kind>,
    {
        self.0.all(db)
    }

    /// The one row.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let titles = Book::objects().filter(Book::price.gt(40)).values_list(Book::title);
    /// assert_eq!(titles.clone().union(titles).one(&db)?, "Rust");
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// As those of [`QuerySet::one`](crate::query::QuerySet::one).
    #[track_caller]
    pub fn one<D: Handle + ?Sized>(&self, db: &D) -> Result<R::Output>
    where
        Unlocked: RunsOn<D::Kind>,
    {
        self.0.one(db)
    }

    /// The first row by the order; whole models without one come by primary key.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let books = Book::objects().filter(Book::price.gt(40)).union(Book::objects().filter(Book::price.lt(9)));
    /// assert_eq!(books.order_by(Book::price).first(&db)?.unwrap().title, "Draft");
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// As those of [`QuerySet::first`](crate::query::QuerySet::first).
    #[track_caller]
    pub fn first<D: Handle + ?Sized>(&self, db: &D) -> Result<Option<R::Output>>
    where
        Unlocked: RunsOn<D::Kind>,
    {
        self.0.first(db)
    }

    /// The last row by the order; whole models without one come by primary key.
    ///
    /// SQL: `SELECT * FROM (.. UNION ..) ORDER BY .. LIMIT 1`, the order turned round
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let books = Book::objects().filter(Book::price.gt(40)).union(Book::objects().filter(Book::price.lt(9)));
    /// assert_eq!(books.order_by(Book::price).last(&db)?.unwrap().title, "Rust");
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// As those of [`QuerySet::last`](crate::query::QuerySet::last).
    #[track_caller]
    pub fn last<D: Handle + ?Sized>(&self, db: &D) -> Result<Option<R::Output>>
    where
        Unlocked: RunsOn<D::Kind>,
    {
        Self(self.0.clone().ordered()).reverse().0.first(db)
    }

    /// The row with the greatest value of what the first part selects; rows where it is NULL are passed over.
    ///
    /// SQL: `SELECT * FROM (.. UNION ..) WHERE .. IS NOT NULL ORDER BY .. DESC LIMIT 1`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let books = Book::objects().filter(Book::price.gt(40)).union(Book::objects().filter(!Book::is_published));
    /// assert_eq!(books.latest(&db, Book::price)?.unwrap().title, "Rust");
    /// assert_eq!(books.latest(&db, Book::subtitle)?.unwrap().title, "Rust");
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// As those of [`QuerySet::latest`](crate::query::QuerySet::latest).
    #[track_caller]
    pub fn latest<D, O>(&self, db: &D, order: O) -> Result<Option<R::Output>>
    where
        D: Handle + ?Sized,
        O: IntoOrder<M>,
        Scope: About<O::Scope, M>,
        Unlocked: RunsOn<D::Kind>,
    {
        self.clone().present(order).reverse().0.first(db)
    }

    /// The row with the least value of what the first part selects; rows where it is NULL are passed over.
    ///
    /// SQL: `SELECT * FROM (.. UNION ..) WHERE .. IS NOT NULL ORDER BY .. LIMIT 1`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let titles = Book::objects().values_list(Book::title);
    /// assert_eq!(titles.clone().union(titles).earliest(&db, Book::title)?.as_deref(), Some("Draft"));
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// As those of [`QuerySet::earliest`](crate::query::QuerySet::earliest).
    #[track_caller]
    pub fn earliest<D, O>(&self, db: &D, order: O) -> Result<Option<R::Output>>
    where
        D: Handle + ?Sized,
        O: IntoOrder<M>,
        Scope: About<O::Scope, M>,
        Unlocked: RunsOn<D::Kind>,
    {
        self.clone().present(order).0.first(db)
    }

    /// Ordered so, without the rows where a term is NULL.
    fn present<O: IntoOrder<M>>(self, order: O) -> Self
    where
        Scope: About<O::Scope, M>,
    {
        let mut ordered = self.order_by(order);
        let select = &mut ordered.0.select;
        if let Order::By(terms) = &select.order {
            let present = terms.iter().map(|term| term.expr.clone().is_not_null());
            select.filters.extend(present);
        }
        ordered
    }

    /// The number of rows.
    ///
    /// SQL: `SELECT count(*) FROM (.. UNION ..)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let names = Author::objects().values_list(Author::name);
    /// assert_eq!((names.clone().union(&names).count(&db)?, names.clone().union_all(names).count(&db)?), (2, 4));
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// As those of [`QuerySet::count`](crate::query::QuerySet::count).
    #[track_caller]
    pub fn count<D: Handle + ?Sized>(&self, db: &D) -> Result<u64>
    where
        Unlocked: RunsOn<D::Kind>,
    {
        self.0.count(db)
    }

    /// Values of all rows together, of rows that are values: the closure is given their parts, as the first of the query sets
    /// selects them, and makes aggregates of them. See [`QuerySet::aggregate_rows`](crate::query::QuerySet::aggregate_rows).
    ///
    /// SQL: `SELECT max(..), .. FROM (.. UNION ..)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let cheap = Book::objects().filter(Book::price.lt(8)).values_list(Book::price);
    /// let dear = Book::objects().filter(Book::price.gt(40)).values_list(Book::price);
    /// let (n, sum) = cheap.union_all(dear).aggregate_rows(&db, |price| (price.count(), price.sum()))?;
    /// assert_eq!((n, sum), (3, Some(dec!(51.40))));
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// As those of [`QuerySet::aggregate_rows`](crate::query::QuerySet::aggregate_rows).
    #[track_caller]
    pub fn aggregate_rows<D, F, A>(&self, db: &D, aggregates: F) -> Result<A::Output>
    where
        D: Handle + ?Sized,
        R: RowExprs<M>,
        F: FnOnce(R::Exprs) -> A,
        A: AggregateList<M, Kind: OfManyRows>,
        Scope: About<A::Scope, M>,
        Unlocked: RunsOn<D::Kind>,
    {
        self.0.aggregate_rows(db, aggregates)
    }

    /// Whether there is a row.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let names = Author::objects().values_list(Author::name);
    /// assert!(!names.clone().difference(names).exists(&db)?);
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// As those of [`QuerySet::exists`](crate::query::QuerySet::exists).
    #[track_caller]
    pub fn exists<D: Handle + ?Sized>(&self, db: &D) -> Result<bool>
    where
        Unlocked: RunsOn<D::Kind>,
    {
        self.0.exists(db)
    }

    /// The rows one by one, in constant memory.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let names = Author::objects().values_list(Author::name);
    /// for name in names.clone().union_all(names).iterator(&db)? {
    ///     println!("{}", name?);
    /// }
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// As those of [`QuerySet::iterator`](crate::query::QuerySet::iterator).
    #[track_caller]
    pub fn iterator<'a, D: Handle + ?Sized>(&self, db: &'a D) -> Result<RowIter<'a, R>>
    where
        Unlocked: RunsOn<D::Kind>,
    {
        self.0.iterator(db)
    }

    /// The database's plan.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let names = Author::objects().values_list(Author::name);
    /// assert!(names.clone().union(names).explain(&db)?.contains("UNION"));
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// The database's.
    #[track_caller]
    pub fn explain<D: Handle + ?Sized>(&self, db: &D) -> Result<String>
    where
        Unlocked: RunsOn<D::Kind>,
    {
        self.0.explain(db)
    }

    /// The SQL and its parameters, without a connection.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// let names = Author::objects().values_list(Author::name);
    /// let (sql, _) = names.clone().union(names).to_sql(Dialect::Sqlite)?;
    /// assert_eq!(sql, r#"SELECT "author"."name" FROM "author" UNION SELECT "author"."name" FROM "author""#);
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// As those of [`QuerySet::to_sql`](crate::query::QuerySet::to_sql).
    pub fn to_sql(&self, dialect: Dialect) -> Result<(String, Vec<Value>)> {
        self.0.to_sql(dialect)
    }
}

impl<M: Model> Combined<M, Whole<M>> {
    /// Returns values of the united models in their place: fields of the first part's own. Which rows are equal is told before, by
    /// all of their fields; of the values alone, where each part selects them before it is united.
    ///
    /// SQL: `SELECT .. FROM (.. UNION ..)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let cheap = Book::objects().filter(Book::price.lt(8));
    /// let books = cheap.union(Book::objects().filter(!Book::is_published));
    /// let rows = books.values_list((Book::title, Book::price)).order_by(Book::price).all(&db)?;
    /// assert_eq!(rows, [("Draft".to_owned(), dec!(1.00)), ("Dunes".to_owned(), dec!(7.90))]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// Anything but fields of the model is [`Error::InvalidQuery`](crate::error::Error::InvalidQuery) when run.
    pub fn values_list<S: Selection<M>>(self, selection: S) -> Combined<M, S::Rows>
    where
        Scope: About<S::Scope, M>,
    {
        let mut query = self.closed().0;
        query.loading = None;
        query.select.output = Output::Exprs(selection.into_nodes());
        Combined(query.retyped())
    }

    /// All rows, by primary key.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let cheap = Book::objects().filter(Book::price.lt(8));
    /// let books: HashMap<i64, Book> = cheap.clone().union(cheap).in_bulk_all(&db)?;
    /// assert_eq!(books.len(), 2);
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// The database's.
    #[track_caller]
    pub fn in_bulk_all<D: Handle + ?Sized>(&self, db: &D) -> Result<HashMap<M::Key, M>>
    where
        Unlocked: RunsOn<D::Kind>,
    {
        self.0.in_bulk_all(db)
    }
}
