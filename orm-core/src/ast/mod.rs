//! The query tree: untyped, owned, and knowing nothing of any database.
//!
//! Typed expressions leave these nodes behind; [`lower`](crate::lower) rewrites them into what SQL
//! can say, and [`compile`](crate::compile) prints them.

mod aggregate;
mod backend;
pub mod builtin;
mod children;
mod cte;
mod expr;
mod function;
mod inherited;
mod origin;
mod places;
mod rebase;
mod select;
pub mod shape;
mod typing;
mod visit;
mod window;
mod write;

pub use aggregate::{Aggregate, Grouping, Related};
pub use backend::Backend;
pub use cte::*;
pub use expr::*;
pub use function::{Arity, Function, Lookup, NullRule};
pub use inherited::{ancestors, inherited_columns, row_column, row_columns, to_parent, way_back};
pub use origin::{Asked, Origin};
pub use select::*;
pub use window::*;
pub use write::*;
