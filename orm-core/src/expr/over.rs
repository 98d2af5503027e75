//! The rows around a row: what window functions look at.

use std::marker::PhantomData;
use std::ops::{RangeFrom, RangeFull, RangeInclusive, RangeToInclusive};

use crate::ast::{
    Exclude, Expr as Node, Frame, FrameUnit, NullRule, OrderTerm, Window as WindowNode, WindowSpec,
};
use crate::expr::{Aggregated, Case, Condition, Expr, Expression, IntoOrder, Kind, Windowed};
use crate::model::{Model, SingleKey};
use crate::path::{About, Field, FieldDef, Path, Relation, Scope, ToOne};
use crate::types::{Nullness, SqlType};

/// The rows around a row, in a query of `S`: made by [`partition_by`] and [`order_by`], given to `over`. One can be given to
/// several functions.
///
/// A function that looks at a part of them, as an aggregate or [`first_value`](crate::expr::WindowFunctions::first_value), looks at
/// those from the first to the row itself and to those that are ordered as it is; at all of them, where there is no order.
/// Another part is what [`rows`](Self::rows), [`range`](Self::range) and [`groups`](Self::groups) say.
///
/// SQL: `OVER (PARTITION BY .. ORDER BY .. ROWS BETWEEN .. AND ..)`
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// let by_price = partition_by(Book::author).order_by(Book::price.desc());
/// let rows = Book::objects()
///     .order_by(Book::title)
///     .values_list((Book::title, rank().over(&by_price), Book::price.lag(1).over(&by_price)))
///     .all(&db)?;
/// assert_eq!(rows[0], ("Draft".to_owned(), 2, Some(dec!(7.90))));
/// assert_eq!(rows[2], ("Rust".to_owned(), 1, None));
/// # Ok::<(), orm::Error>(())
/// ```
pub struct Window<S> {
    spec: WindowSpec,
    marker: PhantomData<fn() -> S>,
}

impl<S> Clone for Window<S> {
    fn clone(&self) -> Self {
        Self::new(self.spec.clone())
    }
}

impl<S> std::fmt::Debug for Window<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.spec.fmt(f)
    }
}

/// A window of the rows that are equal in an expression, or in each of a tuple.
///
/// SQL: `PARTITION BY ..`
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// let number = row_number().over(partition_by(Book::author).order_by(Book::title));
/// let numbers = Book::objects().order_by(Book::title).values_list(number).all(&db)?;
/// assert_eq!(numbers, [1, 2, 1, 2]);
/// # Ok::<(), orm::Error>(())
/// ```
pub fn partition_by<S, P>(exprs: P) -> Window<S>
where
    P: IntoPartition<S>,
    Scope: About<P::Scope, S>,
{
    let mut spec = WindowSpec::default();
    exprs.push_partition(&mut spec.partition);
    Window::new(spec)
}

/// A window of all rows, in an order.
///
/// SQL: `ORDER BY ..`
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// let number = row_number().over(order_by(Book::price.desc()));
/// let second = Book::objects().filter(number.eq(2)).one(&db)?;
/// assert_eq!(second.title, "SQL");
/// # Ok::<(), orm::Error>(())
/// ```
pub fn order_by<S, O>(order: O) -> Window<S>
where
    O: IntoOrder<S>,
    Scope: About<O::Scope, S>,
{
    Window::new(WindowSpec::default()).order_by(order)
}

impl<S> Window<S> {
    const fn new(spec: WindowSpec) -> Self {
        Self {
            spec,
            marker: PhantomData,
        }
    }

    /// Orders the rows around. NULL is the greatest value, unless the order says otherwise.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let cheaper = Book::title.lag(1).over(partition_by(Book::author).order_by(Book::price));
    /// let rows = Book::objects().filter(Book::author.name.eq("Bob")).order_by(Book::price).values_list(cheaper).all(&db)?;
    /// assert_eq!(rows, [None, Some("SQL".to_owned())]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    #[must_use]
    pub fn order_by<O>(mut self, order: O) -> Self
    where
        O: IntoOrder<S>,
        Scope: About<O::Scope, S>,
    {
        let mut terms: Vec<OrderTerm> = Vec::new();
        order.push_terms(&mut terms);
        self.spec.order = terms;
        self
    }

    /// The function looks at the rows from one to another, counted from the row itself: `-1..=1` are the one before, itself and
    /// the one behind; `..=0` all up to itself; `..` all.
    ///
    /// SQL: `ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let dearest = Book::title.last_value().over(order_by(Book::price).rows(..));
    /// assert_eq!(Book::objects().values_list(dearest).first(&db)?, Some(Some("Rust".to_owned())));
    /// # Ok::<(), orm::Error>(())
    /// ```
    #[must_use]
    pub fn rows<R: FrameRange>(self, range: R) -> Self {
        self.frame(FrameUnit::Rows, range)
    }

    /// The function looks at the rows whose value, of the one number that they are ordered by, is from so much less to so much
    /// more than the row's own; `..=0` are all up to those that are ordered as it is.
    ///
    /// SQL: `RANGE BETWEEN 10 PRECEDING AND 10 FOLLOWING`. On SQLite an order by a computed decimal is
    /// [`Error::Unsupported`](crate::error::Error::Unsupported) then.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let near = Book::title.first_value().over(order_by(Book::price).range(-5..=5));
    /// let rows = Book::objects().order_by(Book::price).values_list(near).all(&db)?;
    /// assert_eq!(rows[2].as_deref(), Some("Dunes"));
    /// # Ok::<(), orm::Error>(())
    /// ```
    #[must_use]
    pub fn range<R: FrameRange>(self, range: R) -> Self {
        self.frame(FrameUnit::Range, range)
    }

    /// As [`rows`](Self::rows), but rows that are ordered alike count as one.
    ///
    /// SQL: `GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let before = Book::title.first_value().over(order_by((Book::is_published, Book::title)).groups(-1..=-1));
    /// assert_eq!(Book::objects().filter(before.is_null()).one(&db)?.title, "Draft");
    /// # Ok::<(), orm::Error>(())
    /// ```
    #[must_use]
    pub fn groups<R: FrameRange>(self, range: R) -> Self {
        self.frame(FrameUnit::Groups, range)
    }

    /// The function does not look at the row itself.
    ///
    /// SQL: `EXCLUDE CURRENT ROW`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let other = Book::title.first_value().over(partition_by(Book::author).order_by(Book::title).rows(..).exclude_current_row());
    /// let rows = Book::objects().filter(Book::author.name.eq("Bob")).order_by(Book::title).values_list(other).all(&db)?;
    /// assert_eq!(rows, [Some("SQL".to_owned()), Some("Rust".to_owned())]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    #[must_use]
    pub fn exclude_current_row(self) -> Self {
        self.exclude(Exclude::CurrentRow)
    }

    /// The function does not look at the row itself and those that are ordered alike.
    ///
    /// SQL: `EXCLUDE GROUP`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// let others = Book::title.first_value().over(order_by(Book::is_published).rows(..).exclude_group());
    /// assert!(Book::objects().values_list(others).to_sql(Dialect::Sqlite)?.0.contains("EXCLUDE GROUP"));
    /// # Ok::<(), orm::Error>(())
    /// ```
    #[must_use]
    pub fn exclude_group(self) -> Self {
        self.exclude(Exclude::Group)
    }

    /// The function does not look at rows that are ordered as the row itself, but at that.
    ///
    /// SQL: `EXCLUDE TIES`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// let others = Book::title.first_value().over(order_by(Book::is_published).rows(..).exclude_ties());
    /// assert!(Book::objects().values_list(others).to_sql(Dialect::Sqlite)?.0.contains("EXCLUDE TIES"));
    /// # Ok::<(), orm::Error>(())
    /// ```
    #[must_use]
    pub fn exclude_ties(self) -> Self {
        self.exclude(Exclude::Ties)
    }

    fn frame<R: FrameRange>(mut self, unit: FrameUnit, range: R) -> Self {
        let (start, end) = range.ends();
        let before = self.spec.frame;
        self.spec.frame = Some(Frame {
            unit,
            start,
            end,
            exclude: before.map_or(Exclude::NoOthers, |frame| frame.exclude),
        });
        self
    }

    fn exclude(mut self, exclude: Exclude) -> Self {
        // What SQL takes where no frame is named.
        let usual = Frame {
            unit: FrameUnit::Range,
            start: None,
            end: (!self.spec.order.is_empty()).then_some(0),
            exclude,
        };
        let frame = self.spec.frame.unwrap_or(usual);
        self.spec.frame = Some(Frame { exclude, ..frame });
        self
    }
}

impl<S: Model, T: SqlType> Expr<S, T, Aggregated> {
    /// The aggregate as a value of each row, of the rows around it: a running sum, a share of the whole. Of several aggregates in one
    /// expression each looks at the window.
    ///
    /// SQL: `sum("price") OVER (..)`. With `distinct` or an order of its own it is refused when run, with
    /// [`Error::InvalidQuery`](crate::error::Error::InvalidQuery).
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let so_far = Book::price.sum().over(order_by(Book::title).rows(..=0));
    /// let rows = Book::objects().order_by(Book::title).values_list((Book::title, so_far, Book::id.count().over(()))).all(&db)?;
    /// assert_eq!(rows[1], ("Dunes".to_owned(), Some(dec!(8.90)), 4));
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn over<W: IntoWindow<S>>(&self, window: W) -> Expr<S, T, Windowed> {
        let mut node = self.node();
        look_at(&mut node, &window.into_spec());
        Expr::new(node)
    }
}

/// Gives each aggregate in an expression a window.
fn look_at(node: &mut Node, over: &WindowSpec) {
    let Node::Aggregate(aggregate) = node else {
        node.each_child_mut(&mut |child| look_at(child, over));
        return;
    };
    let window = WindowNode {
        function: aggregate.function,
        args: std::mem::take(&mut aggregate.args),
        filter: aggregate.filter.take(),
        refused: aggregate.distinct || !aggregate.order.is_empty(),
        over: over.clone(),
        column_type: aggregate.column_type,
        nullable: aggregate.function.nulls != NullRule::Never,
    };
    *node = Node::Window(Box::new(window));
}

/// The ends of a frame: `-1..=1`, `0..`, `..=0` or `..`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` names no part of a window",
    label = "expected a range such as `-1..=1`, `0..`, `..=0` or `..`"
)]
pub trait FrameRange {
    /// Where it begins and ends, counted from the row itself.
    fn ends(self) -> (Option<i64>, Option<i64>);
}

#[diagnostic::do_not_recommend]
impl FrameRange for RangeInclusive<i64> {
    fn ends(self) -> (Option<i64>, Option<i64>) {
        (Some(*self.start()), Some(*self.end()))
    }
}

#[diagnostic::do_not_recommend]
impl FrameRange for RangeFrom<i64> {
    fn ends(self) -> (Option<i64>, Option<i64>) {
        (Some(self.start), None)
    }
}

#[diagnostic::do_not_recommend]
impl FrameRange for RangeToInclusive<i64> {
    fn ends(self) -> (Option<i64>, Option<i64>) {
        (None, Some(self.end))
    }
}

#[diagnostic::do_not_recommend]
impl FrameRange for RangeFull {
    fn ends(self) -> (Option<i64>, Option<i64>) {
        (None, None)
    }
}

/// What `over` takes: a [`Window`], or `()` for all rows in no order.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no window of a query of `{S}`",
    label = "expected `partition_by(..)`, `order_by(..)`, or `()` for all rows"
)]
pub trait IntoWindow<S> {
    /// The rows around.
    fn into_spec(self) -> WindowSpec;
}

#[diagnostic::do_not_recommend]
impl<S> IntoWindow<S> for Window<S> {
    fn into_spec(self) -> WindowSpec {
        self.spec
    }
}

#[diagnostic::do_not_recommend]
impl<S> IntoWindow<S> for &Window<S> {
    fn into_spec(self) -> WindowSpec {
        self.spec.clone()
    }
}

#[diagnostic::do_not_recommend]
impl<S> IntoWindow<S> for () {
    fn into_spec(self) -> WindowSpec {
        WindowSpec::default()
    }
}

/// What [`partition_by`] takes: an expression, or a tuple of up to 16.
#[diagnostic::on_unimplemented(
    message = "rows of a window cannot be equal in `{Self}`",
    label = "expected a field or expression, or a tuple of them"
)]
pub trait IntoPartition<S> {
    /// The model it is about.
    type Scope;

    /// Adds what the rows are equal in.
    fn push_partition(self, to: &mut Vec<Node>);
}

macro_rules! expressions {
    ($(($($generics:tt)*) $type:ty, $scope:ty;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<S, $($generics)*> IntoPartition<S> for $type {
            type Scope = $scope;

            fn push_partition(self, to: &mut Vec<Node>) {
                to.push(self.node());
            }
        }
    )+ };
}
expressions! {
    (P: Path, F: FieldDef) Field<P, F>, P::Root;
    (P: Path, F: FieldDef) &Field<P, F>, P::Root;
    (P: Path, R: Relation<To: Model<Key: SingleKey>>) ToOne<P, R>, P::Root;
    (S2: Model, T: SqlType, K: Kind) Expr<S2, T, K>, S2;
    (S2: Model, T: SqlType, K: Kind) &Expr<S2, T, K>, S2;
    (S2: Model, T: SqlType<Base = T>, N: Nullness, K: Kind) Case<S2, T, N, K>, S2;
    (S2: Model, T: SqlType<Base = T>, N: Nullness, K: Kind) &Case<S2, T, N, K>, S2;
    (S2: Model) Condition<S2>, S2;
    (S2: Model) &Condition<S2>, S2;
}

macro_rules! tuples {
    ($($($name:ident $index:tt)+;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<S_, $($name: IntoPartition<S_>),+> IntoPartition<S_> for ($($name,)+)
        where
            $(Scope: About<$name::Scope, S_>,)+
        {
            type Scope = S_;

            #[allow(non_snake_case, reason = "a variable for each type parameter")]
            fn push_partition(self, to: &mut Vec<Node>) {
                let ($($name,)+) = self;
                $($name.push_partition(to);)+
            }
        }
    )+ };
}
crate::tuples::for_each!(tuples);
