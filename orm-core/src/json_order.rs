//! The order of JSON documents, as PostgreSQL's `jsonb` has it, and with it their equality.
//!
//! NULL comes before texts, then numbers, `false`, `true`, lists, objects. Lists and objects are compared by their number of
//! members first, then member by member; the keys of an object are taken the short ones first, whatever order they are written
//! in. Texts are compared by code point. Numbers are compared by value: `1` is `1.0`; of a fraction so much counts as a double
//! holds.

use std::cmp::Ordering;

use serde_json::{Number, Value};

/// Compares two documents.
pub fn compare(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        // PostgreSQL holds a document that is no list as a list of one, so that an empty list comes before it.
        (Value::Array(list), other) | (other, Value::Array(list))
            if list.is_empty() && is_scalar(other) =>
        {
            is_scalar(a).cmp(&is_scalar(b))
        }
        _ => compare_members(a, b),
    }
}

/// Compares the texts of two documents. What is no JSON comes first, by code point.
pub fn compare_text(a: &str, b: &str) -> Ordering {
    // Equal texts are the rule in sorting and searching.
    if a == b {
        return Ordering::Equal;
    }
    match (serde_json::from_str(a), serde_json::from_str(b)) {
        (Ok(a), Ok(b)) => compare(&a, &b),
        (Err(_), Err(_)) => a.cmp(b),
        (Ok(_), Err(_)) => Ordering::Greater,
        (Err(_), Ok(_)) => Ordering::Less,
    }
}

fn compare_members(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::String(a), Value::String(b)) => a.cmp(b),
        (Value::Number(a), Value::Number(b)) => compare_numbers(a, b),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Array(a), Value::Array(b)) => a.len().cmp(&b.len()).then_with(|| {
            let members = a.iter().zip(b).map(|(a, b)| compare_members(a, b));
            first_difference(members)
        }),
        (Value::Object(a), Value::Object(b)) => a.len().cmp(&b.len()).then_with(|| {
            let pairs = sorted(a).into_iter().zip(sorted(b));
            first_difference(pairs.map(|((key_a, a), (key_b, b))| {
                key_a.cmp(key_b).then_with(|| compare_members(a, b))
            }))
        }),
        _ => rank(a).cmp(&rank(b)),
    }
}

fn first_difference(mut all: impl Iterator<Item = Ordering>) -> Ordering {
    all.find(|ordering| ordering.is_ne())
        .unwrap_or(Ordering::Equal)
}

fn sorted(object: &serde_json::Map<String, Value>) -> Vec<(&String, &Value)> {
    let mut pairs: Vec<_> = object.iter().collect();
    pairs.sort_unstable_by(|(a, _), (b, _)| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
    pairs
}

const fn is_scalar(value: &Value) -> bool {
    !matches!(value, Value::Array(_) | Value::Object(_))
}

const fn rank(value: &Value) -> u8 {
    match value {
        Value::Null => 0,
        Value::String(_) => 1,
        Value::Number(_) => 2,
        Value::Bool(_) => 3,
        Value::Array(_) => 4,
        Value::Object(_) => 5,
    }
}

fn compare_numbers(a: &Number, b: &Number) -> Ordering {
    let whole = |n: &Number| {
        let signed = n.as_i64().map(i128::from);
        signed.or_else(|| n.as_u64().map(i128::from))
    };
    // The sum makes a negative zero the one that it is equal to.
    let float = |n: &Number| n.as_f64().unwrap_or(f64::NAN) + 0.0;
    match (whole(a), whole(b)) {
        (Some(a), Some(b)) => a.cmp(&b),
        (Some(a), None) => compare_whole(a, float(b)),
        (None, Some(b)) => compare_whole(b, float(a)).reverse(),
        (None, None) => float(a).total_cmp(&float(b)),
    }
}

/// Compares an integer, which a double may not hold, with a double.
fn compare_whole(whole: i128, float: f64) -> Ordering {
    // Both are below the bounds of `i128`, or the cast stops at them.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the fraction is looked at next"
    )]
    let cut = float as i128;
    whole
        .cmp(&cut)
        .then_with(|| 0.0_f64.total_cmp(&float.fract()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_in_the_order_of_postgresql() {
        // As `SELECT d FROM (VALUES ..) v(d) ORDER BY d::jsonb` gives them, under the locale C.
        let sorted = [
            "[]",
            "null",
            r#""""#,
            r#""B""#,
            r#""a""#,
            r#""É""#,
            "-1e300",
            "-1",
            "0",
            "0.5",
            "1",
            "9007199254740992",
            "9007199254740993",
            "18446744073709551615",
            "1e300",
            "false",
            "true",
            "[null]",
            "[5]",
            "[[]]",
            "[1, 1]",
            "[1, 2]",
            "{}",
            r#"{"a": 2}"#,
            r#"{"b": 1}"#,
            r#"{"b": 1, "aa": 0}"#,
            r#"{"c": 0, "aa": 0}"#,
        ];
        for (i, a) in sorted.iter().enumerate() {
            for (j, b) in sorted.iter().enumerate() {
                assert_eq!(compare_text(a, b), i.cmp(&j), "{a} and {b}");
            }
        }
    }

    #[test]
    fn equality_is_of_values() {
        let equal = [
            (r#"{"a": 1, "b": [true]}"#, r#"{"b":[true],"a":1.0}"#),
            ("1", "1.0"),
            ("0", "-0.0"),
            ("0.0", "-0.0"),
            (r#""\u00c9""#, r#""É""#),
            (r#"{"a": 1, "a": 2}"#, r#"{"a": 2}"#),
        ];
        for (a, b) in equal {
            assert_eq!(compare_text(a, b), Ordering::Equal, "{a} and {b}");
        }
        assert_eq!(compare_text("[1, 2]", "[2, 1]"), Ordering::Less);
    }

    #[test]
    fn what_is_no_json_comes_first() {
        assert_eq!(compare_text("{", "[]"), Ordering::Less);
        assert_eq!(compare_text("null", "nil"), Ordering::Greater);
        assert_eq!(compare_text("x", "y"), Ordering::Less);
    }
}
