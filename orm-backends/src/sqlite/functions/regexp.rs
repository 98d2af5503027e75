//! Regular expressions in the syntax of the `regex` crate.

use std::cell::RefCell;
use std::str;

use orm_core::dialect::validate_regex;
use regex::{Regex, RegexBuilder};
use rusqlite::functions::Context;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Error, Result};

use super::{failure, scalar};

/// How many compiled patterns each thread keeps.
const KEPT: usize = 16;

struct Compiled {
    pattern: String,
    ignore_case: bool,
    regex: Regex,
}

thread_local! {
    /// The patterns used last, the latest first. SQLite's auxiliary data would serve one run of one
    /// statement only; this also serves the next run, and patterns that come from a column.
    static COMPILED: RefCell<Vec<Compiled>> = const { RefCell::new(Vec::new()) };
}

/// Registers `orm_regexp(pattern, text, ignore_case)`.
pub(super) fn register(connection: &Connection) -> Result<()> {
    scalar(connection, "orm_regexp", 3, |context| {
        let (Some(pattern), Some(text)) = (text(context, 0)?, text(context, 1)?) else {
            return Ok(None);
        };
        let Some(ignore_case) = context.get::<Option<bool>>(2)? else {
            return Ok(None);
        };
        matches(pattern, text, ignore_case).map(Some)
    })
}

/// An argument that is a text or NULL.
fn text<'a>(context: &'a Context<'_>, index: usize) -> Result<Option<&'a str>> {
    match context.get_raw(index) {
        ValueRef::Null => Ok(None),
        ValueRef::Text(bytes) => match str::from_utf8(bytes) {
            Ok(text) => Ok(Some(text)),
            Err(_) => Err(failure("the text is not valid UTF-8")),
        },
        other => Err(Error::InvalidFunctionParameterType(
            index,
            other.data_type(),
        )),
    }
}

fn matches(pattern: &str, text: &str, ignore_case: bool) -> Result<bool> {
    COMPILED.with_borrow_mut(|kept| {
        let found = kept
            .iter()
            .position(|one| one.ignore_case == ignore_case && one.pattern == pattern);
        match found {
            Some(0) => {}
            Some(index) => kept[..=index].rotate_right(1),
            None => {
                let regex = compile(pattern, ignore_case)?;
                kept.truncate(KEPT - 1);
                kept.insert(
                    0,
                    Compiled {
                        pattern: pattern.to_owned(),
                        ignore_case,
                        regex,
                    },
                );
            }
        }
        Ok(kept[0].regex.is_match(text))
    })
}

fn compile(pattern: &str, ignore_case: bool) -> Result<Regex> {
    // The message of `regex::Error` quotes the pattern, which may be a bound value; ours names the
    // mistake and its place.
    RegexBuilder::new(pattern)
        .case_insensitive(ignore_case)
        .build()
        .map_err(|_| match validate_regex(pattern) {
            Err(error) => failure(error.to_string()),
            Ok(()) => failure("the regular expression is too large"),
        })
}

#[cfg(test)]
mod tests {
    use rusqlite::types::Value;

    use super::super::tests::{connection, message, value};
    use super::*;

    #[test]
    fn search_is_unanchored_and_by_unicode() {
        assert_eq!(value(r"orm_regexp('\d{3}', 'ab٣٤٥', 0)"), Value::Integer(1));
        assert_eq!(value("orm_regexp('^b', 'abc', 0)"), Value::Integer(0));
        assert_eq!(value("orm_regexp('ÉT', 'été', 0)"), Value::Integer(0));
        assert_eq!(value("orm_regexp('ÉT', 'été', 1)"), Value::Integer(1));
    }

    #[test]
    fn null_gives_null() {
        for expression in [
            "orm_regexp(NULL, 'a', 0)",
            "orm_regexp('a', NULL, 0)",
            "orm_regexp('a', 'a', NULL)",
        ] {
            assert_eq!(value(expression), Value::Null);
        }
    }

    #[test]
    fn a_bad_pattern_is_an_error_that_does_not_quote_it() {
        let message = message("orm_regexp('secret(', 'a', 0)");
        assert!(
            message.starts_with("invalid regular expression"),
            "{message}"
        );
        assert!(!message.contains("secret"), "{message}");
        assert_eq!(
            super::super::tests::message(r"orm_regexp('\w{900}{900}', 'a', 0)"),
            "the regular expression is too large"
        );
        assert!(super::super::tests::message("orm_regexp('a', 5, 0)").contains("Integer"));
    }

    #[test]
    fn patterns_of_a_column_keep_their_own_meaning() {
        let connection = connection();
        let count: i64 = connection
            .query_row(
                "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99)
                 SELECT count(*) FROM n WHERE orm_regexp('^' || i || '$', CAST(i AS TEXT), i % 2)
                 AND NOT orm_regexp('^' || i || '$', CAST(i + 1 AS TEXT), i % 2)",
                [],
                |row| row.get(0),
            )
            .unwrap();
        assert_eq!(count, 100);
        COMPILED.with_borrow(|kept| assert_eq!(kept.len(), KEPT));
    }
}
