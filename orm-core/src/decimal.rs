//! Exact decimals: how SQLite holds them, and arithmetic that answers as PostgreSQL's `numeric`
//! does.
//!
//! SQLite has no decimal type. Each decimal of at most 15 significant digits has a double of its
//! own, which, printed with 15 significant digits, gives the decimal back; so these are held as
//! INTEGER or REAL, which other programs can read. Longer ones are held as TEXT. Values have the
//! range of `rust_decimal`: 28 digits, 28 of them after the point.

use std::cmp::Ordering;

use rust_decimal::Decimal;

mod text;

pub use text::compare_text;

/// The largest number of significant digits that a double holds without loss.
const REAL_LIMIT: u128 = 10u128.pow(15);

/// The largest mantissa of a `Decimal`, 2^96 - 1.
const MAX_MANTISSA: u128 = (1 << 96) - 1;

/// The largest number of digits after the point of a `Decimal`.
const MAX_SCALE: u32 = Decimal::MAX_SCALE;

/// Why there is no decimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecimalError {
    /// The value is too large.
    #[error("numeric value out of range")]
    OutOfRange,
    /// The text is not a number.
    #[error("the value is not a decimal number")]
    Unreadable,
}

/// A decimal as SQLite holds it.
#[derive(Debug, Clone, PartialEq)]
pub enum Stored {
    /// A whole number of at most 15 digits.
    Integer(i64),
    /// A number of at most 15 significant digits.
    Real(f64),
    /// Any other, in plain notation without trailing zeros.
    Text(String),
}

/// The form in which SQLite holds the decimal.
pub fn to_stored(value: Decimal) -> Stored {
    let value = value.normalize();
    let mantissa = value.mantissa().unsigned_abs();
    if mantissa < REAL_LIMIT {
        return match i64::try_from(value.mantissa()) {
            Ok(whole) if value.scale() == 0 => Stored::Integer(whole),
            _ => Stored::Real(to_real(value, mantissa, 0)),
        };
    }
    if value.scale() == 0 {
        let (mut digits, mut zeros) = (mantissa, 0);
        while digits % 10 == 0 {
            digits /= 10;
            zeros += 1;
        }
        if digits < REAL_LIMIT {
            return Stored::Real(to_real(value, digits, zeros));
        }
    }
    Stored::Text(value.to_string())
}

/// The double nearest to `digits · 10^(zeros - scale)`, with the sign of the value.
fn to_real(value: Decimal, digits: u128, zeros: u32) -> f64 {
    // Both factors are exact in a double (digits < 2^53, powers up to 10^22), so that one rounding
    // remains.
    let magnitude = match (value.scale(), zeros) {
        (0, zeros) if zeros <= 22 => digits as f64 * 10f64.powi(zeros as i32),
        (scale, 0) if scale <= 22 => digits as f64 / 10f64.powi(scale as i32),
        _ => return value.to_string().parse().unwrap_or(f64::NAN),
    };
    if value.is_sign_negative() {
        -magnitude
    } else {
        magnitude
    }
}

/// The decimal that a double stands for: its value to 15 significant digits.
pub fn from_f64(value: f64) -> Result<Decimal, DecimalError> {
    // Most doubles have few digits after the point. If `whole / power` is the double again, then
    // `whole` are its digits, because no two decimals of 15 digits share a double.
    for (scale, power) in [1.0, 10.0, 100.0, 1e3, 1e4, 1e5, 1e6]
        .into_iter()
        .enumerate()
    {
        let whole = (value * power).round();
        if whole.abs() < 1e15 && whole / power == value {
            return Ok(Decimal::new(whole as i64, scale as u32));
        }
    }
    if !value.is_finite() {
        return Err(DecimalError::OutOfRange);
    }
    // Zeros at the end would count as digits where it is divided.
    from_text(&format!("{value:.14e}")).map(|value| value.normalize())
}

/// Reads plain or scientific notation. Digits beyond the range of a `Decimal` are rounded half away
/// from zero.
pub fn from_text(text: &str) -> Result<Decimal, DecimalError> {
    text::parse(text)
}

/// Plain notation, without trailing zeros.
pub fn to_text(value: Decimal) -> String {
    value.normalize().to_string()
}

/// A mantissa of either sign with its scale.
fn assemble(negative: bool, mantissa: u128, scale: u32) -> Result<Decimal, DecimalError> {
    let signed = i128::try_from(mantissa).map_err(|_| DecimalError::OutOfRange)?;
    let signed = if negative { -signed } else { signed };
    Decimal::try_from_i128_with_scale(signed, scale).map_err(|_| DecimalError::OutOfRange)
}

/// Whether a remainder is half the divisor or more. (Doubling the remainder could overflow.)
fn rounds_up(remainder: u128, divisor: u128) -> bool {
    remainder >= divisor - remainder
}

/// The sum, exact within 28 digits.
pub fn add(a: Decimal, b: Decimal) -> Result<Decimal, DecimalError> {
    a.checked_add(b).ok_or(DecimalError::OutOfRange)
}

/// The difference, exact within 28 digits.
pub fn subtract(a: Decimal, b: Decimal) -> Result<Decimal, DecimalError> {
    a.checked_sub(b).ok_or(DecimalError::OutOfRange)
}

/// The product, exact within 28 digits.
pub fn multiply(a: Decimal, b: Decimal) -> Result<Decimal, DecimalError> {
    a.checked_mul(b).ok_or(DecimalError::OutOfRange)
}

/// The quotient, to as many digits as PostgreSQL gives it; `None` if the divisor is zero.
///
/// `scale` is the least number of digits after the point: the declared `decimal_places` of the
/// operands, which in PostgreSQL every value of a `numeric(p, s)` column has, though its last
/// digits be zero.
pub fn divide(a: Decimal, b: Decimal, scale: u32) -> Result<Option<Decimal>, DecimalError> {
    if b.is_zero() {
        return Ok(None);
    }
    let target = quotient_scale(a, b).max(scale).min(MAX_SCALE) as i32;
    let negative = a.is_sign_negative() != b.is_sign_negative();
    let divisor = b.mantissa().unsigned_abs();
    let dividend = a.mantissa().unsigned_abs();
    let (mut quotient, mut remainder) = (dividend / divisor, dividend % divisor);
    // Long division: the whole quotient of the mantissas first, then one digit after the other.
    let mut scale = a.scale() as i32 - b.scale() as i32;
    while scale < target {
        // A remainder is less than 2^96, so ten times as much fits.
        let longer = quotient * 10 + remainder * 10 / divisor;
        if longer > MAX_MANTISSA {
            break;
        }
        quotient = longer;
        remainder = remainder * 10 % divisor;
        scale += 1;
    }
    let Ok(mut scale) = u32::try_from(scale) else {
        return Err(DecimalError::OutOfRange);
    };
    if rounds_up(remainder, divisor) {
        quotient += 1;
        if quotient > MAX_MANTISSA {
            // 2^96 itself, which ends in 6.
            quotient = quotient / 10 + 1;
            scale = scale.checked_sub(1).ok_or(DecimalError::OutOfRange)?;
        }
    }
    assemble(negative, quotient, scale).map(Some)
}

/// The number of digits after the point that PostgreSQL gives a quotient (`select_div_scale` of its
/// `numeric.c`): at least 16 significant digits, counted in groups of four, and no fewer after the
/// point than either operand has.
fn quotient_scale(a: Decimal, b: Decimal) -> u32 {
    let (weight_a, first_a) = first_group(a);
    let (weight_b, first_b) = first_group(b);
    let mut weight = weight_a - weight_b;
    if first_a <= first_b {
        weight -= 1;
    }
    let significant = u32::try_from(16 - weight * 4).unwrap_or(0);
    significant.max(a.scale()).max(b.scale())
}

/// The first non-zero digit to the base 10000, and which power of 10000 it counts.
fn first_group(value: Decimal) -> (i32, u128) {
    let mantissa = value.mantissa().unsigned_abs();
    let Some(log) = mantissa.checked_ilog10() else {
        return (0, 0);
    };
    let first_place = log as i32 - value.scale() as i32;
    let digits_of_group = first_place.rem_euclid(4) as u32 + 1;
    let digits = log + 1;
    let group = if digits >= digits_of_group {
        mantissa / 10u128.pow(digits - digits_of_group)
    } else {
        mantissa * 10u128.pow(digits_of_group - digits)
    };
    (first_place.div_euclid(4), group)
}

/// The remainder, exact and with the sign of the dividend; `None` if the divisor is zero.
pub fn remainder(a: Decimal, b: Decimal) -> Result<Option<Decimal>, DecimalError> {
    if b.is_zero() {
        return Ok(None);
    }
    let (mut rest, mut divisor) = (a.mantissa().unsigned_abs(), b.mantissa().unsigned_abs());
    if a.scale() >= b.scale() {
        // What overflows is greater than any dividend.
        divisor = match 10u128.pow(a.scale() - b.scale()).checked_mul(divisor) {
            Some(divisor) => divisor,
            None => return Ok(Some(a)),
        };
        rest %= divisor;
    } else {
        rest %= divisor;
        for _ in a.scale()..b.scale() {
            rest = rest * 10 % divisor;
        }
    }
    assemble(a.is_sign_negative(), rest, a.scale().max(b.scale())).map(Some)
}

/// Rounds half away from zero to so many digits after the point, or before it where `places` is
/// negative.
pub fn round(value: Decimal, places: i64) -> Result<Decimal, DecimalError> {
    let dropped = i64::from(value.scale()).saturating_sub(places);
    if dropped <= 0 {
        return Ok(value);
    }
    // A mantissa has 29 digits at most, so that less than half of 10^30 is left of it.
    if dropped >= 30 {
        return Ok(Decimal::ZERO);
    }
    let divisor = 10u128.pow(dropped as u32);
    let mantissa = value.mantissa().unsigned_abs();
    let rounded = mantissa / divisor + u128::from(rounds_up(mantissa % divisor, divisor));
    let negative = value.is_sign_negative();
    match u32::try_from(places) {
        Ok(scale) => assemble(negative, rounded, scale),
        // Here `dropped` is less than 30, so the power has at most 30 digits; the product is
        // bounded by the mantissa.
        Err(_) => assemble(
            negative,
            rounded * 10u128.pow(places.unsigned_abs() as u32),
            0,
        ),
    }
}

/// The next whole number above, or the value where it is whole.
pub fn ceil(value: Decimal) -> Decimal {
    value.ceil()
}

/// The next whole number below, or the value where it is whole.
pub fn floor(value: Decimal) -> Decimal {
    value.floor()
}

/// The order of two decimals by value.
pub fn compare(a: Decimal, b: Decimal) -> Ordering {
    a.cmp(&b)
}

#[cfg(test)]
mod tests;
