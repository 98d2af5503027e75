//! The order and the equality of JSON documents, which SQLite holds as texts.

use std::borrow::Cow;
use std::cmp::Ordering;

use orm_core::{json_order, reading};
use rusqlite::functions::Context;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Result};
use serde_json::Value;

use super::{failure, scalar};

/// Registers `orm_json_cmp contains text int float` and the collation `orm_json`.
pub(super) fn register(connection: &Connection) -> Result<()> {
    scalar(connection, "orm_json_cmp", 2, |context| {
        Ok(argument(context, 0)?.zip(argument(context, 1)?).map(
            |(a, b)| match json_order::compare(&a, &b) {
                Ordering::Less => -1,
                Ordering::Equal => 0,
                Ordering::Greater => 1,
            },
        ))
    })?;
    scalar(connection, "orm_json_contains", 2, |context| {
        let pair = argument(context, 0)?.zip(argument(context, 1)?);
        Ok(pair.map(|(whole, part)| contains(&whole, &part)))
    })?;
    scalar(connection, "orm_json_text", 1, |context| {
        Ok(match argument(context, 0)? {
            Some(Value::String(text)) => Some(text),
            Some(Value::Bool(truth)) => Some(truth.to_string()),
            Some(Value::Number(_)) => Some(plain(raw(context)?.as_ref())),
            _ => None,
        })
    })?;
    scalar(connection, "orm_json_int", 1, |context| {
        Ok(match argument(context, 0)? {
            Some(Value::Number(_)) => {
                let number = plain(raw(context)?.as_ref());
                let (whole, fraction) = number.split_once('.').unwrap_or((&number, ""));
                let is_whole = fraction.bytes().all(|digit| digit == b'0');
                is_whole.then(|| whole.parse::<i64>().ok()).flatten()
            }
            _ => None,
        })
    })?;
    scalar(connection, "orm_json_float", 1, |context| {
        Ok(match argument(context, 0)? {
            Some(Value::Number(_)) => reading::double(raw(context)?.as_ref()),
            _ => None,
        })
    })?;
    connection.create_collation("orm_json", json_order::compare_text)
}

/// The text of a number.
fn raw<'a>(context: &'a Context<'_>) -> Result<Cow<'a, str>> {
    Ok(match context.get_raw(0) {
        ValueRef::Text(text) => String::from_utf8_lossy(text.trim_ascii()),
        ValueRef::Integer(number) => number.to_string().into(),
        ValueRef::Real(number) => number.to_string().into(),
        _ => return Err(failure("the text is no JSON")),
    })
}

/// A number of JSON without an exponent, as PostgreSQL's `numeric` is written.
fn plain(number: &str) -> String {
    let Some((mantissa, exponent)) = number.split_once(['e', 'E']) else {
        return number.to_owned();
    };
    let (sign, mantissa) = match mantissa.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", mantissa),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let digits = format!("{whole}{fraction}");
    let point = exponent.saturating_add(i32::try_from(whole.len()).unwrap_or(0));
    // No number that serde_json reads has an exponent of more than three digits.
    let point = point.clamp(-400, 400);
    let text = match usize::try_from(point) {
        Ok(point) if point >= digits.len() => {
            format!("{digits}{}", "0".repeat(point - digits.len()))
        }
        Ok(point) if point > 0 => format!("{}.{}", &digits[..point], &digits[point..]),
        _ => format!(
            "0.{}{digits}",
            "0".repeat(usize::try_from(-point).unwrap_or(0))
        ),
    };
    let cut = text.trim_start_matches('0');
    let zero = if cut.is_empty() || cut.starts_with('.') {
        "0"
    } else {
        ""
    };
    format!("{sign}{zero}{cut}")
}

/// Whether a document contains another, as PostgreSQL's `@>` tells. A list contains a scalar that is its member, but only at the top.
fn contains(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Array(items), part) if is_scalar(part) => {
            items.iter().any(|item| equal(item, part))
        }
        _ => contains_inside(whole, part),
    }
}

fn contains_inside(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => part.iter().all(|(key, part)| {
            whole
                .get(key)
                .is_some_and(|whole| contains_inside(whole, part))
        }),
        (Value::Array(whole), Value::Array(part)) => part
            .iter()
            .all(|part| whole.iter().any(|whole| contains_inside(whole, part))),
        _ => is_scalar(whole) && is_scalar(part) && equal(whole, part),
    }
}

fn is_scalar(value: &Value) -> bool {
    !value.is_array() && !value.is_object()
}

fn equal(a: &Value, b: &Value) -> bool {
    json_order::compare(a, b) == Ordering::Equal
}

/// A document; `None` for NULL.
fn argument(context: &Context<'_>, index: usize) -> Result<Option<Value>> {
    let document = match context.get_raw(index) {
        ValueRef::Null => return Ok(None),
        // SQLite's own JSON functions give numbers as numbers.
        ValueRef::Integer(number) => Some(number.into()),
        ValueRef::Real(number) => Some(number.into()),
        ValueRef::Text(text) => serde_json::from_slice(text).ok(),
        ValueRef::Blob(_) => None,
    };
    document
        .map(Some)
        .ok_or_else(|| failure("the text is no JSON"))
}

#[cfg(test)]
mod tests {
    use rusqlite::types::Value;

    use super::super::tests::{connection, message, value};

    #[test]
    fn documents_are_compared_by_value() {
        let compared = |a, b| value(&format!("orm_json_cmp({a}, {b})"));
        let (one, other) = (r#"'{"a": 1, "b": 2}'"#, r#"'{"b":2,"a":1.0}'"#);
        assert_eq!(compared(one, other), Value::Integer(0));
        assert_eq!(compared("'[1]'", "'[1, 2]'"), Value::Integer(-1));
        assert_eq!(compared("'true'", "2.5"), Value::Integer(1));
        assert_eq!(compared("NULL", "'1'"), Value::Null);
    }

    #[test]
    fn the_collation_sorts_and_finds_by_value() {
        let sorted: String = connection()
            .query_row(
                "SELECT group_concat(d, ' ') FROM (SELECT value AS d
                 FROM json_each('[\"[1, 1]\", \"10\", \"9\", \"null\"]') ORDER BY value COLLATE orm_json)",
                [],
                |row| row.get(0),
            )
            .unwrap();
        assert_eq!(sorted, "null 9 10 [1, 1]");
        let found = r#"'[1,2]' COLLATE orm_json IN (SELECT '[1, 2]')"#;
        assert_eq!(value(found), Value::Integer(1));
    }

    #[test]
    fn values_of_documents() {
        let text = |text: &str| Value::Text(text.into());
        for (number, expected) in [
            ("1", "1"),
            ("12.50", "12.50"),
            ("1e2", "100"),
            ("-1.25e1", "-12.5"),
            ("1.5e-3", "0.0015"),
            ("1E+20", "100000000000000000000"),
            ("0e5", "0"),
        ] {
            assert_eq!(value(&format!("orm_json_text('{number}')")), text(expected));
        }
        assert_eq!(value(r#"orm_json_text(' "a\u00e9" ')"#), text("aé"));
        assert_eq!(value("orm_json_text('[1]')"), Value::Null);
        assert_eq!(value("orm_json_int('2.0')"), Value::Integer(2));
        assert_eq!(
            value("orm_json_int('9007199254740993.0')"),
            Value::Integer(9_007_199_254_740_993)
        );
        for none in ["2.5", "\"2\"", "9223372036854775808", "null", "true"] {
            assert_eq!(
                value(&format!("orm_json_int('{none}')")),
                Value::Null,
                "{none}"
            );
        }
        assert_eq!(value("orm_json_float('1e2')"), Value::Real(100.0));
    }

    #[test]
    fn documents_contain_others() {
        for (whole, part, expected) in [
            (r#"{"a": 1, "b": {"c": [1, 2]}}"#, r#"{"b": {"c": [2]}}"#, 1),
            (r#"{"a": 1}"#, r#"{"a": 1.0}"#, 1),
            (r#"{"a": null}"#, r#"{"a": null}"#, 1),
            (r#"{"a": 1}"#, r#"{"a": 1, "b": 2}"#, 0),
            ("[1, [2]]", "1", 1),
            ("[1, [2]]", "2", 0),
            ("[1, [2]]", "[[2]]", 1),
            ("[1, 2]", "[2, 2, 1]", 1),
            (r#"{"a": [1]}"#, r#"{"a": 1}"#, 0),
            ("1", "[1]", 0),
            ("[]", "{}", 0),
            ("[[1]]", "[]", 1),
        ] {
            assert_eq!(
                value(&format!("orm_json_contains('{whole}', '{part}')")),
                Value::Integer(expected),
                "{whole} {part}"
            );
        }
    }

    #[test]
    fn what_is_no_json_is_an_error_that_does_not_quote_it() {
        assert_eq!(
            message("orm_json_cmp('secret', '1')"),
            "the text is no JSON"
        );
        assert_eq!(message("orm_json_cmp('1', x'31')"), "the text is no JSON");
    }
}
