//! Functions of doubles, which the built-in SQLite is made without. They answer as PostgreSQL's do: NULL outside of the domain, an
//! error where the result is too large for a double, or so small that it would be zero.

use rusqlite::functions::Context;
use rusqlite::{Connection, Result};

use super::{failure, scalar};

type Function = fn(f64) -> f64;

/// Those that are a number wherever they are asked.
const TOTAL: [(&str, Function); 7] = [
    ("orm_ceil", f64::ceil),
    ("orm_floor", f64::floor),
    ("orm_exp", f64::exp),
    ("orm_sin", f64::sin),
    ("orm_cos", f64::cos),
    ("orm_tan", f64::tan),
    ("orm_atan", f64::atan),
];

/// Those that are NULL where there is no number, or an infinite one.
const PARTIAL: [(&str, Function); 5] = [
    ("orm_sqrt", f64::sqrt),
    ("orm_ln", f64::ln),
    ("orm_asin", f64::asin),
    ("orm_acos", f64::acos),
    ("orm_cot", |angle| angle.tan().recip()),
];

/// Registers the functions of one and of two doubles, and `orm_round`.
pub(super) fn register(connection: &Connection) -> Result<()> {
    for (name, function) in TOTAL {
        let exponential = name == "orm_exp";
        scalar(connection, name, 1, move |context| {
            let Some(x) = context.get::<Option<f64>>(0)? else {
                return Ok(None);
            };
            let y = function(x);
            checked(y, x.is_finite(), exponential && x.is_finite())
        })?;
    }
    for (name, function) in PARTIAL {
        scalar(connection, name, 1, move |context| {
            let x = context.get::<Option<f64>>(0)?;
            Ok(x.map(function).filter(|y| y.is_finite()))
        })?;
    }
    scalar(connection, "orm_power", 2, power)?;
    scalar(connection, "orm_log", 2, |context| {
        Ok(pair(context)?.and_then(|(x, base)| log(x, base)))
    })?;
    scalar(connection, "orm_atan2", 2, |context| {
        Ok(pair(context)?.map(|(y, x)| y.atan2(x)))
    })?;
    scalar(connection, "orm_round", 2, |context| {
        let (x, places) = (
            context.get::<Option<f64>>(0)?,
            context.get::<Option<i64>>(1)?,
        );
        match x.zip(places) {
            Some((x, places)) => checked(round(x, places), x.is_finite(), false),
            None => Ok(None),
        }
    })
}

fn pair(context: &Context<'_>) -> Result<Option<(f64, f64)>> {
    Ok(context
        .get::<Option<f64>>(0)?
        .zip(context.get::<Option<f64>>(1)?))
}

/// A result that must be a finite number where the arguments are, and not zero where `not_zero` says so.
fn checked(result: f64, finite: bool, not_zero: bool) -> Result<Option<f64>> {
    if (finite && !result.is_finite()) || (not_zero && result == 0.0) {
        return Err(failure("numeric value out of range"));
    }
    Ok(Some(result))
}

fn power(context: &Context<'_>) -> Result<Option<f64>> {
    let Some((base, exponent)) = pair(context)? else {
        return Ok(None);
    };
    if (base == 0.0 && exponent < 0.0) || (base < 0.0 && exponent.trunc() != exponent) {
        return Ok(None);
    }
    let finite = base.is_finite() && exponent.is_finite();
    checked(base.powf(exponent), finite, finite && base != 0.0)
}

fn log(x: f64, base: f64) -> Option<f64> {
    if x <= 0.0 || base <= 0.0 || base == 1.0 {
        return None;
    }
    Some(if base == 10.0 {
        x.log10()
    } else {
        x.ln() / base.ln()
    })
}

/// Rounds the 15 significant digits of a double to so many places, halves away from zero.
fn round(x: f64, places: i64) -> f64 {
    if !x.is_finite() {
        return x;
    }
    let digits = format!("{x:.14e}");
    let (mantissa, exponent) = digits.split_once('e').unwrap_or((&digits, "0"));
    let exponent: i64 = exponent.parse().unwrap_or(0);
    let kept = exponent.saturating_add(places).saturating_add(1);
    if kept >= 15 {
        return digits.parse().unwrap_or(x);
    }
    let Ok(kept) = u32::try_from(kept) else {
        return 0.0;
    };
    let whole: i64 = mantissa.replace('.', "").parse().unwrap_or(0);
    let unit = 10_i64.pow(15 - kept);
    let rest = whole % unit;
    let up = if rest.abs() >= unit - rest.abs() {
        rest.signum()
    } else {
        0
    };
    let rounded = whole / unit + up;
    // The last digit kept counts ten to this power.
    let power = exponent + 1 - i64::from(kept);
    format!("{rounded}e{power}").parse().unwrap_or(x)
}

#[cfg(test)]
mod tests {
    use rusqlite::types::Value;

    use super::super::tests::{message, value};
    use super::round;

    #[test]
    fn halves_are_rounded_away_from_zero() {
        for (x, places, expected) in [
            (2.5, 0, 3.0),
            (-2.5, 0, -3.0),
            (1.005, 2, 1.01),
            (0.5, 0, 1.0),
            (0.4, 0, 0.0),
            (1250.0, -2, 1300.0),
            (49.0, -2, 0.0),
            (50.0, -2, 100.0),
            (0.1 + 0.2, 17, 0.3),
            (1e300, 2, 1e300),
            (1.5e-10, 10, 2e-10),
            (5.0, -9, 0.0),
            (9.99, 1, 10.0),
            (0.0, 2, 0.0),
            (123_456.789, i64::MAX, 123_456.789),
            (123_456.789, i64::MIN, 0.0),
        ] {
            assert_eq!(round(x, places), expected, "{x} {places}");
        }
    }

    #[test]
    fn outside_of_the_domain_there_is_null() {
        for expression in [
            "orm_sqrt(-1)",
            "orm_ln(0)",
            "orm_ln(-1)",
            "orm_asin(1.1)",
            "orm_cot(0)",
            "orm_power(0, -1)",
            "orm_power(-8, 0.5)",
            "orm_log(-1, 10)",
            "orm_log(1, 1)",
            "orm_log(1, 0)",
            "orm_exp(NULL)",
            "orm_power(NULL, 1)",
        ] {
            assert_eq!(value(expression), Value::Null, "{expression}");
        }
        assert_eq!(value("orm_log(1000, 10)"), Value::Real(3.0));
        assert_eq!(value("orm_power(-2, 3)"), Value::Real(-8.0));
    }

    #[test]
    fn what_is_no_double_is_an_error() {
        for expression in [
            "orm_exp(1000)",
            "orm_exp(-1000)",
            "orm_power(10, 400)",
            "orm_power(10, -400)",
            "orm_sin(9e999)",
        ] {
            match expression {
                "orm_sin(9e999)" => assert_eq!(value(expression), Value::Null),
                _ => assert_eq!(
                    message(expression),
                    "numeric value out of range",
                    "{expression}"
                ),
            }
        }
    }
}
