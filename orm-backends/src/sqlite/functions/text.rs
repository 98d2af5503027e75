//! Case mapping of texts by Unicode; SQLite's own `lower` and `upper` know ASCII alone.

use orm_core::text_case;
use rusqlite::functions::Context;
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, Result};

use super::{failure, scalar};

/// Registers `orm_lower` and `orm_upper`.
pub(super) fn register(connection: &Connection) -> Result<()> {
    scalar(connection, "orm_lower", 1, |context| {
        mapped(context, text_case::lower)
    })?;
    scalar(connection, "orm_upper", 1, |context| {
        mapped(context, text_case::upper)
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
