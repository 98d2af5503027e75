//! Casts between all types, of texts that are values and of texts that nearly are; and the hashes of texts.

use md5::{Digest, Md5};
use orm::prelude::*;
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};

use crate::functions::{clock_text, moment_text, read_date};
use crate::rng::Rng;
use crate::samples::{Sample, told, with_samples};
use crate::support::suite;

suite! {
    fn casts_of_values(db) {
        with_samples(db, |_, _| {}, |db, _, rows| {
            told! { db, rows;
                Sample::small.cast::<i32>(), |row| i32::from(row.small);
                Sample::small.cast::<i64>(), |row| i64::from(row.small);
                Sample::medium.cast::<f64>(), |row| f64::from(row.medium);
                Sample::big.cast::<Decimal>(), |row| Decimal::from(row.big);
                Sample::maybe.cast::<Decimal>(), |row| row.maybe.map(Decimal::from);
                Sample::medium.cast::<bool>(), |row| row.medium != 0;
                Sample::big.cast::<String>(), |row| row.big.to_string();
                Sample::maybe.cast::<String>(), |row| row.maybe.map(|of| of.to_string());
                Sample::real.cast::<i16>(), |row| row.real.trunc() as i16;
                Sample::other.cast::<i64>(), |row| row.other.map(|of| of.trunc() as i64);
                Sample::real.cast::<Decimal>(), |row| format!("{:.7}", row.real).parse::<Decimal>().expect("a number");
                Sample::real.cast::<String>(), |row| short(row.real);
                Sample::exact.cast::<i32>(), |row| row.exact.trunc().try_into().expect("it fits");
                Sample::exact.cast::<f64>(), |row| row.exact.to_string().parse::<f64>().expect("a number");
                Sample::exact.cast::<String>(), |row| row.exact.normalize().to_string();
                Sample::truth.cast::<i16>(), |row| i16::from(row.truth);
                Sample::truth.cast::<i64>(), |row| i64::from(row.truth);
                Sample::truth.cast::<String>(), |row| row.truth.to_string();
                Sample::day.cast::<String>(), |row| row.day.format("%Y-%m-%d").to_string();
                Sample::day.cast::<NaiveDateTime>(), |row| row.day.and_time(NaiveTime::MIN);
                Sample::day.cast::<DateTime<Utc>>(), |row| row.day.and_time(NaiveTime::MIN).and_utc();
                Sample::clock.cast::<String>(), |row| clock_text(row.clock);
                Sample::moment.cast::<String>(), |row| moment_text(row.moment);
                Sample::moment.cast::<NaiveDate>(), |row| row.moment.date();
                Sample::moment.cast::<NaiveTime>(), |row| row.moment.time();
                Sample::at.cast::<String>(), |row| moment_text(row.at.naive_utc());
                Sample::at.cast::<NaiveDate>(), |row| row.at.date_naive();
                Sample::at.cast::<NaiveDateTime>(), |row| row.at.naive_utc();
                Sample::key.cast::<String>(), |row| row.key.hyphenated().to_string();
                // There and back again.
                Sample::maybe.cast::<String>().cast::<i64>(), |row| row.maybe;
                Sample::exact.cast::<String>().cast::<Decimal>(), |row| Some(row.exact);
                Sample::real.cast::<String>().cast::<f64>(), |row| Some(row.real);
                Sample::clock.cast::<String>().cast::<NaiveTime>(), |row| Some(row.clock);
                Sample::at.cast::<String>().cast::<DateTime<Utc>>(), |row| Some(row.at);
                Sample::key.cast::<String>().upper().cast::<Uuid>(), |row| Some(row.key);
            }
            Ok(())
        })?;
    }

    fn casts_of_texts(db) {
        with_samples(db, |rng, row| row.written = Some(written(rng, row)), |db, _, rows| {
            fn text(row: &Sample) -> &str {
                row.written.as_deref().unwrap_or_default()
            }
            told! { db, rows;
                Sample::written.cast::<i16>(), |row| whole(text(row), i16::MIN.into(), i16::MAX.into()).map(|of| of as i16);
                Sample::written.cast::<i32>(), |row| whole(text(row), i32::MIN.into(), i32::MAX.into()).map(|of| of as i32);
                Sample::written.cast::<i64>(), |row| whole(text(row), i64::MIN.into(), i64::MAX.into()).map(|of| of as i64);
                Sample::written.cast::<f64>(), |row| number(text(row)).map(|_| text(row).parse::<f64>().expect("a number"));
                Sample::written.cast::<Decimal>(), |row| number(text(row)).and_then(decimal);
                Sample::written.cast::<bool>(), |row| match text(row) {
                    "true" => Some(true),
                    "false" => Some(false),
                    _ => None,
                };
                Sample::written.cast::<NaiveDate>(), |row| read_date(text(row));
                Sample::written.cast::<NaiveTime>(), |row| read_time(text(row));
                Sample::written.cast::<NaiveDateTime>(), |row| read_moment(text(row));
                Sample::written.cast::<DateTime<Utc>>(), |row| read_moment(text(row)).map(|at| at.and_utc());
                Sample::written.cast::<Uuid>(), |row| read_uuid(text(row));
            }
            Ok(())
        })?;
    }

    fn hashes(db) {
        let make = |rng: &mut Rng, row: &mut Sample| {
            let length = rng.below(150);
            row.text = (0..length).map(|_| *rng.pick(&['a', 'Z', '0', ' ', 'é', 'ß', '中', '😀', '\n', '\''])).collect();
        };
        with_samples(db, make, |db, _, rows| {
            fn hex<D: Digest>(text: &str) -> String {
                D::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
            }
            told! { db, rows;
                Sample::text.md5(), |row| hex::<Md5>(&row.text);
                Sample::text.sha1(), |row| hex::<Sha1>(&row.text);
                Sample::text.sha224(), |row| hex::<Sha224>(&row.text);
                Sample::text.sha256(), |row| hex::<Sha256>(&row.text);
                Sample::text.sha384(), |row| hex::<Sha384>(&row.text);
                Sample::text.sha512(), |row| hex::<Sha512>(&row.text);
                Sample::text.upper().left(5).md5(), |row| hex::<Md5>(&crate::values::upper(&row.text).chars().take(5).collect::<String>());
            }
            Ok(())
        })?;
    }
}

/// A float of few digits as a text.
fn short(of: f64) -> String {
    match of {
        1e-7 => "1e-07".to_owned(),
        -1e-7 => "-1e-07".to_owned(),
        other => other.to_string(),
    }
}

/// A value as a text, often with one character too many, too few or of another kind.
fn written(rng: &mut Rng, row: &Sample) -> String {
    loop {
        let text = written_so(rng, row);
        // Where a number has more digits than the type, what is rounded is not told.
        if number(&text).is_none_or(|(_, exponent)| (-20..=40).contains(&exponent)) {
            return text;
        }
    }
}

fn written_so(rng: &mut Rng, row: &Sample) -> String {
    let mut chars: Vec<char> = match rng.below(12) {
        0 => row.small.to_string(),
        1 => row.medium.to_string(),
        2 => row.big.to_string(),
        3 => row.exact.to_string(),
        4 => format!("{:e}", row.real),
        5 => format!(
            "{}{}.{}{}",
            rng.pick(&["", "+", "-"]),
            rng.pick(&["", "0", "07", "12"]),
            rng.pick(&["", "0", "50", "025"]),
            rng.pick(&["", "", "e3", "E+2", "e-1", "e", "e+"])
        ),
        6 => (*rng.pick(&["true", "false", "True", "t", "", "1", "0"])).to_owned(),
        7 => row.day.to_string(),
        8 => clock_text(row.clock),
        9 => row.clock.format("%H:%M").to_string(),
        10 => {
            let between = rng.pick(&[" ", "T", "  ", "t"]);
            let zone = rng.pick(&["", "Z", "+00:00", "+01:00", "z"]);
            format!("{}{between}{}{zone}", row.day, clock_text(row.clock))
        }
        _ if rng.chance(50) => row.key.simple().to_string().to_uppercase(),
        _ => row.key.hyphenated().to_string(),
    }
    .chars()
    .collect();
    let at = rng.below(chars.len() + 1);
    let blank = *rng.pick(&[' ', ' ', '\n', '\t']);
    let other = *rng.pick(&[
        ' ', '0', '9', '-', '+', '.', ':', 'e', 'T', 'x', '_', 'é', '٣',
    ]);
    match rng.below(12) {
        0 => chars.push(blank),
        1 => chars.insert(0, blank),
        2 => chars.insert(at, other),
        3 if at < chars.len() => chars[at] = other,
        4 if at < chars.len() => drop(chars.remove(at)),
        // A digit too many, say.
        5 | 6 if at < chars.len() => chars.insert(at, chars[at]),
        _ => {}
    }
    chars.into_iter().collect()
}

fn digits(text: &str) -> Option<&str> {
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then_some(text)
}

fn whole(text: &str, least: i128, most: i128) -> Option<i128> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let number: i128 = digits(unsigned)?.parse().ok()?;
    let number = if text.starts_with('-') {
        -number
    } else {
        number
    };
    (least..=most).contains(&number).then_some(number)
}

/// The digits of a number without its point, and the power of ten that they are multiplied by.
fn number(text: &str) -> Option<(i128, i32)> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => {
            let exponent = &unsigned[at + 1..];
            let plain = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            let size: i32 = digits(plain)
                .filter(|plain| plain.len() <= 3)?
                .parse()
                .ok()?;
            let sign = if exponent.starts_with('-') { -1 } else { 1 };
            (&unsigned[..at], sign * size)
        }
        None => (unsigned, 0),
    };
    let (before, behind) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{}{}", digits(before)?, digits(behind)?);
    let number: i128 = all.parse().ok()?;
    let number = if text.starts_with('-') {
        -number
    } else {
        number
    };
    Some((number, exponent - behind.len() as i32))
}

/// A decimal of up to 28 digits, and some of 29.
fn decimal((number, exponent): (i128, i32)) -> Option<Decimal> {
    match u32::try_from(-exponent) {
        Ok(scale) => Decimal::try_from_i128_with_scale(number, scale).ok(),
        Err(_) => {
            let power = 10_i128.checked_pow(exponent.unsigned_abs());
            let number = match number {
                0 => 0,
                number => number.checked_mul(power?)?,
            };
            Decimal::try_from_i128_with_scale(number, 0).ok()
        }
    }
}

/// Hours and minutes, then seconds, then up to six digits of their fraction.
pub fn read_time(text: &str) -> Option<NaiveTime> {
    let (clock, fraction) = match text.split_once('.') {
        Some((clock, fraction)) if (1..=6).contains(&fraction.len()) => {
            (clock, format!("{:0<6}", digits(fraction)?))
        }
        Some(_) => return None,
        None => (text, "0".to_owned()),
    };
    let parts: Vec<u32> = clock
        .split(':')
        .map(|part| (part.len() == 2).then(|| digits(part)?.parse().ok())?)
        .collect::<Option<_>>()?;
    let micros = fraction.parse().ok()?;
    match (&parts[..], text.contains('.')) {
        ([hour, minute], false) => NaiveTime::from_hms_opt(*hour, *minute, 0),
        ([hour, minute, second], _) => {
            NaiveTime::from_hms_micro_opt(*hour, *minute, *second, micros)
        }
        _ => None,
    }
}

fn read_moment(text: &str) -> Option<NaiveDateTime> {
    let day = read_date(text.get(..10)?)?;
    let behind = &text[10..];
    if behind.is_empty() {
        return Some(day.and_time(NaiveTime::MIN));
    }
    let clock = behind.strip_prefix(' ').or(behind.strip_prefix('T'))?;
    let clock = clock
        .strip_suffix('Z')
        .or(clock.strip_suffix("+00:00"))
        .unwrap_or(clock);
    Some(day.and_time(read_time(clock)?))
}

/// 32 digits, with all four hyphens in their places or without any.
fn read_uuid(text: &str) -> Option<Uuid> {
    let plain: String = match text.len() {
        36 => {
            let parts: Vec<&str> = text.split('-').collect();
            let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
            (lengths == [8, 4, 4, 4, 12]).then(|| parts.concat())?
        }
        _ => text.to_owned(),
    };
    let hexadecimal = plain.len() == 32 && plain.bytes().all(|byte| byte.is_ascii_hexdigit());
    let number = hexadecimal.then(|| u128::from_str_radix(&plain, 16).ok())??;
    Some(Uuid::from_u128(number))
}
