//! The text form of arrays in SQLite: JSON, whose elements are the values as SQLite holds them.
//!
//! Numbers are numbers, written so that they come back as they were; texts are strings, and so are days and documents; bytes
//! are strings of their digits in base 16.

use std::fmt::Write;

use crate::value::{ColumnType, ValueRef};

/// Adds an element behind those that are there.
pub fn push(out: &mut String, element: ValueRef<'_>) {
    out.push(if out.is_empty() { '[' } else { ',' });
    // Writing to a text never fails.
    let _ = match element {
        ValueRef::Integer(integer) => write!(out, "{integer}"),
        ValueRef::Float(float) if float.is_finite() => write!(out, "{float:?}"),
        ValueRef::Float(float) => {
            let sign = if float < 0.0 { "-" } else { "" };
            write!(out, "\"{sign}Infinity\"")
        }
        ValueRef::Text(text) => {
            push_string(out, text);
            Ok(())
        }
        ValueRef::Bytes(bytes) => {
            out.push('"');
            let written = bytes.iter().try_for_each(|byte| write!(out, "{byte:02x}"));
            out.push('"');
            written
        }
        _ => out.write_str("null"),
    };
}

/// The array, when all elements are there.
pub fn finish(mut elements: String) -> String {
    if elements.is_empty() {
        elements.push('[');
    }
    elements.push(']');
    elements
}

fn push_string(out: &mut String, text: &str) {
    out.push('"');
    let mut plain = 0;
    for (at, byte) in text.bytes().enumerate() {
        if !matches!(byte, b'"' | b'\\' | 0..0x20) {
            continue;
        }
        out.push_str(text.get(plain..at).unwrap_or_default());
        plain = at + 1;
        let _ = match byte {
            b'"' => out.write_str("\\\""),
            b'\\' => out.write_str("\\\\"),
            other => write!(out, "\\u{other:04x}"),
        };
    }
    out.push_str(text.get(plain..).unwrap_or_default());
    out.push('"');
}

/// Shows each element of an array of this type.
pub(super) fn each(
    text: &str,
    element: ColumnType,
    visit: &mut dyn FnMut(ValueRef<'_>),
) -> Result<(), &'static str> {
    const NO_ARRAY: &str = "a text that is no array";
    let mut rest = text.trim().strip_prefix('[').ok_or(NO_ARRAY)?.trim_start();
    if rest == "]" {
        return Ok(());
    }
    loop {
        let (token, behind) = rest.split_at(end_of_token(rest));
        show(token.trim_end(), element, visit).ok_or(NO_ARRAY)?;
        rest = match behind.strip_prefix(',') {
            Some(more) => more.trim_start(),
            None if behind == "]" => return Ok(()),
            None => return Err(NO_ARRAY),
        };
    }
}

/// Where the element that a text begins with ends.
fn end_of_token(text: &str) -> usize {
    let mut escaped = false;
    let mut in_string = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b',' | b']' if !in_string => return at,
            _ => {}
        }
    }
    text.len()
}

fn show(token: &str, element: ColumnType, visit: &mut dyn FnMut(ValueRef<'_>)) -> Option<()> {
    if let Some(inside) = token
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    {
        let unescaped;
        let text = if inside.contains('\\') {
            unescaped = serde_json::from_str::<String>(token).ok()?;
            &unescaped
        } else {
            inside
        };
        visit(match element {
            ColumnType::Bytes => return unhex(text).map(|bytes| visit(ValueRef::Bytes(&bytes))),
            ColumnType::F32 | ColumnType::F64 => ValueRef::Float(text.parse().ok()?),
            _ => ValueRef::Text(text),
        });
        return Some(());
    }
    visit(match token {
        "null" => ValueRef::Null,
        "true" => ValueRef::Bool(true),
        "false" => ValueRef::Bool(false),
        number => match number.parse() {
            Ok(integer) => ValueRef::Integer(integer),
            // Exactly the float that was written.
            Err(_) => ValueRef::Float(number.parse().ok()?),
        },
    });
    Some(())
}

fn unhex(digits: &str) -> Option<Vec<u8>> {
    let pairs = digits.as_bytes().chunks(2);
    pairs
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::SqlType;

    fn back<T: SqlType>(elements: &[ValueRef<'_>]) -> T {
        let mut text = String::new();
        elements
            .iter()
            .for_each(|element| push(&mut text, *element));
        let text = finish(text);
        serde_json::from_str::<serde_json::Value>(&text).unwrap();
        T::decode(ValueRef::Text(&text)).unwrap()
    }

    #[test]
    fn what_was_written_comes_back() {
        let texts = ["", "a,b", "\"]", "\\\"", "\u{0}\n\u{1f}é🦀"];
        let elements = texts.map(ValueRef::Text);
        assert_eq!(back::<Vec<String>>(&elements), texts);
        let with_null = [ValueRef::Text("null"), ValueRef::Null];
        let expected = vec![Some("null".to_owned()), None];
        assert_eq!(back::<Vec<Option<String>>>(&with_null), expected);
        let floats = [0.1, -1e300, 5e-324, f64::INFINITY, -f64::INFINITY, 1.0];
        assert_eq!(back::<Vec<f64>>(&floats.map(ValueRef::Float)), floats);
        let integers = [i64::MIN, 0, i64::MAX];
        assert_eq!(back::<Vec<i64>>(&integers.map(ValueRef::Integer)), integers);
        let bytes: [&[u8]; 3] = [&[0, 255, 16], b"", b"]"];
        assert_eq!(back::<Vec<Vec<u8>>>(&bytes.map(ValueRef::Bytes)), bytes);
        assert!(back::<Vec<i64>>(&[]).is_empty());
    }

    #[test]
    fn what_is_no_array_is_told() {
        for text in ["", "1", "[", "[1", "[1,]", "[1] ,", "[\"a]", "[{}]"] {
            assert!(Vec::<i64>::decode(ValueRef::Text(text)).is_err(), "{text}");
        }
        assert_eq!(
            Vec::<i64>::decode(ValueRef::Text(" [ 1 , 2 ]")).unwrap(),
            [1, 2]
        );
    }
}
