//! Functions of texts: SQLite's own `lower` and `upper` know ASCII alone, and its `length` and `substr` take a NUL character
//! for the end.

use orm_core::text_case;
use rusqlite::functions::Context;
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, Result};

use super::{failure, scalar};

/// Registers `orm_lower`, `orm_upper`, `orm_length` and `orm_ends_with`.
pub(super) fn register(connection: &Connection) -> Result<()> {
    scalar(connection, "orm_lower", 1, |context| {
        mapped(context, text_case::lower)
    })?;
    scalar(connection, "orm_upper", 1, |context| {
        mapped(context, text_case::upper)
    })?;
    scalar(connection, "orm_length", 1, length)?;
    scalar(connection, "orm_ends_with", 2, ends_with)
}

/// The number of characters; of what is not text NULL.
fn length(context: &Context<'_>) -> Result<Option<i64>> {
    let ValueRef::Text(bytes) = context.get_raw(0) else {
        return Ok(None);
    };
    // All bytes of UTF-8 but those that go on with a character.
    let characters = bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count();
    Ok(i64::try_from(characters).ok())
}

/// Whether the first text ends with the second; of what is not text NULL.
fn ends_with(context: &Context<'_>) -> Result<Option<bool>> {
    Ok(match (context.get_raw(0), context.get_raw(1)) {
        (ValueRef::Text(text), ValueRef::Text(end)) => Some(text.ends_with(end)),
        _ => None,
    })
}

/// The argument with its characters mapped; what is not text has no case and stays as it is.
fn mapped(context: &Context<'_>, map: fn(&str) -> String) -> Result<Value> {
    match context.get_raw(0) {
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Value::Text(map(text))),
            Err(_) => Err(failure("the text is not valid UTF-8")),
        },
        other => Ok(other.try_into()?),
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::types::Value;

    use super::super::tests::{message, value};

    #[test]
    fn case_is_mapped_by_unicode() {
        assert_eq!(
            value("orm_upper('straße é')"),
            Value::Text("STRAßE É".into())
        );
        assert_eq!(value("orm_lower('ÀÉÎ İ')"), Value::Text("àéî i".into()));
        assert_eq!(value("orm_lower('')"), Value::Text(String::new()));
    }

    #[test]
    fn a_nul_is_a_character() {
        assert_eq!(
            value("orm_length('aé' || char(0) || '😀')"),
            Value::Integer(4)
        );
        assert_eq!(value("orm_length('')"), Value::Integer(0));
        assert_eq!(value("orm_length(NULL)"), Value::Null);
        assert_eq!(
            value("orm_ends_with('a' || char(0) || 'b', 'b')"),
            Value::Integer(1)
        );
        assert_eq!(value("orm_ends_with('b', 'ab')"), Value::Integer(0));
        assert_eq!(value("orm_ends_with('b', NULL)"), Value::Null);
    }

    #[test]
    fn what_is_not_text_stays() {
        assert_eq!(value("orm_upper(NULL)"), Value::Null);
        assert_eq!(value("orm_upper(12)"), Value::Integer(12));
    }

    #[test]
    fn bad_utf8_is_an_error() {
        assert_eq!(
            message("orm_upper(CAST(x'41ff' AS TEXT))"),
            "the text is not valid UTF-8"
        );
    }
}
