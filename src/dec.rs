//! `dec!`: decimal literals.
//!
//! The macro of `rust_decimal` names that crate, so it works only in programs that depend on it
//! themselves; this one names ours.

use rust_decimal::Decimal;

/// A decimal literal, checked by the compiler: `dec!(9.99)`, `dec!(-1_000)`.
///
/// ```
/// use orm::prelude::*;
/// assert_eq!(dec!(-1_234.50).to_string(), "-1234.50");
/// assert_eq!(dec!(10), Decimal::from(10));
/// assert_eq!(dec!(0.0000000000000000000000000001), Decimal::new(1, 28));
/// ```
///
/// ```compile_fail
/// orm::dec!(1.2.3);
/// ```
#[macro_export]
macro_rules! dec {
    ($($literal:tt)+) => {
        const { $crate::private::decimal_literal(stringify!($($literal)+)) }
    };
}

/// Reads a literal; what is none does not compile.
///
/// # Panics
/// While compiling, on what is no decimal of at most 28 digits.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "three parts of one number"
)]
pub const fn decimal_literal(text: &str) -> Decimal {
    let bytes = text.as_bytes();
    let (mut at, mut mantissa, mut digits, mut scale) = (0, 0_i128, 0, 0);
    let (mut negative, mut begun, mut point) = (false, false, false);
    while at < bytes.len() {
        match bytes[at] {
            b'-' if !begun && !negative => negative = true,
            b'.' if !point && begun => point = true,
            digit @ b'0'..=b'9' => {
                mantissa = mantissa * 10 + (digit - b'0') as i128;
                // Zeros in front are none of its digits.
                if mantissa > 0 {
                    digits += 1;
                }
                if point {
                    scale += 1;
                }
                assert!(
                    digits <= 28 && scale <= 28,
                    "a decimal has at most 28 digits"
                );
                begun = true;
            }
            b'_' | b' ' => {}
            _ => panic!("not a decimal literal"),
        }
        at += 1;
    }
    assert!(begun, "not a decimal literal");
    // 28 digits take 94 bits.
    let (low, middle, high) = (
        mantissa as u32,
        (mantissa >> 32) as u32,
        (mantissa >> 64) as u32,
    );
    Decimal::from_parts(low, middle, high, negative, scale)
}
