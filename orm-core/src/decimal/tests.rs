//! Tests of the decimals. The quotients and remainders are PostgreSQL 15's answers.

use std::cmp::Ordering::{Equal, Greater, Less};

use super::*;

fn decimal(text: &str) -> Decimal {
    from_text(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn short_decimals_are_numbers_and_long_ones_texts() {
    for (text, stored) in [
        ("0", Stored::Integer(0)),
        ("-0.00", Stored::Integer(0)),
        ("5.00", Stored::Integer(5)),
        ("-999999999999999", Stored::Integer(-999_999_999_999_999)),
        ("1000000000000000", Stored::Real(1e15)),
        ("-70000000000000000000000000000", Stored::Real(-7e28)),
        ("0.1", Stored::Real(0.1)),
        ("-12345.6789012345", Stored::Real(-12345.6789012345)),
        ("0.0000000000000000000000000007", Stored::Real(7e-28)),
        ("1234567890123456", Stored::Text("1234567890123456".into())),
        (
            "0.12345678901234560",
            Stored::Text("0.1234567890123456".into()),
        ),
    ] {
        assert_eq!(to_stored(decimal(text)), stored, "{text}");
    }
}

#[test]
fn numbers_come_back_from_doubles() {
    let mut state = 1u64;
    for round in 0..200_000 {
        state = state
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        let mantissa = (state >> 11) % 10u64.pow(round % 15 + 1);
        let value = Decimal::from_i128_with_scale(i128::from(mantissa), (state % 29) as u32);
        match to_stored(value) {
            Stored::Integer(whole) => assert_eq!(Decimal::from(whole), value),
            Stored::Real(real) => {
                assert_eq!(from_f64(real), Ok(value));
                assert_eq!(value.to_string().parse(), Ok(real));
            }
            Stored::Text(text) => panic!("{text}"),
        }
    }
}

#[test]
fn a_double_stands_for_its_first_fifteen_digits() {
    assert_eq!(from_f64(0.1 + 0.2), Ok(decimal("0.3")));
    assert_eq!(from_f64(2.333_333_33).map(|value| value.scale()), Ok(8));
    assert_eq!(from_f64(1e-40), Ok(Decimal::ZERO));
    assert_eq!(from_f64(-1.0 / 3.0), Ok(decimal("-0.333333333333333")));
    assert_eq!(from_f64(1e29), Err(DecimalError::OutOfRange));
    assert_eq!(from_f64(f64::INFINITY), Err(DecimalError::OutOfRange));
    assert_eq!(from_f64(f64::NAN), Err(DecimalError::OutOfRange));
    assert_eq!(from_f64(f64::MIN_POSITIVE), Ok(Decimal::ZERO));
}

#[test]
fn texts_are_read_in_every_notation() {
    for (text, plain) in [
        (" 12.50 ", "12.5"),
        ("+.5", "0.5"),
        ("5.", "5"),
        ("1.0e+20", "100000000000000000000"),
        ("-1.5E-05", "-0.000015"),
        ("0e99999999999999999999", "0"),
        ("1e-99999999999999999999", "0"),
        (
            "79228162514264337593543950335",
            "79228162514264337593543950335",
        ),
        (
            "0.00000000000000000000000000005",
            "0.0000000000000000000000000001",
        ),
        ("0.00000000000000000000000000004", "0"),
        (
            "7.92281625142643375935439503355",
            "7.922816251426433759354395034",
        ),
        (
            "12345678901234567890.123456789123456789",
            "12345678901234567890.123456789",
        ),
    ] {
        assert_eq!(to_text(decimal(text)), plain, "{text}");
    }
}

#[test]
fn texts_that_are_no_decimals_are_refused() {
    for text in [
        "", " ", "-", ".", "e5", "1e", "1e+", "1.2.3", "0x10", "NaN", "inf", "1 2", "--1", "١",
    ] {
        assert_eq!(from_text(text), Err(DecimalError::Unreadable), "{text}");
    }
    for text in [
        "79228162514264337593543950336",
        "79228162514264337593543950335.5",
        "1e29",
        "-8e28",
    ] {
        assert_eq!(from_text(text), Err(DecimalError::OutOfRange), "{text}");
    }
}

#[test]
fn quotients_have_the_digits_of_postgresql() {
    for (a, b, quotient) in [
        ("1", "3", "0.33333333333333333333"),
        ("2", "3", "0.66666666666666666667"),
        ("10", "3", "3.3333333333333333"),
        ("-100000", "7", "-14285.714285714286"),
        ("1", "7000", "0.00014285714285714286"),
        ("0", "7", "0"),
        ("10.5", "0.0003", "35000"),
        (
            "1",
            "0.0000000000000000000000000001",
            "10000000000000000000000000000",
        ),
        ("1234567890123456.78", "3", "411522630041152.26"),
        (
            "79228162514264337593543950335",
            "2",
            "39614081257132168796771975168",
        ),
    ] {
        let result = divide(decimal(a), decimal(b), 0);
        assert_eq!(result, Ok(Some(decimal(quotient))), "{a} / {b}");
    }
    assert_eq!(divide(decimal("1"), Decimal::ZERO, 0), Ok(None));
    assert_eq!(
        divide(decimal("1"), decimal("3"), 24),
        Ok(Some(decimal("0.333333333333333333333333")))
    );
    assert_eq!(
        divide(decimal("10"), decimal("1e-28"), 0),
        Err(DecimalError::OutOfRange)
    );
}

#[test]
fn remainders_are_exact_and_signed_as_the_dividend() {
    for (a, b, remainder_) in [
        ("7.5", "2", "1.5"),
        ("-7.5", "2", "-1.5"),
        ("7.5", "-2", "1.5"),
        ("1", "0.3", "0.1"),
        (
            "79228162514264337593543950335",
            "0.0000000000000000000000000007",
            "0",
        ),
        (
            "79228162514264337593543950335",
            "0.0000000000000000000000000011",
            "0.0000000000000000000000000008",
        ),
        (
            "0.0000000000000000000000000003",
            "79228162514264337593543950335",
            "0.0000000000000000000000000003",
        ),
    ] {
        assert_eq!(
            remainder(decimal(a), decimal(b)),
            Ok(Some(decimal(remainder_))),
            "{a} % {b}"
        );
    }
    assert_eq!(remainder(decimal("1"), Decimal::ZERO), Ok(None));
}

#[test]
fn ties_round_away_from_zero() {
    for (value, places, rounded) in [
        ("2.5", 0, "3"),
        ("-2.5", 0, "-3"),
        ("1.005", 2, "1.01"),
        ("1.0049", 2, "1"),
        ("1250", -2, "1300"),
        ("49", -2, "0"),
        ("50", -2, "100"),
        ("1.5", 10, "1.5"),
        ("1.5", i64::MAX, "1.5"),
        ("1.5", i64::MIN, "0"),
        (
            "79228162514264337593543950335",
            -29,
            "100000000000000000000000000000",
        ),
        (
            "0.0000000000000000000000000005",
            27,
            "0.000000000000000000000000001",
        ),
    ] {
        let result = round(decimal(value), places);
        match from_text(rounded) {
            Ok(rounded) => assert_eq!(result, Ok(rounded), "round({value}, {places})"),
            Err(error) => assert_eq!(result, Err(error), "round({value}, {places})"),
        }
    }
}

#[test]
fn sums_and_products_outside_the_range_are_errors() {
    assert_eq!(
        add(Decimal::MAX, decimal("1")),
        Err(DecimalError::OutOfRange)
    );
    assert_eq!(
        subtract(Decimal::MIN, decimal("1")),
        Err(DecimalError::OutOfRange)
    );
    assert_eq!(
        multiply(decimal("1e15"), decimal("1e15")),
        Err(DecimalError::OutOfRange)
    );
    assert_eq!(
        multiply(decimal("1.10"), decimal("1.1")),
        Ok(decimal("1.21"))
    );
}

#[test]
fn texts_compare_by_value() {
    for (a, b, order) in [
        ("9", "10", Less),
        ("10", "10.00", Equal),
        ("-10", "-9", Less),
        ("-0", "0.0", Equal),
        ("0.1", "0.09999999999999999999999999999999999999", Greater),
        ("1e3", "1000", Equal),
        (
            "123456789012345678901234567890123456789012",
            "123456789012345678901234567890123456789013",
            Less,
        ),
        ("1e400", "-1e400", Greater),
        ("-5", "abc", Less),
        ("abc", "1e99", Greater),
        ("abc", "abd", Less),
        ("", "", Equal),
    ] {
        assert_eq!(compare_text(a, b), order, "{a} and {b}");
        assert_eq!(compare_text(b, a), order.reverse(), "{b} and {a}");
    }
}
