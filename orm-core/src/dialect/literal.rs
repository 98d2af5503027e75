//! Values written as literals: in definitions of tables, which take no parameters.

use std::fmt::Write;

use crate::value::Value;

/// Writes a text between single quotes, doubled inside.
pub(super) fn push_text(sql: &mut String, text: &str) -> Result<(), &'static str> {
    if text.contains('\0') {
        return Err("a text in a table's definition cannot contain the character NUL");
    }
    sql.push('\'');
    for part in text.split_inclusive('\'') {
        sql.push_str(part);
        if part.ends_with('\'') {
            sql.push('\'');
        }
    }
    sql.push('\'');
    Ok(())
}

/// Writes bytes as hexadecimal digits.
pub(super) fn push_hex(sql: &mut String, bytes: &[u8]) {
    for byte in bytes {
        push(sql, format_args!("{byte:02x}"));
    }
}

/// Writes what all databases write the same. `false` where `value` is of another kind.
pub(super) fn push_common(sql: &mut String, value: &Value) -> Result<bool, &'static str> {
    match value {
        Value::Null => sql.push_str("NULL"),
        Value::Numbered(numbered) => return push_common(sql, &numbered.1),
        Value::Bool(v) => sql.push_str(if *v { "TRUE" } else { "FALSE" }),
        Value::I16(v) => push(sql, format_args!("{v}")),
        Value::I32(v) => push(sql, format_args!("{v}")),
        Value::I64(v) => push(sql, format_args!("{v}")),
        Value::F32(v) => push_float(sql, f64::from(*v))?,
        Value::F64(v) => push_float(sql, *v)?,
        Value::Array(_) | Value::List(_) => {
            return Err("a table's definition cannot contain an array");
        }
        Value::Text(_)
        | Value::Bytes(_)
        | Value::Decimal(_)
        | Value::Uuid(_)
        | Value::Date(_)
        | Value::Time(_)
        | Value::DateTime(_)
        | Value::Timestamp(_)
        | Value::Duration(_)
        | Value::Json(_)
        | Value::Enum(_) => return Ok(false),
    }
    Ok(true)
}

fn push_float(sql: &mut String, value: f64) -> Result<(), &'static str> {
    if !value.is_finite() {
        return Err("a table's definition cannot contain a float that is not finite");
    }
    // `{:?}` always has a point or an exponent, so that no database takes it for an integer.
    push(sql, format_args!("{value:?}"));
    Ok(())
}

/// Writes formatted text; a `String` takes all of it.
pub(super) fn push(sql: &mut String, arguments: std::fmt::Arguments<'_>) {
    let _ = sql.write_fmt(arguments);
}
