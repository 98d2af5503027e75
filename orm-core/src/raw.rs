//! Raw SQL: what may be bound to it, what its rows are read into, and its `?` placeholders.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::decode::{self, Names, Row};
use crate::error::Result;
use crate::types::SqlType;
use crate::value::Value;

/// One parameter of raw SQL: a value of a column type, a `&str`, or a reference to a basic type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be bound to raw SQL",
    label = "not a value of a column type",
    note = "bind a column type such as `i64`, `String`, `Decimal`, an `Option` of one, or a `&str`"
)]
pub trait RawParam {
    /// The value to bind.
    fn into_param(self) -> Value;
}

impl<T: SqlType> RawParam for T {
    fn into_param(self) -> Value {
        self.into_value()
    }
}

impl RawParam for &str {
    fn into_param(self) -> Value {
        Value::Text(Cow::Owned(self.to_owned()))
    }
}

impl RawParam for Option<&str> {
    fn into_param(self) -> Value {
        self.map_or(Value::Null, RawParam::into_param)
    }
}

/// References cannot have one blanket impl: a user's crate may make `&TheirType` a column type.
macro_rules! borrowed_param {
    ($($type:ty)*) => {$(
        impl RawParam for &$type {
            fn into_param(self) -> Value {
                self.to_value()
            }
        }
    )*};
}
borrowed_param! {
    bool i16 i32 i64 f32 f64 String Vec<u8> Decimal Uuid NaiveDate NaiveTime NaiveDateTime DateTime<Utc> TimeDelta
    serde_json::Value
}

/// The parameters of raw SQL: `()`, a tuple of up to 16 [`RawParam`]s, or values made beforehand.
///
/// ```
/// use orm_core::raw::RawParams;
/// assert_eq!((1_i64, "two", None::<bool>).into_params().len(), 3);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the parameters of raw SQL",
    label = "not a tuple of values",
    note = "pass a tuple such as `(1, \"two\")`, with a comma for a single one: `(1,)`; or `()` for none"
)]
pub trait RawParams {
    /// The values to bind, in order.
    fn into_params(self) -> Vec<Value>;
}

#[diagnostic::do_not_recommend]
impl RawParams for () {
    fn into_params(self) -> Vec<Value> {
        Vec::new()
    }
}

#[diagnostic::do_not_recommend]
impl RawParams for Vec<Value> {
    fn into_params(self) -> Vec<Value> {
        self
    }
}

#[diagnostic::do_not_recommend]
impl RawParams for &[Value] {
    fn into_params(self) -> Vec<Value> {
        self.to_vec()
    }
}

/// A row of raw SQL: a tuple of up to 16 column types, in the order of the selected columns; or a projection or a model, whose
/// columns are found by the names of its fields, or of the model's columns.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from a row of raw SQL",
    label = "not a tuple of column types, nor a projection",
    note = "ask for a tuple such as `(i64, String)`, with a comma for a single column: `(i64,)`"
)]
pub trait RawRow: Sized {
    /// Where its columns stand in the rows, of which this is the first; nothing, where they are the first ones.
    ///
    /// # Errors
    /// When it is made of more than columns.
    fn places(row: &dyn Row) -> Result<Vec<Option<usize>>> {
        let _ = row;
        Ok(Vec::new())
    }

    /// Reads a row.
    ///
    /// # Errors
    /// When a column is missing or holds something its type cannot be read from.
    fn read(row: &dyn Row) -> Result<Self>;

    /// Reads a row whose columns stand in these places.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    fn read_at(row: &dyn Row, places: &[Option<usize>]) -> Result<Self> {
        let _ = places;
        Self::read(row)
    }
}

/// Columns of raw SQL have numbers, not names.
struct Numbers;

impl Names for Numbers {
    fn model(&self) -> &'static str {
        "raw SQL"
    }

    fn column(&self, index: usize) -> String {
        format!("column {}", index + 1)
    }
}

macro_rules! tuples {
    ($($($name:ident $index:tt)+;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<$($name: RawParam),+> RawParams for ($($name,)+) {
            fn into_params(self) -> Vec<Value> {
                vec![$(self.$index.into_param()),+]
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($name: SqlType),+> RawRow for ($($name,)+) {
            fn read(row: &dyn Row) -> Result<Self> {
                Ok(($(decode::column::<$name>(row, $index, &Numbers)?,)+))
            }
        }
    )+ };
}
crate::tuples::for_each!(tuples);

/// Whether a statement surely only reads, judged by its words: what is not known may write.
pub fn only_reads(sql: &str) -> bool {
    let is = |word: &str, list: &[&str]| list.iter().any(|known| word.eq_ignore_ascii_case(known));
    let mut words = sql
        .split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .filter(|word| !word.is_empty());
    words.next().is_some_and(|first| is(first, &["select", "values", "table", "with", "explain"]))
        // `FOR UPDATE` is no write, but needs the primary and a transaction all the same.
        && !words.any(|word| is(word, &["insert", "update", "delete", "merge", "truncate", "into"]))
}

/// Turns each `?` into `$1`, `$2` and so on, as PostgreSQL wants them: not those in quotes and comments.
///
/// ```
/// use orm_core::raw::number_placeholders;
/// assert_eq!(number_placeholders("SELECT '?' WHERE a = ? AND b = ?"), "SELECT '?' WHERE a = $1 AND b = $2");
/// ```
pub fn number_placeholders(sql: &str) -> Cow<'_, str> {
    if !sql.contains('?') {
        return Cow::Borrowed(sql);
    }
    let mut out = String::with_capacity(sql.len() + 8);
    let (mut rest, mut number) = (sql, 0_u32);
    while let Some(at) = rest.find(['?', '\'', '"', '-', '/', '$']) {
        out.push_str(&rest[..at]);
        let before = rest[..at]
            .chars()
            .next_back()
            .or_else(|| out.chars().next_back());
        rest = &rest[at..];
        if let Some(behind) = rest.strip_prefix('?') {
            number += 1;
            out.push('$');
            out.push_str(&number.to_string());
            rest = behind;
        } else {
            let (kept, behind) = rest.split_at(opaque(rest, before));
            out.push_str(kept);
            rest = behind;
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The length of the quoted text or comment at the start of `sql`, which begins with one of their
/// first characters; 1 where it turns out to be none.
fn opaque(sql: &str, before: Option<char>) -> usize {
    let to = |end: &str, from: usize| {
        sql[from..]
            .find(end)
            .map_or(sql.len(), |at| from + at + end.len())
    };
    match sql.as_bytes() {
        // In E'..' a backslash hides the quote behind it.
        [b'\'', ..] if matches!(before, Some('e' | 'E')) => escaped(sql),
        [b'\'', ..] => to("'", 1),
        [b'"', ..] => to("\"", 1),
        [b'-', b'-', ..] => to("\n", 2),
        [b'/', b'*', ..] => block_comment(sql),
        // A dollar within a name starts nothing.
        [b'$', ..] if !before.is_some_and(|c| c.is_alphanumeric() || c == '_') => {
            let tag = sql[1..]
                .find(|c: char| !(c.is_alphanumeric() || c == '_'))
                .map_or(sql.len(), |at| at + 1);
            let numbered = sql.as_bytes().get(1).is_some_and(u8::is_ascii_digit);
            if !numbered && sql[tag..].starts_with('$') {
                to(&sql[..=tag], tag + 1)
            } else {
                1
            }
        }
        _ => 1,
    }
}

/// The length of an escape string, in which a backslash or a second quote hides a quote.
fn escaped(sql: &str) -> usize {
    let bytes = sql.as_bytes();
    let mut at = 1;
    while let Some(byte) = bytes.get(at) {
        match (byte, bytes.get(at + 1)) {
            (b'\\', _) | (b'\'', Some(b'\'')) => at += 2,
            (b'\'', _) => return at + 1,
            _ => at += 1,
        }
    }
    sql.len()
}

/// The length of a block comment, which PostgreSQL nests.
fn block_comment(sql: &str) -> usize {
    let (mut at, mut depth) = (2, 1);
    while depth > 0 {
        match sql[at..].find("*/").zip(Some(sql[at..].find("/*"))) {
            None => return sql.len(),
            Some((end, Some(start))) if start < end => (at, depth) = (at + start + 2, depth + 1),
            Some((end, _)) => (at, depth) = (at + end + 2, depth - 1),
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::ValueRow;

    #[test]
    fn placeholders_are_numbered_outside_of_quotes_and_comments() {
        for (sql, expected) in [
            ("SELECT 1", "SELECT 1"),
            ("?,?", "$1,$2"),
            ("'it''s ?' ?", "'it''s ?' $1"),
            (r"E'\'?' ? e'?'", r"E'\'?' $1 e'?'"),
            (r"E'a''\'?' ?", r"E'a''\'?' $1"),
            (r"'\' ?", r"'\' $1"),
            (r#""a?""b" ?"#, r#""a?""b" $1"#),
            ("? -- ?\n?", "$1 -- ?\n$2"),
            ("a - ? / ?", "a - $1 / $2"),
            ("/* ? /* ? */ ? */ ?", "/* ? /* ? */ ? */ $1"),
            ("/* ?", "/* ?"),
            ("$$ ? $$ ? $a$ ? $$ $a$ ?", "$$ ? $$ $1 $a$ ? $$ $a$ $2"),
            ("a$b$ ? $1 ?", "a$b$ $1 $1 $2"),
            ("'ä?' ? 'open ?", "'ä?' $1 'open ?"),
        ] {
            assert_eq!(number_placeholders(sql), expected);
        }
    }

    #[test]
    fn parameters_and_rows_are_tuples() {
        let params = (1, "a", &2_i64, None::<String>, Some("b")).into_params();
        let [
            Value::I32(1),
            Value::Text(_),
            Value::I64(2),
            Value::Null,
            Value::Text(_),
        ] = &params[..]
        else {
            panic!("{params:?}");
        };
        let row = [Value::I64(3), Value::Null];
        let read: (i64, Option<String>) = RawRow::read(&ValueRow(&row)).unwrap();
        assert_eq!(read, (3, None));
        let error = <(i64, i64, i64)>::read(&ValueRow(&row)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "raw SQL.column 2: expected i64, found NULL"
        );
    }

    #[test]
    fn what_may_write_is_told_by_its_words() {
        for sql in [
            " (SELECT 1)",
            "values (1)",
            "WITH x AS (SELECT 1) SELECT * FROM x",
            "SELECT updated_at FROM a",
        ] {
            assert!(only_reads(sql), "{sql}");
        }
        for sql in [
            "",
            "INSERT INTO a",
            "WITH x AS (DELETE FROM a) SELECT 1",
            "SELECT 1 INTO b",
            "EXPLAIN ANALYZE DELETE FROM a",
        ] {
            assert!(!only_reads(sql), "{sql}");
        }
    }
}
