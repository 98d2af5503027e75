//! Functions of texts: SQLite's own `lower` and `upper` know ASCII alone, and its `length` and `substr` take a NUL character
//! for the end.

use orm_core::text_case;
use rusqlite::functions::Context;
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, Result};

use super::{failure, scalar};

/// Registers `orm_lower upper length ends_with substr right lpad rpad repeat reverse ord chr`.
pub(super) fn register(connection: &Connection) -> Result<()> {
    scalar(connection, "orm_lower", 1, |context| {
        mapped(context, text_case::lower)
    })?;
    scalar(connection, "orm_upper", 1, |context| {
        mapped(context, text_case::upper)
    })?;
    scalar(connection, "orm_length", 1, length)?;
    scalar(connection, "orm_ends_with", 2, ends_with)?;
    scalar(connection, "orm_substr", 2, |context| substr(context, None))?;
    scalar(connection, "orm_substr", 3, |context| {
        match integer(context, 2)? {
            Some(characters) => substr(context, Some(characters)),
            None => Ok(None),
        }
    })?;
    scalar(connection, "orm_right", 2, right)?;
    scalar(connection, "orm_lpad", 3, |context| {
        padded(context, |text, fill| fill + text)
    })?;
    scalar(connection, "orm_rpad", 3, |context| {
        padded(context, |text, fill| text.to_owned() + &fill)
    })?;
    scalar(connection, "orm_repeat", 2, repeat)?;
    scalar(connection, "orm_reverse", 1, |context| {
        Ok(argument(context, 0)?.map(|text| text.chars().rev().collect::<String>()))
    })?;
    scalar(connection, "orm_ord", 1, |context| {
        Ok(argument(context, 0)?.map(|text| text.chars().next().map_or(0, u32::from)))
    })?;
    scalar(connection, "orm_chr", 1, |context| {
        let code = integer(context, 0)?.and_then(|code| u32::try_from(code).ok());
        // PostgreSQL's texts hold no NUL.
        let character = code.filter(|code| *code != 0).and_then(char::from_u32);
        Ok(character.map(String::from))
    })
}

/// An argument that is a text; `None` for NULL and what is none.
pub(super) fn argument<'a>(context: &'a Context<'_>, index: usize) -> Result<Option<&'a str>> {
    match context.get_raw(index) {
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Some(text)),
            Err(_) => Err(failure("the text is not valid UTF-8")),
        },
        _ => Ok(None),
    }
}

fn integer(context: &Context<'_>, index: usize) -> Result<Option<i64>> {
    context.get(index)
}

/// The bytes that SQLite's texts may have.
const LONGEST: usize = 1_000_000_000;

#[cold]
fn too_long() -> rusqlite::Error {
    failure("the text is too long")
}

/// Where the character with this number, counted from 0, begins; the text's end where there is none.
fn place(text: &str, character: i64) -> usize {
    let character = usize::try_from(character).unwrap_or(0);
    text.char_indices()
        .nth(character)
        .map_or(text.len(), |(place, _)| place)
}

/// The characters from a place on, counted from 1; places before the first are empty.
fn substr(context: &Context<'_>, characters: Option<i64>) -> Result<Option<String>> {
    let (Some(text), Some(from)) = (argument(context, 0)?, integer(context, 1)?) else {
        return Ok(None);
    };
    let first = from.saturating_sub(1);
    let text = match characters {
        Some(characters) => &text[..place(text, first.saturating_add(characters.max(0)))],
        None => text,
    };
    Ok(Some(text[place(text, first)..].to_owned()))
}

fn right(context: &Context<'_>) -> Result<Option<String>> {
    let (Some(text), Some(characters)) = (argument(context, 0)?, integer(context, 1)?) else {
        return Ok(None);
    };
    let Some(before) = characters.checked_sub(1).filter(|before| *before >= 0) else {
        return Ok(Some(String::new()));
    };
    let before = usize::try_from(before).unwrap_or(usize::MAX);
    let from = text.char_indices().rev().nth(before);
    Ok(Some(text[from.map_or(0, |(place, _)| place)..].to_owned()))
}

/// The text cut to a number of characters, or joined with what fills it up.
fn padded(context: &Context<'_>, join: fn(&str, String) -> String) -> Result<Option<String>> {
    let (Some(text), Some(characters), Some(fill)) = (
        argument(context, 0)?,
        integer(context, 1)?,
        argument(context, 2)?,
    ) else {
        return Ok(None);
    };
    let wanted = usize::try_from(characters).unwrap_or(0);
    let Some(missing) = wanted.checked_sub(text.chars().count()) else {
        return Ok(Some(text[..place(text, characters)].to_owned()));
    };
    if fill.is_empty() {
        return Ok(Some(text.to_owned()));
    }
    if missing > LONGEST {
        return Err(too_long());
    }
    let fill: String = fill.chars().cycle().take(missing).collect();
    Ok(Some(join(text, fill)))
}

fn repeat(context: &Context<'_>) -> Result<Option<String>> {
    let (Some(text), Some(times)) = (argument(context, 0)?, integer(context, 1)?) else {
        return Ok(None);
    };
    let times = usize::try_from(times).unwrap_or(0);
    match text.len().checked_mul(times) {
        Some(length) if length <= LONGEST => Ok(Some(text.repeat(times))),
        _ => Err(too_long()),
    }
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
    fn parts_of_texts_are_counted_as_postgresql_counts_them() {
        let text = |text: &str| Value::Text(text.into());
        for (expression, expected) in [
            ("orm_substr('añb', 2, 1)", "ñ"),
            ("orm_substr('añb', 0, 2)", "a"),
            ("orm_substr('añb', -1, 3)", "a"),
            ("orm_substr('añb', 2, -1)", ""),
            ("orm_substr('añb', 9, 1)", ""),
            ("orm_substr('añb', 2, 9223372036854775807)", "ñb"),
            ("orm_substr('añb', -9223372036854775807, 5)", ""),
            ("orm_substr('añb', 3)", "b"),
            ("orm_substr('añb', -3)", "añb"),
            ("orm_right('añb', 2)", "ñb"),
            ("orm_right('añb', 9)", "añb"),
            ("orm_right('añb', -9223372036854775807 - 1)", ""),
            ("orm_lpad('ñ', 4, 'xy')", "xyxñ"),
            ("orm_rpad('ñ', 4, 'xy')", "ñxyx"),
            ("orm_lpad('abc', 2, 'x')", "ab"),
            ("orm_lpad('abc', -2, 'x')", ""),
            ("orm_lpad('abc', 5, '')", "abc"),
            ("orm_repeat('ab', 2)", "abab"),
            ("orm_repeat('ab', -2)", ""),
            ("orm_reverse('añ')", "ña"),
            ("orm_chr(241)", "ñ"),
        ] {
            assert_eq!(value(expression), text(expected), "{expression}");
        }
        for expression in [
            "orm_chr(0)",
            "orm_chr(55296)",
            "orm_chr(-1)",
            "orm_substr('a', NULL, 1)",
        ] {
            assert_eq!(value(expression), Value::Null, "{expression}");
        }
        assert_eq!(value("orm_ord('ña')"), Value::Integer(241));
        assert_eq!(value("orm_ord('')"), Value::Integer(0));
        assert_eq!(
            message("orm_repeat('ab', 9223372036854775807)"),
            "the text is too long"
        );
        assert_eq!(
            message("orm_lpad('ab', 9223372036854775807, 'c')"),
            "the text is too long"
        );
    }

    #[test]
    fn bad_utf8_is_an_error() {
        assert_eq!(
            message("orm_upper(CAST(x'41ff' AS TEXT))"),
            "the text is not valid UTF-8"
        );
    }
}
