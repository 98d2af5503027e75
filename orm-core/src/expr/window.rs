//! Window functions: a value for each row, of the rows around it.

use std::marker::PhantomData;

use crate::ast::builtin::windows;
use crate::ast::{Expr as Node, Function, Window as WindowNode};
use crate::expr::{Expr, Expression, IntoWindow, Operand, Windowed};
use crate::model::Model;
use crate::path::{About, Scope};
use crate::types::{ComparableWith, SqlType};
use crate::value::Value;

/// A window function of type `T` that waits for its window: `.over(..)`.
#[must_use = "a window function has a value over a window: `.over(..)`"]
pub struct Windowing<S, T> {
    function: &'static Function,
    args: Vec<Node>,
    marker: PhantomData<fn() -> (S, T)>,
}

impl<S, T> Clone for Windowing<S, T> {
    fn clone(&self) -> Self {
        Self::new(self.function, self.args.clone())
    }
}

impl<S, T> Windowing<S, T> {
    const fn new(function: &'static Function, args: Vec<Node>) -> Self {
        Self {
            function,
            args,
            marker: PhantomData,
        }
    }
}

impl<S: Model, T: SqlType> Windowing<S, T> {
    /// The value over a window: [`partition_by`](crate::expr::partition_by), [`order_by`](crate::expr::order_by), or `()` for all
    /// rows. It can be selected and ordered by; a condition on it is asked of the rows that the query's other conditions leave.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let number = row_number().over(partition_by(Book::author).order_by(Book::price.desc()));
    /// // The dearest book of each author.
    /// let dearest = Book::objects().filter(number.eq(1)).order_by(Book::title).values_list(Book::title).all(&db)?;
    /// assert_eq!(dearest, ["Dunes", "Rust"]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn over<W: IntoWindow<S>>(self, window: W) -> Expr<S, T, Windowed> {
        Expr::new(Node::Window(Box::new(WindowNode {
            function: self.function,
            args: self.args,
            filter: None,
            refused: false,
            over: window.into_spec(),
            column_type: T::COLUMN,
            nullable: T::NULLABLE,
        })))
    }
}

/// A value some rows away, which waits for its window.
#[must_use = "a window function has a value over a window: `.over(..)`"]
pub struct Neighbour<S, T: SqlType> {
    inner: Windowing<S, T::Nullable>,
}

impl<S: Model, T: SqlType> Neighbour<S, T> {
    /// What stands for a row that is not there. Values that are NULL stay NULL: those are replaced by `unwrap_or`.
    ///
    /// SQL: `lag(.., 1, ?)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let before = Book::sales_count.lag(1).or(-1).over(order_by(Book::title));
    /// assert_eq!(Book::objects().order_by(Book::title).values_list(before).all(&db)?, [-1, 0, 3, 0]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn or<V>(self, default: V) -> Windowing<S, T>
    where
        V: Operand<S, T::Base, Base: ComparableWith<T::Base>>,
        Scope: About<V::Scope, S>,
    {
        let mut args = self.inner.args;
        args.push(default.into_node());
        Windowing::new(self.inner.function, args)
    }

    /// The value over a window.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let before = Book::title.lag(1).over(order_by(Book::title));
    /// assert_eq!(Book::objects().order_by(Book::title).values_list(before).all(&db)?[1].as_deref(), Some("Draft"));
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn over<W: IntoWindow<S>>(self, window: W) -> Expr<S, T::Nullable, Windowed> {
        self.inner.over(window)
    }
}

macro_rules! rankings {
    ($($(#[$doc:meta])* $name:ident: $function:ident, $type:ty;)+) => { $(
        $(#[$doc])*
        pub const fn $name<S>() -> Windowing<S, $type> {
            Windowing::new(&windows::$function, Vec::new())
        }
    )+ };
}
rankings! {
    /// The number of a row in its window, counted from 1. Rows that are ordered alike have different ones, in any order.
    ///
    /// SQL: `row_number() OVER (..)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let numbers = Book::objects().order_by(Book::title).values_list(row_number().over(order_by(Book::price))).all(&db)?;
    /// assert_eq!(numbers, [1, 2, 4, 3]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    row_number: ROW_NUMBER, i64;

    /// The number of the first row that is ordered as the row is: 1, 2, 2, 4.
    ///
    /// SQL: `rank() OVER (..)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let ranks = Book::objects().order_by(Book::title).values_list(rank().over(order_by(Book::sales_count.desc()))).all(&db)?;
    /// assert_eq!(ranks, [2, 1, 2, 2]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    rank: RANK, i64;

    /// The rank without gaps: 1, 2, 2, 3.
    ///
    /// SQL: `dense_rank() OVER (..)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let ranks = Book::objects().order_by(Book::title).values_list(dense_rank().over(order_by(Book::sales_count))).all(&db)?;
    /// assert_eq!(ranks, [1, 2, 1, 1]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    dense_rank: DENSE_RANK, i64;

    /// The rank as a share: from 0 of the first to 1 of the last.
    ///
    /// SQL: `percent_rank() OVER (..)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let share = percent_rank().over(order_by(Book::price));
    /// let shares = Book::objects().filter(Book::is_published).order_by(Book::price).values_list(share).all(&db)?;
    /// assert_eq!(shares, [0.0, 0.5, 1.0]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    percent_rank: PERCENT_RANK, f64;

    /// The share of rows that come no later than the row.
    ///
    /// SQL: `cume_dist() OVER (..)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let shares = Book::objects().order_by(Book::price).values_list(cume_dist().over(order_by(Book::price))).all(&db)?;
    /// assert_eq!(shares, [0.25, 0.5, 0.75, 1.0]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    cume_dist: CUME_DIST, f64;
}

/// The number of the part that a row is in, of so many parts that are as equal as can be.
///
/// SQL: `ntile(4) OVER (..)`
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// let halves = Book::objects().order_by(Book::price).values_list(ntile(2).over(order_by(Book::price))).all(&db)?;
/// assert_eq!(halves, [1, 1, 2, 2]);
/// # Ok::<(), orm::Error>(())
/// ```
pub fn ntile<S>(parts: u32) -> Windowing<S, i64> {
    Windowing::new(&windows::NTILE, vec![count(parts)])
}

fn count(count: u32) -> Node {
    Node::Bind(Value::I32(i32::try_from(count).unwrap_or(i32::MAX)))
}

/// Values of other rows of a window.
pub trait WindowFunctions: Expression {
    /// The value so many rows before; NULL where there is no such row, unless [`or`](Neighbour::or) says otherwise.
    ///
    /// SQL: `lag(.., 1) OVER (..)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let dearer = Book::price - Book::price.lag(1).over(order_by(Book::price));
    /// let steps = Book::objects().order_by(Book::price).values_list(dearer).all(&db)?;
    /// assert_eq!(steps, [None, Some(dec!(6.90)), Some(dec!(2.10)), Some(dec!(32.50))]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn lag(&self, rows: u32) -> Neighbour<Self::Scope, Self::Type> {
        neighbour(&windows::LAG, self.node(), rows)
    }

    /// The value so many rows behind; NULL where there is no such row, unless [`or`](Neighbour::or) says otherwise.
    ///
    /// SQL: `lead(.., 1) OVER (..)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let next = Book::title.lead(1).over(order_by(Book::title));
    /// assert_eq!(Book::objects().order_by(Book::title).values_list(next).first(&db)?, Some(Some("Dunes".to_owned())));
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn lead(&self, rows: u32) -> Neighbour<Self::Scope, Self::Type> {
        neighbour(&windows::LEAD, self.node(), rows)
    }

    /// The value of the first row that the function looks at; NULL where it looks at none.
    ///
    /// SQL: `first_value(..) OVER (..)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let cheapest = Book::title.first_value().over(partition_by(Book::author).order_by(Book::price));
    /// let rows = Book::objects().order_by(Book::title).values_list(cheapest).all(&db)?;
    /// assert_eq!(rows[3].as_deref(), Some("SQL"));
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn first_value(&self) -> Windowing<Self::Scope, <Self::Type as SqlType>::Nullable> {
        Windowing::new(&windows::FIRST_VALUE, vec![self.node()])
    }

    /// The value of the last row that the function looks at; NULL where it looks at none. In an ordered window that is the row
    /// itself, or one that is ordered alike, unless [`rows`](crate::expr::Window::rows) says otherwise.
    ///
    /// SQL: `last_value(..) OVER (..)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let dearest = Book::title.last_value().over(order_by(Book::price).rows(..));
    /// assert_eq!(Book::objects().values_list(dearest).first(&db)?, Some(Some("Rust".to_owned())));
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn last_value(&self) -> Windowing<Self::Scope, <Self::Type as SqlType>::Nullable> {
        Windowing::new(&windows::LAST_VALUE, vec![self.node()])
    }

    /// The value of the row of a number, counted from 1, among those that the function looks at; NULL where there is none.
    ///
    /// SQL: `nth_value(.., 2) OVER (..)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let second = Book::title.nth_value(2).over(order_by(Book::price));
    /// let rows = Book::objects().order_by(Book::price).values_list(second).all(&db)?;
    /// assert_eq!((rows[0].as_deref(), rows[1].as_deref()), (None, Some("Dunes")));
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn nth_value(&self, number: u32) -> Windowing<Self::Scope, <Self::Type as SqlType>::Nullable> {
        Windowing::new(&windows::NTH_VALUE, vec![self.node(), count(number)])
    }
}

impl<E: Expression + ?Sized> WindowFunctions for E {}

fn neighbour<S: Model, T: SqlType>(
    function: &'static Function,
    of: Node,
    rows: u32,
) -> Neighbour<S, T> {
    Neighbour {
        inner: Windowing::new(function, vec![of, count(rows)]),
    }
}
