//! `union` and its kin.

use std::sync::Arc;

use crate::ast::{Members, Order, Output, Select, SetOp};
use crate::expr::{KeyList, MemberList, in_select, primary_key};
use crate::model::{Model, SingleKey};
use crate::query::loading::Loading;
use crate::query::{Flat, LocksNone, QuerySet, RowShape, Whole};
use crate::types::{ComparableWith, SqlType};

/// The rows of several query sets together, made by [`union`](QuerySet::union) and its kin.
///
/// It can be united again, ordered by what its first part selects, cut by `limit`, `offset` and `slice`, counted and run. What
/// each part chooses is said before: `filter` and `annotate` do not compile. The parts keep their order only where it decides
/// which rows they have.
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// let titles = Book::objects().values_list(Book::title);
/// let names = Author::objects().values_list(Author::name);
/// let all = titles.union(names).order_by(Book::title);
/// assert_eq!(all.all(&db)?, ["Bob", "Draft", "Dunes", "Eve", "Rust", "SQL"]);
/// # Ok::<(), orm::Error>(())
/// ```
#[must_use = "a query runs only where it is given a database, as by `.all(&db)?`"]
pub struct Combined<M, R>(pub(super) QuerySet<M, R>);

impl<M, R> Clone for Combined<M, R> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<M, R> std::fmt::Debug for Combined<M, R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// What unites: a query set, or what some were united to.
#[diagnostic::on_unimplemented(
    message = "only query sets that lock no rows can be united",
    label = "expected a query set of the same rows, that locks none"
)]
pub trait SetOperand {
    /// The shape of its rows.
    type Rows: RowShape;

    /// The query, and what is loaded beside its rows.
    #[doc(hidden)]
    fn into_part(self) -> Part;
}

/// A query that is united to others.
pub struct Part {
    select: Select,
    loading: Option<Arc<Loading>>,
}

impl Part {
    fn of<M, R, L>(query: QuerySet<M, R, L>) -> Self {
        let QuerySet {
            select, loading, ..
        } = query;
        Self { select, loading }
    }
}

#[diagnostic::do_not_recommend]
impl<M, R: RowShape, L: LocksNone> SetOperand for QuerySet<M, R, L> {
    type Rows = R;

    fn into_part(self) -> Part {
        Part::of(self)
    }
}

#[diagnostic::do_not_recommend]
impl<M, R: RowShape, L: LocksNone> SetOperand for &QuerySet<M, R, L> {
    type Rows = R;

    fn into_part(self) -> Part {
        Part::of(self.clone())
    }
}

#[diagnostic::do_not_recommend]
impl<M, R: RowShape> SetOperand for Combined<M, R> {
    type Rows = R;

    fn into_part(self) -> Part {
        Part::of(self.0)
    }
}

#[diagnostic::do_not_recommend]
impl<M, R: RowShape> SetOperand for &Combined<M, R> {
    type Rows = R;

    fn into_part(self) -> Part {
        Part::of(self.0.clone())
    }
}

/// Rows that can be united: they must be of one type.
#[diagnostic::on_unimplemented(
    message = "rows of `{OtherRow}` cannot be united with rows of `{OwnRow}`",
    label = "select the same types, `Option`s too, with `values_list`"
)]
pub trait Alike<Other, Own, OtherRow, OwnRow> {}

/// What a query set that is united has as rows.
type RowOf<Q> = <<Q as SetOperand>::Rows as RowShape>::Output;

/// What [`Alike`] is asked of.
pub struct RowType;

#[diagnostic::do_not_recommend]
impl<Rows: RowShape> Alike<Rows, Rows, Rows::Output, Rows::Output> for RowType {}

/// A shape that no rows have: with one impl alone the compiler would speak of mismatched types.
pub enum NoRows {}

#[diagnostic::do_not_recommend]
impl<Own: RowShape> Alike<NoRows, Own, NoRows, Own::Output> for RowType {}

/// What is asked of the parts, before they are united.
#[diagnostic::on_unimplemented(
    message = "united rows cannot be filtered or annotated",
    label = "do so with each part, before it is united"
)]
pub trait OfOneQuery {}

impl<M: Model, R: RowShape, L> QuerySet<M, R, L> {
    /// The rows of both, equal ones once. They are query sets of the same type of rows, whatever their models; for more than
    /// two go on with another `union`. The result has no order unless it is given one.
    ///
    /// What `select_related` and `prefetch_related` of any of the query sets load is loaded for all rows. (Django goes by the first
    /// of them.) Rows to which `with` appends lists must all have the same ones.
    ///
    /// SQL: `.. UNION ..`; a part with a limit or a set of its own is `SELECT * FROM (..)`. Rows are compared by value, documents
    /// and decimals too, and NULL is equal to NULL.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let cheap = Book::objects().filter(Book::price.lt(8));
    /// let popular = Book::objects().filter(Book::sales_count.gt(2));
    /// assert_eq!(cheap.union(popular).count(&db)?, 2);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn union<Q: SetOperand>(self, other: Q) -> Combined<M, R>
    where
        RowType: Alike<Q::Rows, R, RowOf<Q>, R::Output>,
        L: LocksNone,
    {
        Combined(united(self.retyped(), SetOp::Union, other.into_part()))
    }

    /// The rows of both, equal ones as often as they are there. It is cheaper than [`union`](Self::union).
    ///
    /// SQL: `.. UNION ALL ..`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let two = Book::objects().order_by(Book::price).limit(1).union_all(Book::objects().order_by(Book::price.desc()).limit(1));
    /// let titles: Vec<String> = two.order_by(Book::title).all(&db)?.into_iter().map(|book| book.title).collect();
    /// assert_eq!(titles, ["Draft", "Rust"]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn union_all<Q: SetOperand>(self, other: Q) -> Combined<M, R>
    where
        RowType: Alike<Q::Rows, R, RowOf<Q>, R::Output>,
        L: LocksNone,
    {
        Combined(united(self.retyped(), SetOp::UnionAll, other.into_part()))
    }

    /// The rows that both have, equal ones once.
    ///
    /// SQL: `.. INTERSECT ..`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let writers = Book::objects().values_list(Book::author.name);
    /// let editors = Book::objects().filter(Book::editor.is_not_null()).values_list(Book::editor.name.unwrap_or(""));
    /// assert_eq!(writers.intersection(editors).all(&db)?, ["Eve"]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn intersection<Q: SetOperand>(self, other: Q) -> Combined<M, R>
    where
        RowType: Alike<Q::Rows, R, RowOf<Q>, R::Output>,
        L: LocksNone,
    {
        Combined(united(self.retyped(), SetOp::Intersect, other.into_part()))
    }

    /// The rows that both have; of equal ones as many as both have.
    ///
    /// SQL: `.. INTERSECT ALL ..`; on SQLite `INTERSECT` of rows that have a number among equal ones
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let authors = || Book::objects().values_list(Book::author.name);
    /// let dear = authors().filter(Book::price.gt(8));
    /// assert_eq!(authors().intersection_all(dear).order_by(Book::author.name).all(&db)?, ["Bob", "Bob"]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn intersection_all<Q: SetOperand>(self, other: Q) -> Combined<M, R>
    where
        RowType: Alike<Q::Rows, R, RowOf<Q>, R::Output>,
        L: LocksNone,
    {
        Combined(united(
            self.retyped(),
            SetOp::IntersectAll,
            other.into_part(),
        ))
    }

    /// The rows that the other lacks, equal ones once.
    ///
    /// SQL: `.. EXCEPT ..`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let all = Book::objects().values_list(Book::title);
    /// let published = Book::objects().filter(Book::is_published).values_list(Book::title);
    /// assert_eq!(all.difference(published).all(&db)?, ["Draft"]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn difference<Q: SetOperand>(self, other: Q) -> Combined<M, R>
    where
        RowType: Alike<Q::Rows, R, RowOf<Q>, R::Output>,
        L: LocksNone,
    {
        Combined(united(self.retyped(), SetOp::Except, other.into_part()))
    }

    /// The rows that the other lacks; of equal ones as many as there are more than in the other.
    ///
    /// SQL: `.. EXCEPT ALL ..`; on SQLite `EXCEPT` of rows that have a number among equal ones
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let authors = || Book::objects().values_list(Book::author.name);
    /// let drafts = authors().filter(!Book::is_published);
    /// assert_eq!(authors().difference_all(drafts).order_by(Book::author.name).all(&db)?, ["Bob", "Bob", "Eve"]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn difference_all<Q: SetOperand>(self, other: Q) -> Combined<M, R>
    where
        RowType: Alike<Q::Rows, R, RowOf<Q>, R::Output>,
        L: LocksNone,
    {
        Combined(united(self.retyped(), SetOp::ExceptAll, other.into_part()))
    }
}

impl<M: Model, R: RowShape> Combined<M, R> {
    /// As [`QuerySet::union`], of the rows so far and another query set's.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// let titles = || Book::objects().values_list(Book::title);
    /// let (sql, _) = titles().union(titles()).union(titles()).to_sql(Dialect::Postgres)?;
    /// assert_eq!(sql.matches("SELECT").count(), 3);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn union<Q: SetOperand>(self, other: Q) -> Self
    where
        RowType: Alike<Q::Rows, R, RowOf<Q>, R::Output>,
    {
        Self(united(self.0, SetOp::Union, other.into_part()))
    }

    /// As [`QuerySet::union_all`], of the rows so far and another query set's.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// let titles = || Book::objects().values_list(Book::title);
    /// let (sql, _) = titles().union(titles()).union_all(titles()).to_sql(Dialect::Postgres)?;
    /// assert_eq!(sql.matches("SELECT").count(), 3);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn union_all<Q: SetOperand>(self, other: Q) -> Self
    where
        RowType: Alike<Q::Rows, R, RowOf<Q>, R::Output>,
    {
        Self(united(self.0, SetOp::UnionAll, other.into_part()))
    }

    /// As [`QuerySet::intersection`], of the rows so far and another query set's.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// let titles = || Book::objects().values_list(Book::title);
    /// let (sql, _) = titles().union(titles()).intersection(titles()).to_sql(Dialect::Postgres)?;
    /// assert_eq!(sql.matches("SELECT").count(), 4);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn intersection<Q: SetOperand>(self, other: Q) -> Self
    where
        RowType: Alike<Q::Rows, R, RowOf<Q>, R::Output>,
    {
        Self(united(self.0, SetOp::Intersect, other.into_part()))
    }

    /// As [`QuerySet::intersection_all`], of the rows so far and another query set's.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// let titles = || Book::objects().values_list(Book::title);
    /// let (sql, _) = titles().union(titles()).intersection_all(titles()).to_sql(Dialect::Postgres)?;
    /// assert_eq!(sql.matches("SELECT").count(), 4);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn intersection_all<Q: SetOperand>(self, other: Q) -> Self
    where
        RowType: Alike<Q::Rows, R, RowOf<Q>, R::Output>,
    {
        Self(united(self.0, SetOp::IntersectAll, other.into_part()))
    }

    /// As [`QuerySet::difference`], of the rows so far and another query set's.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// let titles = || Book::objects().values_list(Book::title);
    /// let (sql, _) = titles().union(titles()).difference(titles()).to_sql(Dialect::Postgres)?;
    /// assert_eq!(sql.matches("SELECT").count(), 3);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn difference<Q: SetOperand>(self, other: Q) -> Self
    where
        RowType: Alike<Q::Rows, R, RowOf<Q>, R::Output>,
    {
        Self(united(self.0, SetOp::Except, other.into_part()))
    }

    /// As [`QuerySet::difference_all`], of the rows so far and another query set's.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// let titles = || Book::objects().values_list(Book::title);
    /// let (sql, _) = titles().union(titles()).difference_all(titles()).to_sql(Dialect::Postgres)?;
    /// assert_eq!(sql.matches("SELECT").count(), 3);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn difference_all<Q: SetOperand>(self, other: Q) -> Self
    where
        RowType: Alike<Q::Rows, R, RowOf<Q>, R::Output>,
    {
        Self(united(self.0, SetOp::ExceptAll, other.into_part()))
    }
}

/// A query with another part.
fn united<M: Model, R: RowShape>(
    mut query: QuerySet<M, R>,
    op: SetOp,
    part: Part,
) -> QuerySet<M, R> {
    query.loads_also(part.loading.as_deref());
    let part = part.select;
    let select = &mut query.select;
    let goes_on = !select.is_sliced()
        && select.combined.as_ref().is_some_and(|combined| {
            // An intersection would bind tighter than what stands before it.
            let mut before = combined.rest.iter().map(|(before, _)| before);
            select.output == combined.first.output
                && (!op.is_intersection() || before.all(|before| before.is_intersection()))
        });
    if !goes_on {
        select.nest();
    }
    let mut left_out = [&select.left_out[..], &part.left_out].concat();
    if let Some(combined) = &mut select.combined {
        combined.rest.push((op, part));
    }
    if !left_out.is_empty() {
        left_out.sort_unstable();
        left_out.dedup();
        select.leave_out(&left_out);
    }
    select.order = Order::By(Vec::new());
    select.reversed = false;
    query.windowed = false;
    query
}

#[diagnostic::do_not_recommend]
impl<S, T, M, U> MemberList<S, T> for Combined<M, Flat<U>>
where
    T: SqlType,
    M: Model,
    U: SqlType,
    U::Base: ComparableWith<T::Base>,
{
    fn into_members(self) -> Members {
        Members::Select(Box::new(self.0.select))
    }
}

#[diagnostic::do_not_recommend]
impl<S, M: Model<Key: SingleKey>> KeyList<S, M> for Combined<M, Whole<M>> {
    fn into_membership(self, key: crate::ast::Expr) -> crate::ast::Expr {
        let mut select = self.closed().0.select;
        select.output = Output::Exprs(vec![primary_key::<M>()]);
        in_select(key, select)
    }
}
