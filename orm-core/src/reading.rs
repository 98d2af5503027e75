//! What a text must look like to be cast to another type: the syntax that casts read on both databases. PostgreSQL's templates
//! say the same in its regular expressions.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::decimal;
use crate::types::date_text;

/// Longer texts are no numbers.
const LONGEST: usize = 400;

/// An integer of so many bits: digits with a sign or without.
pub fn integer(text: &str, bits: u32) -> Option<i64> {
    if text.len() > LONGEST {
        return None;
    }
    let value: i64 = text.parse().ok()?;
    let beyond = 64_u32.checked_sub(bits)?;
    // What survives shifting out the upper bits and back has no information in them.
    ((value << beyond) >> beyond == value).then_some(value)
}

/// Digits with a sign, a point and an exponent of at most three digits, or without them.
fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent_fits = exponent.is_none_or(|exponent| {
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        (1..=3).contains(&exponent.len()) && digits(exponent)
    });
    text.len() <= LONGEST
        && digits(whole)
        && digits(fraction)
        && !(whole.is_empty() && fraction.is_empty())
        && exponent_fits
}

/// A double; neither so large that it would be infinite, nor so small that it would lose digits.
pub fn double(text: &str) -> Option<f64> {
    let value: f64 = is_number(text).then(|| text.parse().ok())??;
    let fits = value == 0.0 || (1e-307..=1.797_693_134_862_315e308).contains(&value.abs());
    (fits && (value != 0.0 || is_zero(text))).then_some(value)
}

/// A float of 32 bits, as the double that SQLite holds it as.
pub fn single(text: &str) -> Option<f64> {
    let value: f32 = is_number(text).then(|| text.parse().ok())??;
    let fits = value == 0.0 || (1e-37..=3.402_823e38).contains(&value.abs());
    (fits && (value != 0.0 || is_zero(text))).then_some(f64::from(value))
}

/// Whether a number is zero and was not only rounded to it.
fn is_zero(text: &str) -> bool {
    let mantissa = text.split(['e', 'E']).next().unwrap_or_default();
    mantissa.bytes().all(|byte| !(b'1'..=b'9').contains(&byte))
}

/// A decimal within the range of `Decimal`.
pub fn decimal(text: &str) -> Option<Decimal> {
    is_number(text).then(|| decimal::from_text(text).ok())?
}

/// A UUID's 32 hexadecimal digits, with the usual hyphens or without; as SQLite holds it.
pub fn uuid(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let placed = match bytes.len() {
        32 => true,
        36 => [8, 13, 18, 23].iter().all(|place| bytes[*place] == b'-'),
        _ => false,
    };
    let digits: String = text.chars().filter(|character| *character != '-').collect();
    let fits = digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    (placed && fits).then(|| digits.to_ascii_lowercase())
}

/// A day: `2020-02-29`.
pub fn date(text: &str) -> Option<NaiveDate> {
    date_text::date(text).filter(|_| !text.starts_with("0000"))
}

/// A time of day, `12:30`, `12:30:01` or with up to six digits behind that; as SQLite holds it.
pub fn time(text: &str) -> Option<String> {
    let short = text.len() <= 15 && !text.ends_with('.');
    let time = short.then(|| date_text::time(text))??;
    Some(date_text::from_time(time))
}

/// A day, with a time behind a blank or a `T` or without one; `Z` and `+00:00` may follow the time.
pub fn date_time(text: &str) -> Option<String> {
    let day = date(text.get(..10)?)?;
    let behind = text.get(10..)?;
    let moment = match behind.strip_prefix([' ', 'T']) {
        Some(clock) => {
            let clock = clock
                .strip_suffix('Z')
                .or_else(|| clock.strip_suffix("+00:00"))
                .unwrap_or(clock);
            let short = clock.len() <= 15;
            day.and_time(short.then(|| date_text::time(clock))??)
        }
        None if behind.is_empty() => day.and_hms_opt(0, 0, 0)?,
        None => return None,
    };
    date_text::from_date_time(moment)
}

/// The shortest digits that give the number back, in the notation of PostgreSQL: `0.1`, `100`, `1e+20`. `digits` are those from
/// which on an exponent is written: 15 of a double, 6 of a single.
pub fn float_text(shortest: &str, digits: i32) -> String {
    // `shortest` is Rust's `{:e}`: `-1.25e-7`.
    let (mantissa, exponent) = shortest.split_once('e').unwrap_or((shortest, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let (sign, mantissa) = match mantissa.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", mantissa),
    };
    let plain: String = mantissa
        .chars()
        .filter(|character| *character != '.')
        .collect();
    let places = usize::try_from(exponent.unsigned_abs()).unwrap_or(0);
    if (0..digits).contains(&exponent) {
        let whole = places + 1;
        return match plain.len().checked_sub(whole) {
            Some(0) => format!("{sign}{plain}"),
            Some(_) => format!("{sign}{}.{}", &plain[..whole], &plain[whole..]),
            None => format!("{sign}{plain}{}", "0".repeat(whole - plain.len())),
        };
    }
    if (-4..0).contains(&exponent) {
        return format!("{sign}0.{}{plain}", "0".repeat(places - 1));
    }
    let direction = if exponent < 0 { '-' } else { '+' };
    format!("{sign}{mantissa}e{direction}{places:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_strictly() {
        assert_eq!(integer("+0042", 16), Some(42));
        assert_eq!(integer("-32768", 16), Some(-32768));
        for none in ["32768", "", "+", "1.0", " 1", "1_0", "0x1", "١"] {
            assert_eq!(integer(none, 16), None, "{none}");
        }
        assert_eq!(double("-.5e2"), Some(-50.0));
        assert_eq!(double("5."), Some(5.0));
        assert_eq!(double("0e999"), Some(0.0));
        for none in [
            "", ".", "e5", "1e", "1e1000", "1e400", "1e-400", "inf", "NaN", "1 ",
        ] {
            assert_eq!(double(none), None, "{none}");
        }
        assert_eq!(single("0.1"), Some(f64::from(0.1_f32)));
        assert_eq!(single("1e39"), None);
        assert_eq!(decimal("1.50"), Some(Decimal::new(15, 1)));
        assert_eq!(decimal("1e30"), None);
    }

    #[test]
    fn dates_times_and_uuids() {
        assert!(date("2020-02-29").is_some());
        for none in ["2021-02-29", "0000-01-01", "2020-2-9", "2020-02-29 "] {
            assert!(date(none).is_none(), "{none}");
        }
        assert_eq!(time("12:30").as_deref(), Some("12:30:00"));
        assert_eq!(time("12:30:01.5").as_deref(), Some("12:30:01.500000"));
        for none in ["24:00", "12:30:01.", "12:30:01.1234567", "1:30"] {
            assert!(time(none).is_none(), "{none}");
        }
        assert_eq!(
            date_time("2020-02-29T01:02Z").as_deref(),
            Some("2020-02-29 01:02:00")
        );
        assert_eq!(
            date_time("2020-02-29").as_deref(),
            Some("2020-02-29 00:00:00")
        );
        for none in ["2020-02-29Z", "2020-02-29 ", "2020-02-29 01:02+02:00"] {
            assert!(date_time(none).is_none(), "{none}");
        }
        let digits = "67e55044-10b1-426f-9247-bb680e5fe0c8";
        assert_eq!(uuid(&digits.to_uppercase()), Some(digits.replace('-', "")));
        assert_eq!(uuid("{67e55044-10b1-426f-9247-bb680e5fe0}"), None);
    }

    #[test]
    fn floats_are_written_as_postgresql_writes_them() {
        let text = |value: f64| float_text(&format!("{value:e}"), 15);
        for (value, expected) in [
            (0.0, "0"),
            (1.0, "1"),
            (-0.5, "-0.5"),
            (0.1, "0.1"),
            (100.0, "100"),
            (123.25, "123.25"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1e14, "100000000000000"),
            (1e15, "1e+15"),
            (1.5e300, "1.5e+300"),
            (1e20, "1e+20"),
        ] {
            assert_eq!(text(value), expected);
        }
        assert_eq!(float_text(&format!("{:e}", 1e6_f32), 6), "1e+06");
    }
}
