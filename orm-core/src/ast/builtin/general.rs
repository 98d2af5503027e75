//! Functions of values of any type, and of numbers.
//!
//! Those that compare decimals have a second row, since SQLite keeps long decimals as texts: use
//! [`greatest`], [`least`] and [`null_if`], which choose by type.

use crate::ast::Arity::{AtLeast, Exactly};
use crate::ast::Function;
use crate::value::ColumnType;

/// The first argument that is not NULL.
pub static COALESCE: Function = Function::null_if_all("coalesce", AtLeast(2), "coalesce({*})");
/// The time the statement began, to the microsecond.
pub static NOW: Function = Function::never_null("now", Exactly(0), "statement_timestamp()")
    .returning(ColumnType::Timestamp);
/// The largest argument, NULLs passed over.
pub static GREATEST: Function = Function::null_if_all("greatest", AtLeast(2), "greatest({*})");
/// The smallest argument, NULLs passed over.
pub static LEAST: Function = Function::null_if_all("least", AtLeast(2), "least({*})");
/// The largest decimal, NULLs passed over.
pub static GREATEST_DECIMAL: Function =
    Function::null_if_all("greatest_decimal", AtLeast(2), "greatest({*})")
        .returning(ColumnType::Decimal);
/// The smallest decimal, NULLs passed over.
pub static LEAST_DECIMAL: Function =
    Function::null_if_all("least_decimal", AtLeast(2), "least({*})").returning(ColumnType::Decimal);
/// The largest document, NULLs passed over.
pub static GREATEST_JSON: Function =
    Function::null_if_all("greatest_json", AtLeast(2), "greatest({*})").returning(ColumnType::Json);
/// The smallest document, NULLs passed over.
pub static LEAST_JSON: Function =
    Function::null_if_all("least_json", AtLeast(2), "least({*})").returning(ColumnType::Json);
/// The first argument, or NULL where it equals the second.
pub static NULL_IF: Function = Function::nullable("null_if", Exactly(2), "nullif({0}, {1})");
/// The first decimal, or NULL where it equals the second.
pub static NULL_IF_DECIMAL: Function =
    Function::nullable("null_if_decimal", Exactly(2), "nullif({0}, {1})")
        .returning(ColumnType::Decimal);
/// The first document, or NULL where it equals the second.
pub static NULL_IF_JSON: Function =
    Function::nullable("null_if_json", Exactly(2), "nullif({0}, {1})").returning(ColumnType::Json);
/// The number without its sign.
pub static ABS: Function = Function::strict("abs", Exactly(1), "abs({0})");
/// The decimal without its sign.
pub static ABS_DECIMAL: Function =
    Function::strict("abs_decimal", Exactly(1), "abs({0})").returning(ColumnType::Decimal);

/// Every row of this file.
pub static ALL: &[&Function] = &[
    &COALESCE,
    &NOW,
    &GREATEST,
    &LEAST,
    &GREATEST_DECIMAL,
    &LEAST_DECIMAL,
    &GREATEST_JSON,
    &LEAST_JSON,
    &NULL_IF,
    &NULL_IF_DECIMAL,
    &NULL_IF_JSON,
    &ABS,
    &ABS_DECIMAL,
];

/// The largest of arguments of a type.
pub const fn greatest(of: ColumnType) -> &'static Function {
    match of {
        ColumnType::Decimal => &GREATEST_DECIMAL,
        ColumnType::Json => &GREATEST_JSON,
        _ => &GREATEST,
    }
}

/// The smallest of arguments of a type.
pub const fn least(of: ColumnType) -> &'static Function {
    match of {
        ColumnType::Decimal => &LEAST_DECIMAL,
        ColumnType::Json => &LEAST_JSON,
        _ => &LEAST,
    }
}

/// `nullif` of arguments of a type.
pub const fn null_if(of: ColumnType) -> &'static Function {
    match of {
        ColumnType::Decimal => &NULL_IF_DECIMAL,
        ColumnType::Json => &NULL_IF_JSON,
        _ => &NULL_IF,
    }
}
