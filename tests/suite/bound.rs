//! Values are bound: none ever reaches the text of a statement. Asked of every statement of every test.

use orm::prelude::*;
use orm::value::Value;
use orm::{Log, Statement};

/// Texts and numbers so long are in no statement by chance.
const TELLING_TEXT: usize = 4;
const TELLING_DIGITS: usize = 5;

/// Fails if some statement has one of its values in its text, as a literal or outside of one.
pub fn no_value_is_written(log: &Log) {
    for statement in log.statements() {
        let literals: Vec<&str> = literals(&statement.sql).collect();
        for value in &statement.params {
            check(statement, value, &literals);
        }
    }
}

fn check(statement: &Statement, value: &Value, literals: &[&str]) {
    let sql = &statement.sql;
    let written = match value {
        Value::Text(text) if text.chars().count() >= TELLING_TEXT => {
            literals.iter().any(|literal| literal.contains(&**text))
                || !is_word(text) && sql.contains(&**text)
        }
        Value::I64(number) => has_number(sql, &number.to_string()),
        Value::I32(number) => has_number(sql, &number.to_string()),
        Value::Decimal(number) => has_number(sql, &number.to_string()),
        Value::F64(number) => has_number(sql, &number.to_string()),
        Value::Date(day) => sql.contains(&day.to_string()),
        Value::Uuid(id) => sql.contains(&id.to_string()) || sql.contains(&id.simple().to_string()),
        // A few of many tell as much as all.
        Value::Array(array) => {
            return array
                .values
                .iter()
                .take(100)
                .for_each(|value| check(statement, value, literals));
        }
        _ => false,
    };
    assert!(!written, "{value:?} is part of the text of {sql}");
}

/// A word may be the name of a column or table as well.
fn is_word(text: &str) -> bool {
    text.chars()
        .all(|letter| letter.is_alphanumeric() || letter == '_')
}

fn has_number(sql: &str, number: &str) -> bool {
    number.len() >= TELLING_DIGITS
        && sql
            .split(|letter: char| !(letter.is_ascii_alphanumeric() || "._-".contains(letter)))
            .any(|word| word == number)
}

/// What stands between single quotes.
fn literals(sql: &str) -> impl Iterator<Item = &str> {
    sql.split('\'').skip(1).step_by(2)
}

#[test]
fn a_value_in_a_text_is_seen() {
    let seen = |sql: &str, value: Value| {
        let db = Database::connect("sqlite::memory:").expect("SQLite in memory");
        let (_, log) = db
            .capture(|db| Ok(db.query::<(String,)>(sql, vec![value])))
            .expect("a log");
        std::panic::catch_unwind(|| no_value_is_written(&log)).is_err()
    };
    let text = |text: &str| Value::Text(text.to_owned().into());
    assert!(seen(
        "SELECT 'x' WHERE 'hello there' <> ?",
        text("hello there")
    ));
    assert!(seen("SELECT 'x' WHERE 'hello' <> ?", text("hello")));
    assert!(seen("SELECT 'x' WHERE 12345 <> ?", Value::I64(12345)));
    assert!(!seen(
        "SELECT 'hello' AS hello WHERE 'help' <> ?",
        text("other")
    ));
    assert!(!seen(
        "SELECT 'x' AS hello WHERE 123456 <> ?",
        Value::I64(12345)
    ));
}
