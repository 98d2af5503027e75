//! The text form of JSON in SQLite: that of Python's `json.dumps`, so that what Django compares with, byte by byte, is the same.

use std::io::{Result, Write};

use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{Formatter, Serializer};

/// Writes a document: a blank behind commas and colons, and nothing but ASCII.
pub fn text(document: &Value) -> String {
    let mut out = Vec::with_capacity(64);
    // Neither writing to memory nor a tree of JSON can fail.
    let written = document.serialize(&mut Serializer::with_formatter(&mut out, Python));
    debug_assert!(written.is_ok());
    String::from_utf8(out).unwrap_or_default()
}

struct Python;

impl Formatter for Python {
    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> Result<()> {
        if first { Ok(()) } else { out.write_all(b", ") }
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> Result<()> {
        if first { Ok(()) } else { out.write_all(b", ") }
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> Result<()> {
        out.write_all(b": ")
    }

    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> Result<()> {
        let mut rest = fragment;
        while let Some(at) = rest.find(|c: char| !(' '..='~').contains(&c)) {
            let (plain, from) = rest.split_at(at);
            out.write_all(plain.as_bytes())?;
            let mut chars = from.chars();
            if let Some(c) = chars.next() {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(out, "\\u{unit:04x}")?;
                }
            }
            rest = chars.as_str();
        }
        out.write_all(rest.as_bytes())
    }

    fn write_f64<W: ?Sized + Write>(&mut self, out: &mut W, value: f64) -> Result<()> {
        // Both languages write the fewest digits that tell the number; they differ in when they use an exponent.
        let text = format!("{value:e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        match exponent.parse::<i32>() {
            Ok(exponent @ -4..16) => write!(out, "{value:.*}", behind_point(digits, exponent)),
            Ok(exponent) => {
                let sign = if exponent < 0 { '-' } else { '+' };
                write!(out, "{digits}e{sign}{:02}", exponent.abs())
            }
            Err(_) => out.write_all(text.as_bytes()),
        }
    }
}

/// How many digits a number has behind the point, written without an exponent: one at least.
fn behind_point(digits: &str, exponent: i32) -> usize {
    let fraction = digits.split_once('.').map_or(0, |(_, part)| part.len());
    let places = i32::try_from(fraction).unwrap_or(i32::MAX) - exponent;
    usize::try_from(places).unwrap_or(0).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn documents_are_written_as_python_writes_them() {
        let document = json!({"a": [1, 2.5, "x", null, true, {}, []], "b": {"c": false}});
        assert_eq!(
            text(&document),
            r#"{"a": [1, 2.5, "x", null, true, {}, []], "b": {"c": false}}"#
        );
        assert_eq!(
            text(&json!("é \"\\/\n\t\u{7}\u{7f}😀~")),
            r#""\u00e9 \"\\/\n\t\u0007\u007f\ud83d\ude00~""#
        );
    }

    /// The right side is Python's `json.dumps`.
    #[test]
    fn floats_are_written_as_python_writes_them() {
        for (number, expected) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (-2.5, "-2.5"),
            (0.1, "0.1"),
            (100.0, "100.0"),
            (123_456.789, "123456.789"),
            (0.0001, "0.0001"),
            (0.000_123, "0.000123"),
            (0.00001, "1e-05"),
            (1.5e-7, "1.5e-07"),
            (1e15, "1000000000000000.0"),
            (9_007_199_254_740_993.0, "9007199254740992.0"),
            (1e16, "1e+16"),
            (1.25e100, "1.25e+100"),
            (f64::MAX, "1.7976931348623157e+308"),
            (5e-324, "5e-324"),
        ] {
            assert_eq!(text(&json!(number)), expected);
        }
    }
}
