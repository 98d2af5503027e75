//! Lookups: methods of expressions that give a condition. A method each here, and a static row each in
//! [`builtin`](crate::ast::builtin) with the SQL.

mod comparison;
mod dates;
mod text;

pub use comparison::Comparison;
pub use dates::DateParts;
pub use text::TextLookups;
