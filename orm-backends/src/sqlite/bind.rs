//! Binding values to SQLite's statements, in the forms that Django writes too.

use std::rc::Rc;

use orm_core::diagnosis::Failed;
use orm_core::error::{Error, Result};
use orm_core::executor::Command;
use orm_core::types::{TOO_DEEP, array_text, date_text, is_too_deep, json_text};
use orm_core::value::{ArrayValue, Value, ValueRef as Held};
use rusqlite::Statement;
use rusqlite::types::{Null, ToSql, ToSqlOutput, Value as Sql, ValueRef};

use super::errors;
use super::functions::decimal_to_sql;

/// Binds all parameters of a statement.
pub(super) fn bind(
    statement: &mut Statement<'_>,
    command: &Command<'_>,
    params: &[Value],
) -> Result<()> {
    let expected = statement.parameter_count();
    if expected != params.len() {
        return Err(wrong_count(command, expected, params.len()));
    }
    let failed = || Failed {
        command,
        params,
        backend: errors::BACKEND,
        witness: None,
    };
    for (index, value) in params.iter().enumerate() {
        let number = index + 1;
        let bound = match value {
            Value::Null => statement.raw_bind_parameter(number, Null),
            Value::Bool(v) => statement.raw_bind_parameter(number, v),
            Value::I16(v) => statement.raw_bind_parameter(number, v),
            Value::I32(v) => statement.raw_bind_parameter(number, v),
            Value::I64(v) => statement.raw_bind_parameter(number, v),
            Value::Text(v) => statement.raw_bind_parameter(number, &**v),
            Value::Enum(v) => statement.raw_bind_parameter(number, *v),
            Value::Bytes(v) => statement.raw_bind_parameter(number, Blob(v)),
            Value::Array(array) => {
                let elements: Result<Vec<Sql>, _> = array.values.iter().map(encode).collect();
                let elements = elements.map_err(|_| failed().refused(&unfit))?;
                statement.raw_bind_parameter(number, Rc::new(elements))
            }
            other => {
                let encoded = encode(other).map_err(|_| failed().refused(&unfit))?;
                statement.raw_bind_parameter(number, encoded)
            }
        };
        bound.map_err(|error| errors::from_driver(error, failed()))?;
    }
    Ok(())
}

/// Bytes, borrowed: rusqlite would take a slice of `u8` by another way.
struct Blob<'a>(&'a [u8]);

impl ToSql for Blob<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(ValueRef::Blob(self.0)))
    }
}

/// SQLite's form of a value, or why there is none.
pub(super) fn encode(value: &Value) -> Result<Sql, &'static str> {
    Ok(match value {
        Value::Null => Sql::Null,
        Value::Bool(v) => Sql::Integer(i64::from(*v)),
        Value::I16(v) => Sql::Integer(i64::from(*v)),
        Value::I32(v) => Sql::Integer(i64::from(*v)),
        Value::I64(v) => Sql::Integer(*v),
        Value::F32(v) => float(f64::from(*v))?,
        Value::F64(v) => float(*v)?,
        Value::Text(v) => Sql::Text(v.clone().into_owned()),
        Value::Enum(v) => Sql::Text((*v).to_owned()),
        Value::Bytes(v) => Sql::Blob(v.clone()),
        Value::Decimal(v) => decimal_to_sql(*v),
        Value::Uuid(v) => Sql::Text(v.simple().to_string()),
        Value::Date(v) => Sql::Text(date_text::from_date(*v).ok_or(FAR_YEAR)?),
        Value::Time(v) => Sql::Text(date_text::from_time(*v)),
        Value::DateTime(v) => Sql::Text(date_text::from_date_time(*v).ok_or(FAR_YEAR)?),
        Value::Timestamp(v) => Sql::Text(date_text::from_date_time(v.naive_utc()).ok_or(FAR_YEAR)?),
        Value::Duration(v) => Sql::Integer(
            v.num_microseconds()
                .ok_or("the duration is too long for SQLite")?,
        ),
        Value::Json(v) if is_too_deep(v) => return Err(TOO_DEEP),
        Value::Json(v) => Sql::Text(json_text(v)),
        Value::List(list) => Sql::Text(list_text(list)?),
        _ => return Err("SQLite has no form for this kind of value"),
    })
}

/// An array as `array_agg` makes it.
fn list_text(list: &ArrayValue) -> Result<String, &'static str> {
    let mut text = String::new();
    for value in &list.values {
        let element = encode(value)?;
        array_text::push(
            &mut text,
            match &element {
                Sql::Null => Held::Null,
                Sql::Integer(integer) => Held::Integer(*integer),
                Sql::Real(real) => Held::Float(*real),
                Sql::Text(text) => Held::Text(text),
                Sql::Blob(bytes) => Held::Bytes(bytes),
            },
        );
    }
    Ok(array_text::finish(text))
}

const FAR_YEAR: &str = "SQLite holds the years 0 to 9999 alone";

/// SQLite would keep NULL in place of NaN.
fn float(value: f64) -> Result<Sql, &'static str> {
    if value.is_nan() {
        Err("SQLite holds no float that is not a number")
    } else {
        Ok(Sql::Real(value))
    }
}

/// Why SQLite cannot hold a value.
fn unfit(value: &Value) -> Option<&'static str> {
    match value {
        Value::Array(array) | Value::List(array) => array.values.iter().find_map(unfit),
        value => encode(value).err(),
    }
}

#[cold]
fn wrong_count(command: &Command<'_>, expected: usize, given: usize) -> Error {
    let message = format!("the statement has {expected} parameters, but {given} values were given");
    Error::InvalidQuery {
        model: command.model,
        message,
    }
}
