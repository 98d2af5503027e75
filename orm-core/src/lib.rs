//! The runtime core of `orm`: typed expressions, the query tree, lowering and printing of SQL, and
//! what models and drivers implement. Programs depend on the crate `orm`, which re-exports all of it.
#![forbid(unsafe_code)]
#![allow(
    clippy::type_complexity,
    reason = "types of expressions are made of their parts' types"
)]

pub mod ast;
pub mod compile;
pub mod decimal;
pub mod decode;
pub mod diagnosis;
pub mod dialect;
pub mod draft;
pub mod error;
pub mod executor;
pub mod expr;
pub mod json_order;
pub mod lower;
pub mod model;
pub mod path;
pub mod query;
pub mod raw;
pub mod reading;
pub mod relation;
pub mod schema;
pub mod text_case;
mod tuples;
pub mod types;
pub mod value;

pub use error::{BoxError, Error, FieldError, ForeignKeyCause, Result};
