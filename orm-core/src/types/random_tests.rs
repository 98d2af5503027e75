//! The decoder, fed with whatever a database might return: each type reads it or says what it expected; none panics, and what was
//! read comes back as it was.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{Json, SqlType};
use crate::value::{Value, ValueRef};

/// Pieces that texts are made of: dates, numbers, marks and letters, whole and broken.
const PIECES: &[&str] = &[
    "",
    "0",
    "9",
    "-",
    "+",
    ".",
    ":",
    "T",
    "Z",
    " ",
    "e",
    "E308",
    "NaN",
    "inf",
    "\u{0}",
    "é",
    "🎵",
    "\u{202e}",
    "{",
    "}",
    "[",
    "]",
    "\"",
    "null",
    "true",
    "2024-02-29",
    "2023-02-29",
    "0000-01-01",
    "9999-12-31",
    "10000-01-01",
    "23:59:59",
    "24:00:00",
    "12:30:00.999999999",
    "+00:00",
    "-99:99",
    "79228162514264337593543950335",
    "1e28",
    "00000000000000000000000000000000",
    "9223372036854775808",
    "-9223372036854775808",
];
const INTEGERS: &[i64] = &[
    0,
    1,
    -1,
    127,
    32_767,
    32_768,
    -32_769,
    2_147_483_647,
    2_147_483_648,
    i64::MAX,
    i64::MIN,
    86_400_000_000,
];
const FLOATS: &[f64] = &[
    0.0,
    -0.0,
    0.1,
    1.5,
    f64::MAX,
    f64::MIN,
    f64::MIN_POSITIVE,
    f64::EPSILON,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
    1e28,
    7.9e28,
    9.3e18,
];

fn reads<T: SqlType>(value: ValueRef<'_>) {
    match T::decode(value) {
        Ok(read) => {
            let (written, scaled) = (read.to_value(), read.with_scale(3).into_value());
            drop(scaled);
            // NaN is not equal to itself.
            let again = T::decode(written.as_ref()).map(T::into_value);
            let same = again.as_ref() == Ok(&written) || format!("{written:?}").contains("NaN");
            assert!(same, "{} {written:?} {again:?}", T::NAME);
        }
        Err(mismatch) => assert!(!mismatch.expected.is_empty() && !mismatch.found.is_empty()),
    }
}

fn every_type_reads(value: ValueRef<'_>) {
    reads::<bool>(value);
    reads::<i16>(value);
    reads::<i32>(value);
    reads::<i64>(value);
    reads::<f32>(value);
    reads::<f64>(value);
    reads::<String>(value);
    reads::<Vec<u8>>(value);
    reads::<Decimal>(value);
    reads::<Uuid>(value);
    reads::<NaiveDate>(value);
    reads::<NaiveTime>(value);
    reads::<NaiveDateTime>(value);
    reads::<DateTime<Utc>>(value);
    reads::<TimeDelta>(value);
    reads::<serde_json::Value>(value);
    reads::<Json<Vec<i32>>>(value);
    reads::<Option<Decimal>>(value);
    reads::<Option<NaiveDate>>(value);
}

#[test]
fn nothing_that_a_cell_holds_makes_a_type_panic() {
    every_type_reads(ValueRef::Null);
    every_type_reads(ValueRef::Bool(true));
    for number in INTEGERS {
        every_type_reads(ValueRef::Integer(*number));
        every_type_reads(ValueRef::Duration(TimeDelta::microseconds(*number)));
    }
    for number in FLOATS {
        every_type_reads(ValueRef::Float(*number));
    }
    for number in [
        Decimal::MIN,
        Decimal::MAX,
        Decimal::new(1, 28),
        Decimal::ZERO,
    ] {
        every_type_reads(ValueRef::Decimal(number));
    }
    for day in [NaiveDate::MIN, NaiveDate::MAX] {
        every_type_reads(ValueRef::Date(day));
        every_type_reads(ValueRef::DateTime(day.and_time(NaiveTime::MIN)));
    }
    for moment in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
        every_type_reads(ValueRef::Timestamp(moment));
    }
    for length in [TimeDelta::MIN, TimeDelta::MAX] {
        every_type_reads(ValueRef::Duration(length));
    }
    every_type_reads(ValueRef::Uuid(Uuid::max()));
    every_type_reads(ValueRef::Bytes(&[0, 159, 146, 150]));
}

#[test]
fn no_text_makes_a_type_panic() {
    let mut state = 0x00ba_d7e5_u64;
    let mut below = |limit: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % limit as u64) as usize
    };
    for _ in 0..20_000 {
        let text: String = (0..below(6)).map(|_| PIECES[below(PIECES.len())]).collect();
        every_type_reads(ValueRef::Text(&text));
        every_type_reads(ValueRef::Json(&text));
        every_type_reads(ValueRef::Bytes(text.as_bytes()));
    }
    let kept = Value::Text("x".into());
    every_type_reads(kept.as_ref());
}
