//! Functions that look at the rows around a row. `OVER (..)` stands behind their text.

use crate::ast::Arity::{AtLeast, Exactly};
use crate::ast::Function;
use crate::value::ColumnType;

/// The number of a row, counted from 1.
pub static ROW_NUMBER: Function = ranking("row_number", 0, "row_number()");
/// The number of the first row that is ordered alike.
pub static RANK: Function = ranking("rank", 0, "rank()");
/// The number of the group of rows that are ordered alike.
pub static DENSE_RANK: Function = ranking("dense_rank", 0, "dense_rank()");
/// The rank as a share of the others, from 0 to 1.
pub static PERCENT_RANK: Function = share("percent_rank", "percent_rank()");
/// The share of rows that come no later, up to 1.
pub static CUME_DIST: Function = share("cume_dist", "cume_dist()");
/// The number of the part, of so many as equal as can be, that a row is in.
pub static NTILE: Function = ranking("ntile", 1, "ntile({0})");
/// The value some rows before.
pub static LAG: Function = Function::nullable("lag", AtLeast(2), "lag({*})");
/// The value some rows behind.
pub static LEAD: Function = Function::nullable("lead", AtLeast(2), "lead({*})");
/// The value of the frame's first row.
pub static FIRST_VALUE: Function =
    Function::nullable("first_value", Exactly(1), "first_value({0})");
/// The value of the frame's last row.
pub static LAST_VALUE: Function = Function::nullable("last_value", Exactly(1), "last_value({0})");
/// The value of the frame's row of a number.
pub static NTH_VALUE: Function = Function::nullable("nth_value", Exactly(2), "nth_value({0}, {1})");

const fn ranking(name: &'static str, arguments: usize, sql: &'static str) -> Function {
    Function::never_null(name, Exactly(arguments), sql).returning(ColumnType::I64)
}

const fn share(name: &'static str, sql: &'static str) -> Function {
    Function::never_null(name, Exactly(0), sql).returning(ColumnType::F64)
}
