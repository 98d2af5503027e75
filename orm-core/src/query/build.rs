//! The steps of a query: none touches the database.

use std::ops::{Bound, RangeBounds};

use crate::ast::{Distinct, Expr as Node, Order, Output, Select};
use crate::expr::{IntoCondition, IntoOrder};
use crate::model::Model;
use crate::path::{About, Scope};
use crate::query::{
    AnnotatedWith, FilterAllowed, FromModels, Graph, HasDistinctOn, JsonRows, JsonSelection,
    OfValues, OrderAllowed, Projected, Projection, QuerySet, RowShape, Selection, Terms,
};
use crate::types::Bool;

impl<M: Model, R, L> QuerySet<M, R, L> {
    /// Keeps the rows that meet the condition. Several filters are AND, and it makes no difference in which order, or in how
    /// many calls, they are written: in Django it does, for relations to many. `None` filters nothing. After a slice it
    /// filters the slice's rows, which Django refuses.
    ///
    /// SQL: `WHERE ..`; through a relation to one row a join, through one to many `EXISTS`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let wanted: Option<&str> = None;
    /// let books = Book::objects()
    ///     .filter(Book::author.joined_date.year().gt(2000))
    ///     .filter(wanted.map(|title| Book::title.iexact(title)))
    ///     .all(&db)?;
    /// assert_eq!(books.len(), 4);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn filter<C: IntoCondition<M, Type: Bool>>(mut self, condition: C) -> Self
    where
        Scope: About<C::Scope, M>,
        R: FilterAllowed<C::Kind>,
    {
        if let Some(condition) = condition.into_condition() {
            self.push_filter(condition.into_node());
        }
        self
    }

    /// Keeps the rows that do not meet the condition: the same as `.filter(!condition)`. Rows for which the condition is NULL
    /// in SQL are kept.
    ///
    /// SQL: `WHERE NOT ..`, or the opposite comparison
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let finished = Book::objects().exclude(Book::title.icontains("draft")).all(&db)?;
    /// assert_eq!(finished.len(), 3);
    /// assert_eq!(Book::objects().exclude(Book::subtitle.eq("A novel")).count(&db)?, 3);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn exclude<C: IntoCondition<M, Type: Bool>>(mut self, condition: C) -> Self
    where
        Scope: About<C::Scope, M>,
        R: FilterAllowed<C::Kind>,
    {
        if let Some(condition) = condition.into_condition() {
            self.push_filter(condition.into_node().negate());
        }
        self
    }

    pub(crate) fn push_filter(&mut self, node: Node) {
        self.close_slice();
        match node {
            Node::Constant(true) => {}
            Node::And(all) => self.select.filters.extend(all),
            one => self.select.filters.push(one),
        }
    }

    /// Orders the rows; replaces the model's ordering and any order before. NULL is the greatest value,
    /// unless `nulls_first` or `nulls_last` says otherwise.
    ///
    /// SQL: `ORDER BY ..`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let books = Book::objects().order_by((Book::subtitle.desc().nulls_last(), Book::title)).all(&db)?;
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn order_by<O: IntoOrder<M>>(mut self, order: O) -> Self
    where
        Scope: About<O::Scope, M>,
        R: OrderAllowed<O::Kind>,
    {
        self.close_slice();
        let mut terms = Vec::new();
        order.push_terms(&mut terms);
        self.select.order = Order::By(terms);
        self.select.reversed = false;
        self
    }

    /// Drops every order, the model's too. The database may then return the rows in any.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// let (sql, _) = Book::objects().unordered().to_sql(Dialect::Sqlite)?;
    /// assert!(!sql.contains("ORDER BY"));
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn unordered(mut self) -> Self {
        self.close_slice();
        self.select.order = Order::By(Vec::new());
        self.select.reversed = false;
        self
    }

    /// Whether the rows have an order: one of `order_by`, or the model's, which only rows that are whole models have, or that
    /// of the slice that they are rows of.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// assert!(Book::objects().is_ordered());
    /// assert!(!Book::objects().unordered().is_ordered());
    /// assert!(!Book::objects().values_list(Book::title).is_ordered());
    /// ```
    pub fn is_ordered(&self) -> bool {
        has_order(&self.select)
    }

    /// Turns the order round, the place of NULLs too.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let forth = Book::objects().order_by(Book::title).all(&db)?;
    /// let mut back = Book::objects().order_by(Book::title).reverse().all(&db)?;
    /// back.reverse();
    /// assert_eq!(forth, back);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn reverse(mut self) -> Self {
        // The order decides which rows `distinct_on` keeps, so they are chosen before it is turned round.
        if self.select.is_sliced() || matches!(self.select.distinct, Distinct::On(_)) {
            self.make_boundary();
        }
        self.select.reversed = !self.select.reversed;
        self
    }

    /// Returns equal rows once.
    ///
    /// SQL: `SELECT DISTINCT`. Rows ordered by what they do not select are refused when run, with
    /// [`Error::InvalidQuery`](crate::error::Error::InvalidQuery): Django selects it without a word, and then returns equal rows twice.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let authors: Vec<String> =
    ///     Book::objects().values_list(Book::author.name).distinct().order_by(Book::author.name).all(&db)?;
    /// assert_eq!(authors, ["Bob", "Eve"]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn distinct(mut self) -> Self {
        self.close_slice();
        self.select.distinct = Distinct::Rows;
        self
    }

    /// Returns of the rows that are equal in some expressions only the first by the order, which must begin with these
    /// expressions.
    ///
    /// SQL: `SELECT DISTINCT ON (..)`: PostgreSQL. On SQLite it is [`Error::Unsupported`](crate::error::Error::Unsupported) when run, and does
    /// not compile behind [`on(Sqlite)`](Self::on).
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// let newest = Book::objects().distinct_on(Book::author).order_by((Book::author, Book::created_at.desc()));
    /// assert!(newest.to_sql(Dialect::Postgres)?.0.starts_with("SELECT DISTINCT ON"));
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn distinct_on<E: Selection<M>>(mut self, exprs: E) -> Self
    where
        L: Terms<Database: HasDistinctOn>,
        Scope: About<E::Scope, M>,
    {
        self.close_slice();
        self.select.distinct = Distinct::On(exprs.into_nodes());
        self
    }

    /// Returns at most so many rows. Of two limits the lower one holds. What comes after it, but `offset` and `slice`, sees
    /// its rows.
    ///
    /// SQL: `LIMIT ?`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert_eq!(Book::objects().limit(2).all(&db)?.len(), 2);
    /// // The two cheapest, by title.
    /// let cheapest = Book::objects().order_by(Book::price).limit(2).order_by(Book::title).all(&db)?;
    /// assert_eq!(cheapest[1].title, "Dunes");
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn limit(mut self, rows: u64) -> Self {
        self.select.limit = Some(self.select.limit.map_or(rows, |before| before.min(rows)));
        self
    }

    /// Passes over so many rows first. The database reads them all the same: for deep pages a filter by the last key seen
    /// is faster.
    ///
    /// SQL: `OFFSET ?`. `limit(5).offset(10)` means what it does in SQL, in either order; after a `slice` it counts within
    /// the slice.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// assert_eq!(Book::objects().offset(1).all(&db)?.len(), 3);
    /// assert_eq!(Book::objects().slice(0..3).offset(1).all(&db)?.len(), 2);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn offset(mut self, rows: u64) -> Self {
        if self.windowed {
            self.select.limit = self.select.limit.map(|limit| limit.saturating_sub(rows));
        }
        self.select.offset = self.select.offset.saturating_add(rows);
        self
    }

    /// Returns the rows of these numbers, counted from 0. A second slice counts within the first. Every call after it
    /// applies to the slice's rows: `filter`, `order_by`, `update` and `delete` too.
    ///
    /// SQL: `LIMIT ? OFFSET ?`; what comes after it is asked of a subquery
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let page = Book::objects().order_by(Book::title).slice(2..4).all(&db)?;
    /// assert_eq!(page[0].title, "Rust");
    /// // Of the first two by title, those that are published.
    /// let some = Book::objects().order_by(Book::title).slice(..2).filter(Book::is_published).all(&db)?;
    /// assert_eq!(some[0].title, "Dunes");
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn slice(mut self, range: impl RangeBounds<u64>) -> Self {
        let start = match range.start_bound() {
            Bound::Included(start) => *start,
            Bound::Excluded(start) => start.saturating_add(1),
            Bound::Unbounded => 0,
        };
        let end = match range.end_bound() {
            Bound::Included(end) => Some(end.saturating_add(1)),
            Bound::Excluded(end) => Some(*end),
            Bound::Unbounded => None,
        };
        let left = self.select.limit.map(|limit| limit.saturating_sub(start));
        let asked = end.map(|end| end.saturating_sub(start));
        self.select.limit = match (left, asked) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        self.select.offset = self.select.offset.saturating_add(start);
        self.windowed = true;
        self
    }

    /// Returns no rows, and sends no query.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let count = assert_queries!(db, 0, { Book::objects().none().count(&db)? });
    /// assert_eq!(count, 0);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn none(mut self) -> Self {
        self.select.empty = true;
        self
    }

    /// How many rows [`iterator`](Self::iterator) fetches at a time; 1,000 unless told.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// for book in Book::objects().chunk_size(50).iterator(&db)? {
    ///     println!("{}", book?.title);
    /// }
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn chunk_size(mut self, rows: usize) -> Self {
        self.chunk_size = rows.max(1);
        self
    }

    /// Makes a slice a thing of its own: what comes after it sees its rows.
    pub(crate) fn close_slice(&mut self) {
        if self.select.is_sliced() {
            self.make_boundary();
        }
    }

    /// Makes a slice, and the rows that `distinct_on` leaves, a thing of their own: what is asked of all rows is asked of those.
    pub(crate) fn close_for_aggregate(&mut self) {
        if self.select.is_sliced() || matches!(self.select.distinct, Distinct::On(_)) {
            self.make_boundary();
        }
        self.select.distinct = Distinct::No;
    }

    fn make_boundary(&mut self) {
        let mut outer = Select::from_model(M::SCHEMA, &[]);
        outer.output = self.select.output.clone();
        outer.appended = std::mem::take(&mut self.select.appended);
        outer.left_out = std::mem::take(&mut self.select.left_out);
        outer.grouping.clone_from(&self.select.grouping);
        outer.order = Order::By(Vec::new());
        outer.empty = self.select.empty;
        outer.origin.clone_from(&self.select.origin);
        outer.ctes.clone_from(&self.select.ctes);
        outer.lock = self.select.lock.take();
        outer.slice = Some(Box::new(std::mem::replace(&mut self.select, outer.clone())));
        self.select = outer;
        self.windowed = false;
    }
}

fn has_order(select: &Select) -> bool {
    match &select.order {
        Order::Default(terms) => !terms.is_empty() && select.output == Output::Model,
        Order::By(terms) => !terms.is_empty() || select.slice.as_deref().is_some_and(has_order),
    }
}

impl<M: Model, R, L> QuerySet<M, R, L> {
    /// Returns these expressions instead of whole models: one gives its type, several a tuple, of up to 16. A path through a
    /// nullable key, or to the many side, is an `Option`; a path to the many side gives a row for each, or one of `None`.
    ///
    /// SQL: `SELECT a, b ..`, with one join for each path however often it is used. The model's default ordering does not
    /// apply.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let rows: Vec<(String, String, Option<String>)> =
    ///     Book::objects().values_list((Book::title, Book::author.name, Book::editor.name)).all(&db)?;
    /// let titles: Vec<String> = Book::objects().values_list(Book::title).all(&db)?;
    /// let pairs: Vec<(String, Option<String>)> = Author::objects().values_list((Author::name, Author::books.title)).all(&db)?;
    /// assert_eq!((rows.len(), titles.len(), pairs.len()), (4, 4, 4));
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn values_list<S: Selection<M>>(mut self, selection: S) -> QuerySet<M, S::Rows, L>
    where
        Scope: About<S::Scope, M>,
        R: FromModels<M>,
    {
        self.close_slice();
        self.drop_appended();
        self.select.output = Output::Exprs(selection.into_nodes());
        self.retyped()
    }

    /// Takes off what was annotated, and what is loaded beside such rows.
    fn drop_appended(&mut self) -> Vec<Node> {
        if !self.select.appended.is_empty() {
            self.loading = None;
        }
        std::mem::take(&mut self.select.appended)
    }

    /// Selects other values of rows of values, or of groups, which stay the groups that they were: what made them need not be
    /// returned. What is neither an aggregate nor made the groups is refused when run, with
    /// [`Error::InvalidQuery`](crate::error::Error::InvalidQuery).
    ///
    /// SQL: `SELECT count(*) .. GROUP BY ..`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let n = Book::id.count();
    /// let groups = Book::objects().values_list(Book::author.name).annotate(&n).order_by(Book::author.name);
    /// let counts: Vec<i64> = groups.select(&n).all(&db)?;
    /// assert_eq!(counts, [2, 2]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn select<S: Selection<M>>(mut self, selection: S) -> QuerySet<M, S::Rows, L>
    where
        Scope: About<S::Scope, M>,
        R: OfValues,
    {
        if self.select.distinct != Distinct::No {
            // Which rows are equal, and so which are in a slice, is told by what was selected.
            self.close_slice();
        }
        self.select.narrow(selection.into_nodes());
        self.retyped()
    }
}

impl<M: Model, R: RowShape, L> QuerySet<M, R, L> {
    /// Returns JSON objects, as Django's `values` returns dictionaries: a path's key is its dotted name (`author.name`); an
    /// expression needs `.named("x")`. With an aggregate among them the rows are gathered into groups, as by
    /// [`annotate`](Self::annotate) behind `values_list`.
    ///
    /// Decimals, dates and UUIDs become texts, so that nothing is lost; durations are microseconds, bytes a list of numbers.
    ///
    /// SQL: as [`values_list`](Self::values_list)
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let rows = Book::objects().filter(Book::title.eq("SQL")).values_json((Book::title, Book::author.name, Book::price)).all(&db)?;
    /// assert_eq!(json!(rows[0]), json!({"title": "SQL", "author.name": "Bob", "price": "10.00"}));
    ///
    /// let books = Author::books.count();
    /// let authors = Author::objects().annotate(&books).filter(books.gt(1)).order_by(Author::name);
    /// let rows = authors.values_json((Author::name, books.named("books"))).all(&db)?;
    /// assert_eq!(json!(rows[0]), json!({"name": "Bob", "books": 2}));
    ///
    /// let groups = Book::objects().values_json((Book::author.name, Book::id.count().named("n"))).order_by(Book::author.name);
    /// assert_eq!(json!(groups.all(&db)?[1]), json!({"author.name": "Eve", "n": 2}));
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn values_json<S: JsonSelection<M>>(mut self, selection: S) -> QuerySet<M, JsonRows, L>
    where
        R: FromModels<M>,
    {
        let (names, exprs) = selection.into_named().into_iter().unzip();
        self.close_slice();
        self.drop_appended();
        self.select.output = Output::Named(names, exprs);
        self.retyped()
    }

    /// Returns a struct that derives `Projection`: what it names is selected, and each of its fields is checked. A field that holds
    /// rows is loaded with it: one row by a join, many by one query more for the field. A field that is an aggregate gathers the
    /// rows into groups, as [`annotate`](Self::annotate) does behind `values_list`. Fields that say `#[projection(annotated)]`
    /// take what was annotated, in this order and of these types: values that only the program knows go into them.
    ///
    /// SQL: as [`values_list`](Self::values_list)
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// #[derive(Projection)]
    /// #[projection(Book)]
    /// struct Card {
    ///     title: String,
    ///     #[projection(Book::author.name)]
    ///     author: String,
    /// }
    /// let cards: Vec<Card> = Book::objects().order_by(Book::title).values::<Card>().all(&db)?;
    /// assert_eq!((&*cards[0].title, &*cards[0].author), ("Draft", "Eve"));
    ///
    /// #[derive(Projection)]
    /// #[projection(Author)]
    /// struct Seller {
    ///     name: String,
    ///     #[projection(annotated)]
    ///     dear_books: i64,
    /// }
    /// let limit = dec!(9);
    /// let dear = Author::books.filter(Book::price.gt(limit)).count();
    /// let sellers = Author::objects().annotate(&dear).filter(dear.gt(0)).values::<Seller>().all(&db)?;
    /// assert_eq!((&*sellers[0].name, sellers[0].dear_books), ("Bob", 2));
    ///
    /// #[derive(Projection)]
    /// #[projection(Book)]
    /// struct Shelf {
    ///     #[projection(Book::author.name)]
    ///     author: String,
    ///     #[projection(Book::price.sum().unwrap_or(dec!(0)))]
    ///     worth: Decimal,
    /// }
    /// let shelves = Book::objects().values::<Shelf>().filter(Book::price.sum().gt(10)).all(&db)?;
    /// assert_eq!((shelves.len(), &*shelves[0].author, shelves[0].worth), (1, "Bob", dec!(52.50)));
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn values<P: Projection>(mut self) -> QuerySet<M, Projected<P>, L>
    where
        Scope: About<P::Model, M>,
        R: AnnotatedWith<M, P::Annotated>,
    {
        self.close_slice();
        let annotations = self.drop_appended();
        self.projected(annotations)
    }

    /// The same, of whatever model the struct is.
    pub(crate) fn projected<P: Projection>(
        mut self,
        annotations: Vec<Node>,
    ) -> QuerySet<M, Projected<P>, L> {
        if P::WHOLE {
            self.select.left_out.clear();
            return self.retyped();
        }
        let (columns, lists) = Graph::of::<P>(annotations).into_parts();
        self.select.output = Output::Exprs(columns);
        self.graph(lists)
    }
}
