//! Casts that SQLite does otherwise, or not at all: numbers that do not fit are errors, texts are read strictly.

use orm_core::reading;
use orm_core::types::date_text;
use rusqlite::functions::Context;
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, Result};
use rust_decimal::prelude::ToPrimitive;

use super::text::argument;
use super::{decimal, failure, scalar};

/// Registers `orm_int`, `orm_f32`, `orm_float_text` and `orm_read_int float decimal uuid date time date_time`.
pub(super) fn register(connection: &Connection) -> Result<()> {
    scalar(connection, "orm_int", 2, integer)?;
    scalar(connection, "orm_f32", 1, single)?;
    scalar(connection, "orm_float_text", 2, float_text)?;
    scalar(connection, "orm_read_int", 2, |context| {
        let bits = context.get::<u32>(1)?;
        Ok(argument(context, 0)?.and_then(|text| reading::integer(text, bits)))
    })?;
    scalar(connection, "orm_read_float", 2, |context| {
        let single = context.get::<u32>(1)? == 32;
        Ok(argument(context, 0)?.and_then(if single {
            reading::single
        } else {
            reading::double
        }))
    })?;
    scalar(connection, "orm_read_decimal", 1, |context| {
        let value = argument(context, 0)?.and_then(reading::decimal);
        Ok(value.map_or(Value::Null, decimal::to_sql))
    })?;
    scalar(connection, "orm_read_uuid", 1, |context| {
        Ok(argument(context, 0)?.and_then(reading::uuid))
    })?;
    scalar(connection, "orm_read_date", 1, |context| {
        let day = argument(context, 0)?.and_then(reading::date);
        Ok(day.and_then(date_text::from_date))
    })?;
    scalar(connection, "orm_read_time", 1, |context| {
        Ok(argument(context, 0)?.and_then(reading::time))
    })?;
    scalar(connection, "orm_read_date_time", 1, |context| {
        Ok(argument(context, 0)?.and_then(reading::date_time))
    })
}

#[cold]
fn out_of_range() -> rusqlite::Error {
    failure("numeric value out of range")
}

/// A number cut towards zero, if it fits in an integer of so many bits.
fn integer(context: &Context<'_>) -> Result<Option<i64>> {
    let bits = context.get::<u32>(1)?;
    let whole = match context.get_raw(0) {
        ValueRef::Null => return Ok(None),
        ValueRef::Integer(whole) => Some(whole),
        ValueRef::Real(real) => whole(real),
        other => match decimal::from_sql(other) {
            Some(Ok(value)) => value.trunc().to_i64(),
            _ => return Err(failure("the value is not a number")),
        },
    };
    let beyond = 64 - bits.min(64);
    match whole {
        // What survives shifting out the upper bits and back has no information in them.
        Some(whole) if (whole << beyond) >> beyond == whole => Ok(Some(whole)),
        _ => Err(out_of_range()),
    }
}

fn whole(real: f64) -> Option<i64> {
    const END: f64 = 9_223_372_036_854_775_808.0;
    #[expect(clippy::cast_possible_truncation, reason = "within the range")]
    (-END..END).contains(&real).then(|| real.trunc() as i64)
}

/// A number as the nearest float of 32 bits.
fn single(context: &Context<'_>) -> Result<Option<f64>> {
    let value = match context.get_raw(0) {
        ValueRef::Null => return Ok(None),
        #[expect(clippy::cast_precision_loss, reason = "what a cast to a float means")]
        ValueRef::Integer(whole) => whole as f64,
        ValueRef::Real(real) => real,
        other => match decimal::from_sql(other) {
            Some(Ok(value)) => value.to_f64().unwrap_or(f64::NAN),
            _ => return Err(failure("the value is not a number")),
        },
    };
    #[expect(
        clippy::cast_possible_truncation,
        reason = "what a cast to a shorter float means"
    )]
    let single = value as f32;
    let vanishes = single == 0.0 && value != 0.0;
    if vanishes || (single.is_infinite() && value.is_finite()) {
        return Err(out_of_range());
    }
    Ok(Some(f64::from(single)))
}

fn float_text(context: &Context<'_>) -> Result<Option<String>> {
    let bits = context.get::<u32>(1)?;
    Ok(context.get::<Option<f64>>(0)?.map(|value| {
        if value.is_infinite() {
            return if value < 0.0 { "-Infinity" } else { "Infinity" }.to_owned();
        }
        if bits == 32 {
            #[expect(clippy::cast_possible_truncation, reason = "it was a float of 32 bits")]
            return reading::float_text(&format!("{:e}", value as f32), 6);
        }
        reading::float_text(&format!("{value:e}"), 15)
    }))
}

#[cfg(test)]
mod tests {
    use rusqlite::types::Value;

    use super::super::tests::{message, value};

    #[test]
    fn numbers_are_cut_and_must_fit() {
        assert_eq!(value("orm_int(-2.9, 32)"), Value::Integer(-2));
        assert_eq!(
            value("orm_int('12345678901234567.9', 64)"),
            Value::Integer(12_345_678_901_234_567)
        );
        assert_eq!(value("orm_int(NULL, 64)"), Value::Null);
        for expression in [
            "orm_int(32768, 16)",
            "orm_int(1e300, 64)",
            "orm_int(9223372036854775808.0, 64)",
            "orm_f32(1e300)",
            "orm_f32(1e-320)",
        ] {
            assert_eq!(
                message(expression),
                "numeric value out of range",
                "{expression}"
            );
        }
        assert_eq!(value("orm_f32(0.1)"), Value::Real(f64::from(0.1_f32)));
    }

    #[test]
    fn texts_are_read_or_null() {
        assert_eq!(value("orm_read_int('-5', 16)"), Value::Integer(-5));
        assert_eq!(value("orm_read_int(' 5', 16)"), Value::Null);
        assert_eq!(value("orm_read_float('1e2', 64)"), Value::Real(100.0));
        assert_eq!(value("orm_read_decimal('1.10')"), Value::Real(1.1));
        assert_eq!(value("orm_read_date('2021-02-29')"), Value::Null);
        assert_eq!(value("orm_read_time('1')"), Value::Null);
        assert_eq!(value("orm_float_text(0.1, 64)"), Value::Text("0.1".into()));
    }
}
