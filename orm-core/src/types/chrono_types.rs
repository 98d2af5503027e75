//! Dates, times and lengths of time as columns, to the microsecond.
//!
//! SQLite holds them as the texts that Django and SQLite's own functions read; [`text`] writes and
//! reads these.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc};

use super::{Literal, Mismatch, SqlType};
use crate::plain_sql_type;
use crate::value::{Value, ValueRef};

macro_rules! temporal {
    ($type:ty, $variant:ident, $family:ident, $name:literal, $round:expr, $decode:expr) => {
        #[diagnostic::do_not_recommend]
        impl SqlType for $type {
            plain_sql_type!($type, $variant, $family, $name);

            fn to_value(&self) -> Value {
                let round: fn(Self) -> Self = $round;
                Value::$variant(round(*self))
            }

            fn decode(value: ValueRef<'_>) -> Result<Self, Mismatch> {
                let read: fn(&ValueRef<'_>) -> Option<Self> = $decode;
                match (read(&value), value) {
                    (Some(v), _) => Ok(v),
                    (None, ValueRef::Text(_)) => {
                        Err(Mismatch::unreadable::<Self>("a text that is none"))
                    }
                    (None, other) => Err(Mismatch::of::<Self>(&other)),
                }
            }
        }
        impl Literal for $type {}
    };
}

temporal!(NaiveDate, Date, Date, "NaiveDate", |v| v, |v| match v {
    ValueRef::Date(v) => Some(*v),
    ValueRef::Text(v) => text::date(v),
    _ => None,
});
temporal!(
    NaiveTime,
    Time,
    Time,
    "NaiveTime",
    microseconds,
    |v| match v {
        ValueRef::Time(v) => Some(*v),
        ValueRef::Text(v) => text::time(v),
        _ => None,
    }
);
temporal!(
    NaiveDateTime,
    DateTime,
    DateTime,
    "NaiveDateTime",
    microseconds,
    |v| match v {
        ValueRef::DateTime(v) => Some(*v),
        ValueRef::Text(v) => text::date_time(v),
        _ => None,
    }
);
temporal!(
    DateTime<Utc>,
    Timestamp,
    DateTime,
    "DateTime<Utc>",
    microseconds,
    |v| match v {
        ValueRef::Timestamp(v) => Some(*v),
        ValueRef::Text(v) => text::date_time(v).map(|v| v.and_utc()),
        _ => None,
    }
);
temporal!(
    TimeDelta,
    Duration,
    Duration,
    "Duration",
    |v| v.num_microseconds().map_or(v, TimeDelta::microseconds),
    |v| match v {
        ValueRef::Duration(v) => Some(*v),
        ValueRef::Integer(v) => Some(TimeDelta::microseconds(*v)),
        _ => None,
    }
);

/// Cuts what is below a microsecond, which no database keeps; a leap second becomes the second before.
fn microseconds<T: Timelike>(value: T) -> T {
    let nanos = value.nanosecond();
    let kept = if nanos >= 1_000_000_000 {
        999_999_000
    } else {
        nanos - nanos % 1_000
    };
    if kept == nanos {
        return value;
    }
    // `with_nanosecond` refuses only numbers of two billion and more.
    value.with_nanosecond(kept).unwrap_or(value)
}

/// The text form of dates and times in SQLite: `2024-02-29`, `23:59:59.000001`,
/// `2024-02-29 23:59:59.000001`; no fraction where it is zero, as Django writes them.
pub mod text {
    use super::{NaiveDate, NaiveDateTime, NaiveTime, Timelike};
    use chrono::Datelike;

    /// Reads a day.
    pub fn date(text: &str) -> Option<NaiveDate> {
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return None;
        }
        let year = number(&bytes[..4])?;
        NaiveDate::from_ymd_opt(
            year.try_into().ok()?,
            number(&bytes[5..7])?,
            number(&bytes[8..])?,
        )
    }

    /// Reads a time of day.
    pub fn time(text: &str) -> Option<NaiveTime> {
        let bytes = text.as_bytes();
        if bytes.len() < 5 || bytes[2] != b':' {
            return None;
        }
        let (hour, minute) = (number(&bytes[..2])?, number(&bytes[3..5])?);
        let (second, rest) = match bytes.get(5) {
            Some(b':') => (number(bytes.get(6..8)?)?, &bytes[8..]),
            Some(_) => return None,
            None => (0, &bytes[5..]),
        };
        let micro = match rest {
            [] => 0,
            [b'.', digits @ ..] if (1..=9).contains(&digits.len()) => {
                let kept = &digits[..digits.len().min(6)];
                number(&digits[kept.len()..]).or(Some(0).filter(|_| kept.len() == digits.len()))?;
                #[expect(clippy::cast_possible_truncation, reason = "at most 6")]
                let scale = 10_u32.pow(6 - kept.len() as u32);
                number(kept)? * scale
            }
            _ => return None,
        };
        NaiveTime::from_hms_micro_opt(hour, minute, second, micro)
    }

    /// Reads a day with a time; a time of `+00:00` or `Z` behind it is allowed.
    pub fn date_time(text: &str) -> Option<NaiveDateTime> {
        let day = date(text.get(..10)?)?;
        let rest = text.get(10..)?;
        if rest.is_empty() {
            return Some(day.and_time(NaiveTime::MIN));
        }
        let rest = rest.strip_prefix([' ', 'T'])?;
        let rest = rest
            .strip_suffix("+00:00")
            .or_else(|| rest.strip_suffix('Z'))
            .unwrap_or(rest);
        Some(day.and_time(time(rest)?))
    }

    fn number(digits: &[u8]) -> Option<u32> {
        if digits.is_empty() {
            return None;
        }
        digits.iter().try_fold(0_u32, |sum, d| {
            d.is_ascii_digit().then(|| sum * 10 + u32::from(d - b'0'))
        })
    }

    /// Writes a day; `None` outside the years 0 to 9999, whose texts would not sort.
    pub fn from_date(date: NaiveDate) -> Option<String> {
        let mut out = String::with_capacity(10);
        push_date(&mut out, date)?;
        Some(out)
    }

    /// Writes a time of day.
    pub fn from_time(time: NaiveTime) -> String {
        let mut out = String::with_capacity(15);
        push_time(&mut out, time);
        out
    }

    /// Writes a day with a time; `None` outside the years 0 to 9999.
    pub fn from_date_time(moment: NaiveDateTime) -> Option<String> {
        let mut out = String::with_capacity(26);
        push_date(&mut out, moment.date())?;
        out.push(' ');
        push_time(&mut out, moment.time());
        Some(out)
    }

    fn push_date(out: &mut String, date: NaiveDate) -> Option<()> {
        let year = u32::try_from(date.year()).ok().filter(|y| *y <= 9999)?;
        push(out, year, 4);
        out.push('-');
        push(out, date.month(), 2);
        out.push('-');
        push(out, date.day(), 2);
        Some(())
    }

    fn push_time(out: &mut String, time: NaiveTime) {
        push(out, time.hour(), 2);
        out.push(':');
        push(out, time.minute(), 2);
        out.push(':');
        push(out, time.second(), 2);
        let micro = time.nanosecond() / 1_000;
        if micro != 0 {
            out.push('.');
            push(out, micro, 6);
        }
    }

    fn push(out: &mut String, number: u32, width: u32) {
        for place in (0..width).rev() {
            let digit = number / 10_u32.pow(place) % 10;
            out.push(char::from_digit(digit, 10).unwrap_or('0'));
        }
    }
}
