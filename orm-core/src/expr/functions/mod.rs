//! Functions of the database. A method or function each here, and a static row each in
//! [`builtin`](crate::ast::builtin) with the SQL.

mod general;
mod text;

pub use general::{AllWidenTo, CoalesceArgs, GeneralFunctions, coalesce, now};
pub use text::{ConcatArgs, TextFunctions, concat};
