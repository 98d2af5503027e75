//! Printing the expressions in definitions of tables: defaults, checks, generated columns,
//! conditions of indexes.
//!
//! Definitions take no parameters, so that values are literals here, and here alone.

use super::precedence::Precedence;
use super::writer::Writer;
use crate::ast::Expr;
use crate::dialect::SqlDialect;
use crate::error::Result;
use crate::lower::lower_definition;
use crate::schema::FieldSchema;

/// An expression over a table's own columns, for its definition. `model` is for error messages.
///
/// # Errors
/// When the expression looks at other tables or rows, or a value has no literal.
pub fn definition_sql(expr: Expr, model: &'static str, dialect: &dyn SqlDialect) -> Result<String> {
    let expr = lower_definition(expr, model, dialect)?;
    let mut writer = Writer::for_definition(dialect, model);
    writer.expr(expr, Precedence::Loose)?;
    Ok(writer.finish().sql)
}

/// The expression of a generated column, rounded as the column's type asks for.
///
/// # Errors
/// As [`definition_sql`].
pub fn generated_sql(
    expr: Expr,
    field: &FieldSchema,
    model: &'static str,
    dialect: &dyn SqlDialect,
) -> Result<String> {
    let expr = lower_definition(expr, model, dialect)?;
    let mut writer = Writer::for_definition(dialect, model);
    writer.stored(expr, field.column_type, field.options.decimal_places)?;
    Ok(writer.finish().sql)
}
