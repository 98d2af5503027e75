//! Common table expressions: queries that others join by name.

use std::sync::Arc;

use crate::ast::{Expr, Select};
use crate::value::ColumnType;

/// A query that others join.
#[derive(Clone, Debug, PartialEq)]
pub struct Cte {
    /// What its columns and joins know it by: no other has it.
    pub id: u64,
    /// Its rows, or those it begins with.
    pub first: Select,
    /// The rows that follow from those found before, which it joins; none where it is not recursive.
    pub step: Option<Select>,
}

/// A join of a common table expression.
#[derive(Clone, Debug, PartialEq)]
pub struct CteJoin {
    /// Which one.
    pub id: u64,
    /// Itself; none inside its own step.
    pub cte: Option<Arc<Cte>>,
    /// Which of its rows go with which of the query's; `None` for all with all.
    pub on: Option<Expr>,
    /// Whether a row of the query stays where none goes with it.
    pub optional: bool,
    /// What its columns know it by: the id of the expression, or one of its own.
    pub known_as: u64,
}

/// A column of a common table expression that the query joins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CteColumn {
    /// The expression's id.
    pub cte: u64,
    /// The number of the column, counted from 1.
    pub number: u32,
    /// What it holds.
    pub column_type: ColumnType,
    /// Whether it may be NULL.
    pub nullable: bool,
}

/// The common table expressions of a query.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ctes {
    /// Those it joins.
    pub joins: Vec<CteJoin>,
    /// Made by lowering: `WITH`, each behind those that it joins.
    pub with: Vec<With>,
}

/// One of `WITH`, made by lowering.
#[derive(Clone, Debug, PartialEq)]
pub struct With {
    /// The number that is its name.
    pub number: u32,
    /// How many columns it has.
    pub columns: u32,
    /// Its rows, or those it begins with.
    pub first: Select,
    /// The rows that follow.
    pub step: Option<Select>,
}
