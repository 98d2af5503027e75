//! PostgreSQL's binary form of `numeric`: groups of four decimal digits.

use bytes::{BufMut, BytesMut};
use orm_core::decimal;
use orm_core::types::Mismatch;
use rust_decimal::Decimal;

const POSITIVE: u16 = 0x0000;
const NEGATIVE: u16 = 0x4000;
/// As many groups of four digits as a `u128` surely holds.
const FEW: usize = 9;

/// Writes a decimal.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "at most 9 groups and a scale of 28"
)]
pub(super) fn encode(value: Decimal, out: &mut BytesMut) {
    let scale = value.scale();
    // The point must stand between two groups: at most three zeros more, which a `u128` has room for.
    let padding = (4 - scale % 4) % 4;
    let mut rest = value.mantissa().unsigned_abs() * 10_u128.pow(padding);
    let fraction_groups = ((scale + padding) / 4) as i16;
    let mut groups = [0_i16; FEW];
    let mut count = 0;
    while rest > 0 {
        groups[count] = (rest % 10_000) as i16;
        rest /= 10_000;
        count += 1;
    }
    let zeros = groups[..count]
        .iter()
        .take_while(|group| **group == 0)
        .count();
    out.put_i16((count - zeros) as i16);
    out.put_i16(count as i16 - fraction_groups - 1);
    out.put_u16(if value.is_sign_negative() && count > 0 {
        NEGATIVE
    } else {
        POSITIVE
    });
    out.put_u16(scale as u16);
    for group in groups[zeros..count].iter().rev() {
        out.put_i16(*group);
    }
}

/// Reads a decimal, or says what was found instead.
pub(super) fn decode(raw: &[u8]) -> Result<Decimal, &'static str> {
    let word = |index: usize| -> Option<u16> {
        let bytes = raw.get(index * 2..index * 2 + 2)?;
        Some(u16::from_be_bytes([bytes[0], bytes[1]]))
    };
    let malformed = "a malformed numeric";
    let header = (|| Some((word(0)?, word(1)?, word(2)?, word(3)?)))();
    let (count, weight, sign, scale) = header.ok_or(malformed)?;
    let negative = match sign {
        POSITIVE => false,
        NEGATIVE => true,
        0xC000 => return Err("a numeric that is not a number"),
        _ => return Err("an infinite numeric"),
    };
    let (count, weight, scale) = (usize::from(count), weight.cast_signed(), u32::from(scale));
    let groups = || (0..count).map(|index| word(index + 4));
    if groups().any(|group| group.is_none_or(|group| group > 9_999)) {
        return Err(malformed);
    }
    let groups = || groups().map(Option::unwrap_or_default);
    let exact = if count <= FEW {
        exact(groups(), count, weight, scale, negative)
    } else {
        None
    };
    // More digits than a decimal holds: those behind the point may be rounded.
    exact.map_or_else(
        || {
            decimal::from_text(&text(groups(), weight, negative))
                .map_err(|_| Mismatch::LONG_NUMERIC)
        },
        Ok,
    )
}

/// The common case, by whole numbers alone: `None` where it does not fit.
fn exact(
    groups: impl Iterator<Item = u16>,
    count: usize,
    weight: i16,
    scale: u32,
    negative: bool,
) -> Option<Decimal> {
    let digits = groups.fold(0_u128, |sum, group| sum * 10_000 + u128::from(group));
    // The last group stands for units of ten to the power of this.
    let exponent = 4 * (i32::from(weight) - i32::try_from(count).ok()? + 1);
    let shift = exponent + i32::try_from(scale).ok()?;
    let power = 10_u128.checked_pow(shift.unsigned_abs())?;
    let mantissa = match shift {
        0.. => digits.checked_mul(power)?,
        // The server keeps no digits behind the scale.
        _ if digits % power == 0 => digits / power,
        _ => return None,
    };
    let mantissa = i128::try_from(mantissa).ok()?;
    Decimal::try_from_i128_with_scale(if negative { -mantissa } else { mantissa }, scale).ok()
}

/// The number as a text, of any length.
fn text(groups: impl Iterator<Item = u16>, weight: i16, negative: bool) -> String {
    let mut text = String::from(if negative { "-0" } else { "0" });
    let mut place = i32::from(weight);
    // The first group may stand behind the point, or the last one before it: zeros fill what lies between.
    if place < 0 {
        text.push('.');
        text.extend(std::iter::repeat_n(
            "0000",
            (-1 - place).unsigned_abs() as usize,
        ));
    }
    for group in groups {
        if place == -1 && weight >= 0 {
            text.push('.');
        }
        text.push_str(&format!("{group:04}"));
        place -= 1;
    }
    if place >= 0 {
        text.extend(std::iter::repeat_n(
            "0000",
            place.unsigned_abs() as usize + 1,
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip(text: &str) -> String {
        let mut out = BytesMut::new();
        encode(text.parse().unwrap(), &mut out);
        decode(&out).unwrap().to_string()
    }

    #[test]
    fn decimals_come_back_with_their_scale() {
        for text in [
            "0",
            "0.00",
            "1",
            "-1",
            "10000",
            "10.50",
            "0.0001",
            "0.00001",
            "-123456789.987654321",
            "1000000000000",
            "0.0000000000000000000000000001",
            "79228162514264337593543950335",
            "-7.9228162514264337593543950335",
            "12345.6000",
            "9999.9999",
        ] {
            assert_eq!(round_trip(text), text);
        }
    }

    fn raw(words: &[u16]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_be_bytes()).collect()
    }

    #[test]
    fn what_a_decimal_cannot_hold_is_rounded_or_refused() {
        // 1e20 in one group, and 0.3333… to 40 digits
        assert_eq!(
            decode(&raw(&[1, 5, 0, 0, 1])).unwrap().to_string(),
            "100000000000000000000"
        );
        let thirds = [[10, 0xFFFF, 0, 40].as_slice(), [3333; 10].as_slice()].concat();
        assert_eq!(
            decode(&raw(&thirds)).unwrap().to_string(),
            "0.3333333333333333333333333333"
        );
        let half = [[2, 0xFFFE, NEGATIVE, 12].as_slice(), &[5, 1000]].concat();
        assert_eq!(decode(&raw(&half)).unwrap().to_string(), "-0.000000051000");
        assert!(decode(&raw(&[1, 8, 0, 0, 1])).is_err());
        assert_eq!(
            decode(&raw(&[0, 0, 0xC000, 0])),
            Err("a numeric that is not a number")
        );
        for bad in [&[1_u16, 0, 0, 0][..], &[1, 0, 0, 0, 10_000], &[0]] {
            assert_eq!(decode(&raw(bad)), Err("a malformed numeric"));
        }
    }
}
