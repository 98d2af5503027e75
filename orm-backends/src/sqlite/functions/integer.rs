//! Integer arithmetic that fails when its result leaves the type, as PostgreSQL's does.
//!
//! SQLite computes in 64 bits whatever the column, and turns what overflows into a REAL.

use rusqlite::functions::Context;
use rusqlite::{Connection, Error, Result};

use super::{failure, scalar};

/// Registers `orm_add sub mul div mod neg bit_xor shl shr round_int`.
pub(super) fn register(connection: &Connection) -> Result<()> {
    scalar(connection, "orm_add", 3, |context| {
        binary(context, i64::checked_add)
    })?;
    scalar(connection, "orm_sub", 3, |context| {
        binary(context, i64::checked_sub)
    })?;
    scalar(connection, "orm_mul", 3, |context| {
        binary(context, i64::checked_mul)
    })?;
    scalar(connection, "orm_div", 3, |context| {
        by_divisor(context, i64::checked_div)
    })?;
    // The remainder of the smallest integer by -1 is 0; only the quotient overflows.
    scalar(connection, "orm_mod", 3, |context| {
        by_divisor(context, |a, b| Some(a.wrapping_rem(b)))
    })?;
    scalar(connection, "orm_neg", 2, |context| {
        match context.get::<Option<i64>>(0)? {
            Some(a) => within(a.checked_neg(), bits(context, 1)?),
            None => Ok(None),
        }
    })?;
    scalar(connection, "orm_bit_xor", 2, |context| {
        Ok(operands(context)?.map(|(a, b)| a ^ b))
    })?;
    scalar(connection, "orm_shl", 3, |context| {
        let bits = bits(context, 2)?;
        let beyond = 64 - bits;
        Ok(
            operands(context)?.map(|(a, places)| match u32::try_from(places) {
                // Up to the top, so that what leaves the type is lost, and back with the sign.
                Ok(places) if places < bits => ((a << places) << beyond) >> beyond,
                _ => 0,
            }),
        )
    })?;
    scalar(connection, "orm_shr", 3, |context| {
        let last = bits(context, 2)? - 1;
        Ok(operands(context)?
            .map(|(a, places)| a >> u32::try_from(places).map_or(last, |places| places.min(last))))
    })?;
    scalar(connection, "orm_round_int", 3, |context| {
        match operands(context)? {
            Some((a, places)) => within(rounded(a, places), bits(context, 2)?),
            None => Ok(None),
        }
    })
}

/// An integer rounded to a place before the point, halves away from zero.
fn rounded(value: i64, places: i64) -> Option<i64> {
    if places >= 0 {
        return Some(value);
    }
    let power = u32::try_from(places.unsigned_abs())
        .ok()
        .and_then(|places| 10_i128.checked_pow(places));
    // Half of what does not fit is more than any integer.
    let Some(power) = power else { return Some(0) };
    let (whole, rest) = (i128::from(value) / power, i128::from(value) % power);
    let up = if rest.abs() >= power - rest.abs() {
        rest.signum()
    } else {
        0
    };
    i64::try_from((whole + up) * power).ok()
}

/// The first two arguments, or `None` if either is NULL.
fn operands(context: &Context<'_>) -> Result<Option<(i64, i64)>> {
    Ok(context
        .get::<Option<i64>>(0)?
        .zip(context.get::<Option<i64>>(1)?))
}

/// The width of the result's type.
fn bits(context: &Context<'_>, index: usize) -> Result<u32> {
    match context.get::<i64>(index)? {
        16 => Ok(16),
        32 => Ok(32),
        64 => Ok(64),
        _ => Err(failure("the width of an integer must be 16, 32 or 64")),
    }
}

/// The result, if it fits in an integer of so many bits.
fn within(result: Option<i64>, bits: u32) -> Result<Option<i64>> {
    let beyond = 64 - bits;
    match result {
        // What survives shifting out the upper bits and back has no information in them.
        Some(result) if (result << beyond) >> beyond == result => Ok(Some(result)),
        _ => Err(out_of_range()),
    }
}

#[cold]
fn out_of_range() -> Error {
    failure("integer out of range")
}

fn binary(context: &Context<'_>, operation: fn(i64, i64) -> Option<i64>) -> Result<Option<i64>> {
    match operands(context)? {
        Some((a, b)) => within(operation(a, b), bits(context, 2)?),
        None => Ok(None),
    }
}

/// As `binary`; a divisor of zero gives NULL.
fn by_divisor(
    context: &Context<'_>,
    operation: fn(i64, i64) -> Option<i64>,
) -> Result<Option<i64>> {
    match operands(context)? {
        Some((a, b)) if b != 0 => within(operation(a, b), bits(context, 2)?),
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::types::Value;

    use super::super::tests::{message, value};

    fn integer(expression: &str) -> i64 {
        match value(expression) {
            Value::Integer(integer) => integer,
            other => panic!("{expression}: {other:?}"),
        }
    }

    #[test]
    fn results_within_the_type() {
        assert_eq!(integer("orm_add(32766, 1, 16)"), 32767);
        assert_eq!(integer("orm_sub(-32767, 1, 16)"), -32768);
        assert_eq!(integer("orm_mul(65536, 32767, 32)"), 65536 * 32767);
        assert_eq!(integer("orm_add(9223372036854775806, 1, 64)"), i64::MAX);
        assert_eq!(integer("orm_neg(-32767, 16)"), 32767);
        assert_eq!(integer("orm_bit_xor(-1, 6)"), -7);
        assert_eq!(integer("orm_shl(3, 14, 16)"), -16384);
        assert_eq!(integer("orm_shl(1, 63, 64)"), i64::MIN);
        assert_eq!(integer("orm_shl(1, 16, 16) + orm_shl(1, -1, 64)"), 0);
        assert_eq!(integer("orm_shr(-8, 1, 32)"), -4);
        assert_eq!(integer("orm_shr(-8, 99, 32)"), -1);
        assert_eq!(integer("orm_shr(8, -1, 32)"), 0);
        assert_eq!(integer("orm_round_int(-1250, -2, 32)"), -1300);
        assert_eq!(integer("orm_round_int(9223372036854775807, -99, 64)"), 0);
        assert_eq!(
            message("orm_round_int(9223372036854775807, -1, 64)"),
            "integer out of range"
        );
    }

    #[test]
    fn results_outside_the_type_are_errors() {
        for expression in [
            "orm_add(32767, 1, 16)",
            "orm_sub(-32768, 1, 16)",
            "orm_mul(65536, 32768, 32)",
            "orm_add(2147483647, 1, 32)",
            "orm_add(9223372036854775807, 1, 64)",
            "orm_mul(9223372036854775807, 2, 64)",
            "orm_div(-32768, -1, 16)",
            "orm_div(-9223372036854775807 - 1, -1, 64)",
            "orm_neg(-9223372036854775807 - 1, 64)",
            "orm_neg(-2147483648, 32)",
        ] {
            assert_eq!(message(expression), "integer out of range", "{expression}");
        }
    }

    #[test]
    fn division_truncates_and_the_remainder_has_the_dividend_sign() {
        assert_eq!(integer("orm_div(7, -2, 32)"), -3);
        assert_eq!(integer("orm_div(-7, 2, 32)"), -3);
        assert_eq!(integer("orm_mod(-7, 2, 32)"), -1);
        assert_eq!(integer("orm_mod(7, -2, 32)"), 1);
        assert_eq!(integer("orm_mod(-9223372036854775807 - 1, -1, 64)"), 0);
        assert_eq!(integer("orm_mod(-32768, -1, 16)"), 0);
    }

    #[test]
    fn null_and_zero_divisors_give_null() {
        for expression in [
            "orm_add(NULL, 1, 64)",
            "orm_mul(1, NULL, 64)",
            "orm_neg(NULL, 64)",
            "orm_bit_xor(NULL, 1)",
            "orm_div(1, 0, 64)",
            "orm_mod(1, 0, 64)",
            "orm_div(NULL, 0, 64)",
        ] {
            assert_eq!(value(expression), Value::Null, "{expression}");
        }
    }

    #[test]
    fn wrong_arguments_are_errors_without_their_values() {
        assert!(!message("orm_add('secret', 1, 64)").contains("secret"));
        assert!(message("orm_add(1, 1, 8)").contains("16, 32 or 64"));
    }
}
