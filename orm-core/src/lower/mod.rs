//! Rewrites a query tree into what SQL can say. The passes, in their order:
//!
//! 1. `shape`: a slice becomes a condition on the primary key, the ordering becomes terms, a
//!    count of something limited becomes a count of a subquery.
//! 2. `resolve`: columns find their table. A to-one path becomes a join, in an `UPDATE` a
//!    subquery; a condition over a to-many path becomes `EXISTS` (`quantify`); a value of a relation's
//!    rows becomes a column of a grouped subquery that is joined, or a subquery of the row
//!    (`related`), one of each of them a column of a subquery that is joined (`each`); rows that are gathered get their keys, and a condition on an aggregate becomes one
//!    on the group (`group`).
//! 3. `nulls`: SQL's three values are made to obey "a comparison with NULL is false, its
//!    negation true".
//! 4. `check`: what the database lacks is refused, or left out where it has no effect.
//!
//! The first two go together from the outer query to its subqueries, since a subquery must know
//! which names are taken; the others then run over the whole.

mod apart;
mod check;
mod combine;
mod cte;
mod each;
mod group;
mod links;
mod nulls;
mod outer;
mod quantify;
mod related;
mod resolve;
mod scope;
mod shape;
mod window;
mod write;

use crate::ast::{Expr, Statement};
use crate::dialect::SqlDialect;
use crate::error::Result;
use resolve::Resolver;

/// Lowers a statement for a dialect.
///
/// # Errors
/// When the query means nothing, or the database cannot say it.
pub fn lower(mut statement: Statement, dialect: &dyn SqlDialect) -> Result<Statement> {
    let mut resolver = Resolver::new(statement.model());
    match &mut statement {
        Statement::Select(select) => resolver.select(select)?,
        Statement::Insert(_) | Statement::UpdateMany(_) => {}
        Statement::Update(update) => resolver.update(update)?,
        Statement::Delete(delete) => resolver.delete(delete)?,
    }
    nulls::statement(&mut statement);
    check::statement(&mut statement, dialect)?;
    Ok(statement)
}

/// Lowers an expression in a table's definition, where columns stand without their table. `model`
/// is for error messages.
///
/// A condition there is SQL's own: what is NULL passes.
///
/// # Errors
/// When the expression looks at other tables or rows.
pub fn lower_definition(
    mut expr: Expr,
    model: &'static str,
    dialect: &dyn SqlDialect,
) -> Result<Expr> {
    Resolver::for_definition(model).condition(&mut expr)?;
    nulls::definition(&mut expr);
    check::definition(&mut expr, model, dialect)?;
    Ok(expr)
}
