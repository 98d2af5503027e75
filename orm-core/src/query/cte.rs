//! Common table expressions: query sets that others join, and recursions.

use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::ast::{self, CteColumn, CteJoin, Expr as Node, Select};
use crate::decode::Row;
use crate::error::Result;
use crate::expr::{Condition, Expr, IntoCondition};
use crate::model::Model;
use crate::path::{About, Scope};
use crate::query::{Alike, Flat, LocksNone, QuerySet, RowShape, RowType, Tuple};
use crate::types::{Bool, SqlType};

/// A query set of values that others join, made by [`cte`] and [`recursive`]. Its columns are expressions in every query that
/// joins it.
///
/// SQL: `WITH name AS (..)`
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// let dear = cte(Book::objects().filter(Book::price.gt(9)).values_list((Book::author, Book::price)));
/// let (_, price) = dear.columns::<Author>();
/// let rows: Vec<(String, Decimal)> = Author::objects()
///     .join(&dear, |(author, _)| Author::id.eq(author))
///     .order_by(&price)
///     .values_list((Author::name, &price))
///     .all(&db)?;
/// assert_eq!(rows, [("Bob".to_owned(), dec!(10.00)), ("Bob".to_owned(), dec!(42.50))]);
/// # Ok::<(), orm::Error>(())
/// ```
pub struct Cte<R> {
    definition: Arc<ast::Cte>,
    /// Whether rows stay with which none of its own go.
    optional: bool,
    /// What its columns know it by.
    known_as: u64,
    marker: PhantomData<fn() -> R>,
}

/// Rows of a common table expression that may be absent, made by [`optional`](Cte::optional): each of their columns is an `Option`.
pub struct Optional<R>(PhantomData<R>);

#[diagnostic::do_not_recommend]
impl<R: RowShape> RowShape for Optional<R> {
    type Output = R::Output;

    fn decode(row: &dyn Row, select: &Select) -> Result<R::Output> {
        R::decode(row, select)
    }
}

impl<R> Clone for Cte<R> {
    fn clone(&self) -> Self {
        Self {
            definition: Arc::clone(&self.definition),
            optional: self.optional,
            known_as: self.known_as,
            marker: PhantomData,
        }
    }
}

impl<R> std::fmt::Debug for Cte<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.definition.fmt(f)
    }
}

/// Rows that a common table expression can have: a value, or a tuple of up to 16.
#[diagnostic::on_unimplemented(
    message = "a common table expression has values as its rows, and these are none",
    label = "select its columns with `values_list`"
)]
pub trait CteRows: RowShape {
    /// Its columns in a query of `S`: an expression, or a tuple of them.
    type Columns<S: Model>;

    /// The columns of the one with this id.
    fn columns<S: Model>(id: u64) -> Self::Columns<S>;
}

#[diagnostic::do_not_recommend]
impl<T: SqlType> CteRows for Flat<T> {
    type Columns<S: Model> = Expr<S, T>;

    fn columns<S: Model>(id: u64) -> Expr<S, T> {
        column(id, 1)
    }
}

#[diagnostic::do_not_recommend]
impl<T: SqlType> CteRows for Optional<Flat<T>> {
    type Columns<S: Model> = Expr<S, T::Nullable>;

    fn columns<S: Model>(id: u64) -> Expr<S, T::Nullable> {
        column(id, 1)
    }
}

macro_rules! tuples {
    ($($($name:ident $index:tt)+;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<$($name: SqlType),+> CteRows for Tuple<($($name,)+)> {
            type Columns<S: Model> = ($(Expr<S, $name>,)+);

            fn columns<S: Model>(id: u64) -> Self::Columns<S> {
                ($(column::<S, $name>(id, $index + 1),)+)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($name: SqlType),+> CteRows for Optional<Tuple<($($name,)+)>> {
            type Columns<S: Model> = ($(Expr<S, $name::Nullable>,)+);

            fn columns<S: Model>(id: u64) -> Self::Columns<S> {
                ($(column::<S, $name::Nullable>(id, $index + 1),)+)
            }
        }
    )+ };
}
crate::tuples::for_each!(tuples);

/// A column of the one with this id.
pub(super) fn column<S: Model, T: SqlType>(id: u64, number: u32) -> Expr<S, T> {
    Expr::new(Node::CteColumn(CteColumn {
        cte: id,
        number,
        column_type: T::COLUMN,
        nullable: T::NULLABLE,
    }))
}

/// An id that no other common table expression of the program has.
pub(super) fn fresh() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    LAST.fetch_add(1, Ordering::Relaxed)
}

/// Gives a query set a name, so that others can join it by [`join`](QuerySet::join): once, or several times in one query, where
/// it is computed once.
///
/// SQL: `WITH name AS (SELECT ..)`
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// let drafts = cte(Book::objects().filter(!Book::is_published).values_list(Book::author));
/// let writers = Author::objects().join(&drafts, |author| Author::id.eq(author));
/// assert_eq!(writers.one(&db)?.name, "Eve");
/// # Ok::<(), orm::Error>(())
/// ```
pub fn cte<M: Model, R: CteRows, L: LocksNone>(query: QuerySet<M, R, L>) -> Cte<R> {
    Cte::new(query.select, fresh(), None)
}

/// A query set that goes on from its own rows: `first` gives those it begins with, and `step`, which is given the columns of a
/// row that was found, those that follow from it, and so on until nothing follows. Of rows that follow in a circle there is no
/// end: keep count of them. For trees there is [`descend`](QuerySet::descend).
///
/// SQL: `WITH RECURSIVE name AS (SELECT .. UNION ALL SELECT ..)`
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// // Every author, then those who edited a book of theirs, and so on.
/// let editors = recursive(
///     Author::objects().filter(Author::name.eq("Bob")).values_list((Author::id, value(0_i64))),
///     |(author, distance)| {
///         Book::objects()
///             .filter(Book::author.eq(&author) & Book::editor.is_not_null())
///             .values_list((Book::editor.id.unwrap_or(0), distance + 1))
///     },
/// );
/// let (_, distance) = editors.columns::<Author>();
/// let rows = Author::objects()
///     .join(&editors, |(author, _)| Author::id.eq(author))
///     .order_by(&distance)
///     .values_list((Author::name, &distance))
///     .all(&db)?;
/// assert_eq!(rows, [("Bob".to_owned(), 0), ("Eve".to_owned(), 1)]);
/// # Ok::<(), orm::Error>(())
/// ```
pub fn recursive<M, R, N, Q, F>(first: QuerySet<M, R>, step: F) -> Cte<R>
where
    M: Model,
    R: CteRows,
    N: Model,
    Q: RowShape,
    F: FnOnce(R::Columns<N>) -> QuerySet<N, Q>,
    RowType: Alike<Q, R, Q::Output, R::Output>,
{
    let id = fresh();
    let mut step = step(R::columns::<N>(id));
    step.close_slice();
    join(&mut step.select, id, None, None);
    Cte::new(first.select, id, Some(step.select))
}

/// Makes a query join a common table expression.
pub(super) fn join(select: &mut Select, id: u64, cte: Option<Arc<ast::Cte>>, on: Option<Node>) {
    let ctes = select.ctes.get_or_insert_default();
    ctes.joins.push(CteJoin {
        id,
        cte,
        on,
        optional: false,
        known_as: id,
    });
}

impl<R> Cte<R> {
    pub(super) fn new(first: Select, id: u64, step: Option<Select>) -> Self {
        Self {
            definition: Arc::new(ast::Cte { id, first, step }),
            optional: false,
            known_as: id,
            marker: PhantomData,
        }
    }

    pub(super) fn id(&self) -> u64 {
        self.definition.id
    }

    pub(super) fn definition(&self) -> Arc<ast::Cte> {
        Arc::clone(&self.definition)
    }
}

impl<R: CteRows> Cte<R> {
    /// The columns as expressions of a query of `S`, which must join it: one, or a tuple.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let prices = cte(Book::objects().values_list((Book::author, Book::price)));
    /// let (author, price) = prices.columns::<Author>();
    /// let dear = Author::objects().join(&prices, |_| Author::id.eq(&author)).filter(price.gt(40));
    /// assert_eq!(dear.one(&db)?.name, "Bob");
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn columns<S: Model>(&self) -> R::Columns<S> {
        R::columns(self.known_as)
    }

    /// The same rows, to be joined so that a row of the query stays where none of them goes with it: all their columns are an
    /// `Option` then.
    ///
    /// SQL: `LEFT JOIN name ON ..`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let drafts = cte(Book::objects().filter(!Book::is_published).values_list((Book::author, Book::title))).optional();
    /// let (_, title) = drafts.columns::<Author>();
    /// let rows: Vec<(String, Option<String>)> = Author::objects()
    ///     .join(&drafts, |(author, _)| Author::id.eq(author))
    ///     .order_by(Author::name)
    ///     .values_list((Author::name, &title))
    ///     .all(&db)?;
    /// assert_eq!(rows, [("Bob".to_owned(), None), ("Eve".to_owned(), Some("Draft".to_owned()))]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    #[must_use]
    pub fn optional(&self) -> Cte<Optional<R>>
    where
        Optional<R>: CteRows,
    {
        Cte {
            definition: self.definition(),
            optional: true,
            // Columns that are no Options are not of this join.
            known_as: fresh(),
            marker: PhantomData,
        }
    }
}

impl<M: Model, R, L> QuerySet<M, R, L> {
    /// Joins a common table expression: a row for each of its rows that meets the condition, so that a row may come several
    /// times, or not at all; or, of an [`optional`](Cte::optional) one, once at least. Its columns can be used in what comes after.
    ///
    /// SQL: `INNER JOIN name ON ..`, `LEFT JOIN name ON ..`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let books = cte(Book::objects().values_list((Book::author, Book::title)));
    /// let (_, title) = books.columns::<Author>();
    /// let rows = Author::objects().join(&books, |(author, _)| Author::id.eq(author)).values_list((Author::name, title));
    /// assert_eq!(rows.count(&db)?, 4);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn join<C, F, X>(mut self, cte: &Cte<C>, on: F) -> Self
    where
        C: CteRows,
        F: FnOnce(C::Columns<M>) -> X,
        X: IntoCondition<M, Type: Bool>,
        Scope: About<X::Scope, M>,
    {
        self.close_slice();
        let on = on(cte.columns::<M>()).into_condition();
        let on = on.map(Condition::into_node);
        let ctes = self.select.ctes.get_or_insert_default();
        ctes.joins.push(CteJoin {
            id: cte.id(),
            cte: Some(cte.definition()),
            on,
            optional: cte.optional,
            known_as: cte.known_as,
        });
        self
    }
}
