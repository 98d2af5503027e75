//! Reading decimals from text, and comparing decimal texts of any length by value.

use std::cmp::Ordering;

use rust_decimal::Decimal;

use super::{DecimalError, MAX_MANTISSA, MAX_SCALE, assemble};

/// A number as it is written: `0.d₁d₂d₃… · 10^magnitude`, where d₁ is not zero. Zero has no digits.
struct Written<'a> {
    negative: bool,
    whole: &'a [u8],
    fraction: &'a [u8],
    leading_zeros: usize,
    magnitude: i64,
}

impl<'a> Written<'a> {
    /// Reads `[+-] digits [. digits] [e [+-] digits]`, with blanks around it.
    fn read(text: &'a str) -> Option<Self> {
        let text = text.trim_ascii();
        let (negative, text) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        let (digits, exponent) = match text.split_once(['e', 'E']) {
            Some((digits, exponent)) => (digits, read_exponent(exponent)?),
            None => (text, 0),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let (whole, fraction) = (whole.as_bytes(), fraction.as_bytes());
        let mut all = whole.iter().chain(fraction);
        if whole.len() + fraction.len() == 0 || !all.clone().all(u8::is_ascii_digit) {
            return None;
        }
        let length = whole.len() + fraction.len();
        let leading_zeros = all.position(|digit| *digit != b'0').unwrap_or(length);
        let magnitude = exponent.saturating_add(whole.len() as i64 - leading_zeros as i64);
        Some(Self {
            negative,
            whole,
            fraction,
            leading_zeros,
            magnitude,
        })
    }

    /// The digits from the first that is not zero.
    fn digits(&self) -> impl Iterator<Item = u8> + 'a {
        self.whole
            .iter()
            .chain(self.fraction)
            .skip(self.leading_zeros)
            .map(|digit| digit - b'0')
    }

    fn is_zero(&self) -> bool {
        self.leading_zeros == self.whole.len() + self.fraction.len()
    }

    /// -1, 0 or 1.
    fn sign(&self) -> i8 {
        match (self.is_zero(), self.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        }
    }

    fn compare_magnitude(&self, other: &Self) -> Ordering {
        self.magnitude.cmp(&other.magnitude).then_with(|| {
            let (mut ours, mut theirs) = (self.digits(), other.digits());
            loop {
                let pair = match (ours.next(), theirs.next()) {
                    (None, None) => return Ordering::Equal,
                    pair => pair,
                };
                match pair.0.unwrap_or(0).cmp(&pair.1.unwrap_or(0)) {
                    Ordering::Equal => {}
                    order => return order,
                }
            }
        })
    }
}

/// The exponent; one beyond an `i64` is as good as the largest.
fn read_exponent(text: &str) -> Option<i64> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let magnitude = digits.parse().unwrap_or(i64::MAX);
    Some(if negative { -magnitude } else { magnitude })
}

/// The decimal that the text writes; digits beyond its range are rounded half away from zero.
pub(super) fn parse(text: &str) -> Result<Decimal, DecimalError> {
    let written = Written::read(text).ok_or(DecimalError::Unreadable)?;
    if written.is_zero() {
        return Ok(Decimal::ZERO);
    }
    // No value of a `Decimal` has more than 29 digits before the point, and none less than 10^-29
    // rounds up.
    if written.magnitude > 29 {
        return Err(DecimalError::OutOfRange);
    }
    if written.magnitude < -i64::from(MAX_SCALE) {
        return Ok(Decimal::ZERO);
    }
    let mut mantissa = 0u128;
    let mut scale = -(written.magnitude as i32);
    for digit in written.digits().map(u128::from) {
        let longer = mantissa * 10 + digit;
        if scale == MAX_SCALE as i32 || longer > MAX_MANTISSA {
            mantissa += u128::from(digit >= 5);
            break;
        }
        mantissa = longer;
        scale += 1;
    }
    finish(written.negative, mantissa, scale)
}

/// `mantissa · 10^-scale`, where the mantissa is at most 2^96.
fn finish(negative: bool, mut mantissa: u128, mut scale: i32) -> Result<Decimal, DecimalError> {
    if mantissa > MAX_MANTISSA {
        // Rounded up to 2^96, which ends in 6.
        mantissa = mantissa / 10 + 1;
        scale -= 1;
    }
    match u32::try_from(scale) {
        Ok(scale) => assemble(negative, mantissa, scale),
        Err(_) => 10u128
            .checked_pow(scale.unsigned_abs())
            .and_then(|power| mantissa.checked_mul(power))
            .ok_or(DecimalError::OutOfRange)
            .and_then(|mantissa| assemble(negative, mantissa, 0)),
    }
}

/// Compares two decimal texts by value, of whatever length. What is not a number comes after all
/// numbers, in the order of its bytes, so that the order is total.
pub fn compare_text(a: &str, b: &str) -> Ordering {
    match (Written::read(a), Written::read(b)) {
        (Some(a), Some(b)) => a.sign().cmp(&b.sign()).then_with(|| match a.sign() {
            0 => Ordering::Equal,
            1 => a.compare_magnitude(&b),
            _ => b.compare_magnitude(&a),
        }),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => a.cmp(b),
    }
}
