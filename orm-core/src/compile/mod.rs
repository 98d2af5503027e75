//! Prints a lowered statement in a dialect's words: one buffer, one precedence table.
//!
//! [`print()`] is the way from a query tree to SQL: [`lower`](crate::lower), then print. Values are
//! always parameters, except in [definitions](ddl) of tables, which take none.
//!
//! Templates of functions and lookups know these placeholders:
//!
//! | written | is |
//! | --- | --- |
//! | `{0}`, `{1}` | an argument, in parentheses where something could bind into it |
//! | `{1:prefix}` | a bound value behind a [transform](crate::dialect::Transform) |
//! | `{*}` | all arguments with commas between |
//! | `{*[ + ]f({})}` | `f(..)` of each argument with ` + ` between |
//! | `{unicode}` | the collation under which case is mapped by Unicode |
//! | `{type}` | the type of a cast |
//! | `{distinct}`, `{filter}`, `{order}` | of an aggregate: what it says of these |
//! | `{0:sort}` | an argument as it is sorted and told from others |
//!
//! A function's template is one operand as a whole: a call, or something in parentheses. A
//! lookup's binds like a comparison or tighter.

mod aggregate;
mod cache;
mod combine;
mod cte;
pub mod ddl;
mod expr;
mod in_rows;
mod numbers;
mod parents;
mod precedence;
mod raw;
mod select;
mod template;
#[cfg(test)]
pub(crate) mod tests;
mod window;
mod write;
mod writer;

pub use cache::{ByKey, Params, Ready, by_key, ready};
pub use ddl::{definition_sql, generated_sql};

use crate::ast::Statement;
use crate::dialect::{SqlDialect, Transform};
use crate::error::Result;
use crate::value::Value;
use writer::Writer;

/// A printed statement.
#[derive(Clone, Debug, PartialEq)]
pub struct Compiled {
    /// The SQL.
    pub sql: String,
    /// One value a parameter. Empty for an `INSERT`, whose values are not part of the statement.
    pub params: Vec<Value>,
    /// Where each parameter comes from.
    pub sources: Vec<Source>,
}

/// Where a parameter comes from, as far as the statement's values were numbered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// It belongs to the SQL.
    Fixed,
    /// The value of this number.
    Value(u32),
    /// What a transform makes of the value of this number.
    Transformed(u32, Transform),
}

/// Lowers a statement and prints it.
///
/// # Errors
/// When the query means nothing, or the database cannot say it.
pub fn print(statement: Statement, dialect: &dyn SqlDialect) -> Result<Compiled> {
    compile(crate::lower::lower(statement, dialect)?, dialect)
}

/// Prints a lowered statement.
///
/// # Errors
/// When a regular expression cannot be translated.
pub fn compile(statement: Statement, dialect: &dyn SqlDialect) -> Result<Compiled> {
    let mut writer = Writer::new(dialect, statement.model().name);
    match statement {
        Statement::Select(select) => writer.select(select)?,
        Statement::Insert(insert) => writer.insert(&insert),
        Statement::Update(update) => writer.update(update)?,
        Statement::UpdateMany(update) => writer.update_many(&update),
        Statement::Delete(delete) => writer.delete(delete)?,
    }
    Ok(writer.finish())
}
