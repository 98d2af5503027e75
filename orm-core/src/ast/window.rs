//! Window functions: a value for each row, of the rows around it.

use crate::ast::{Expr, Function, OrderTerm};
use crate::value::ColumnType;

/// A function's call over the rows around a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Window {
    /// The function.
    pub function: &'static Function,
    /// Its arguments.
    pub args: Vec<Expr>,
    /// Which rows an aggregate looks at; `None` for all.
    pub filter: Option<Expr>,
    /// Whether it is an aggregate of different values, or of values in an order: such have no window.
    pub refused: bool,
    /// The rows around.
    pub over: WindowSpec,
    /// The type of the result.
    pub column_type: ColumnType,
    /// Whether the result may be NULL.
    pub nullable: bool,
}

/// Which rows are around a row, and in which order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WindowSpec {
    /// Those that are equal in these; all, where there are none.
    pub partition: Vec<Expr>,
    /// Their order.
    pub order: Vec<OrderTerm>,
    /// The part of them that the function looks at; `None` for what SQL takes: from the first to those that are ordered as the row
    /// itself, or all where there is no order.
    pub frame: Option<Frame>,
}

/// A part of the rows around a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// What its ends count.
    pub unit: FrameUnit,
    /// Where it begins: so far from the row itself, before it where negative; `None` for the first of all.
    pub start: Option<i64>,
    /// Where it ends; `None` for the last of all.
    pub end: Option<i64>,
    /// What is left out.
    pub exclude: Exclude,
}

/// What the ends of a frame count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameUnit {
    /// Rows.
    Rows,
    /// The value of what the rows are ordered by.
    Range,
    /// Groups of rows that are ordered alike.
    Groups,
}

/// What a frame leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exclude {
    /// Nothing.
    NoOthers,
    /// The row itself.
    CurrentRow,
    /// The row itself and those that are ordered alike.
    Group,
    /// Those that are ordered alike, but not the row itself.
    Ties,
}

impl Expr {
    /// Whether a window function is in it; what is inside of subqueries is not looked at.
    pub fn has_window(&self) -> bool {
        self.has(&|node| matches!(node, Self::Window(_)))
    }
}
