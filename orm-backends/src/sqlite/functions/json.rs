//! The order and the equality of JSON documents, which SQLite holds as texts.

use std::cmp::Ordering;

use orm_core::json_order;
use rusqlite::functions::Context;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Result};

use super::{failure, scalar};

/// Registers `orm_json_cmp` and the collation `orm_json`.
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
    connection.create_collation("orm_json", json_order::compare_text)
}

/// A document; `None` for NULL.
fn argument(context: &Context<'_>, index: usize) -> Result<Option<serde_json::Value>> {
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
    fn what_is_no_json_is_an_error_that_does_not_quote_it() {
        assert_eq!(
            message("orm_json_cmp('secret', '1')"),
            "the text is no JSON"
        );
        assert_eq!(message("orm_json_cmp('1', x'31')"), "the text is no JSON");
    }
}
