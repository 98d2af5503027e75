//! Functions of numbers. Those of floats take doubles: what is no double is cast.
//!
//! PostgreSQL fails outside of a function's domain, where these are NULL, so it looks first.

use super::general::{ABS, ABS_DECIMAL};
use crate::ast::Arity::Exactly;
use crate::ast::Function;
use crate::value::ColumnType::{self, Decimal, F32, F64, I16, I32, I64};

const fn double(name: &'static str, sql: &'static str) -> Function {
    Function::strict(name, Exactly(1), sql).returning(F64)
}

const fn partial(name: &'static str, arguments: usize, sql: &'static str) -> Function {
    Function::nullable(name, Exactly(arguments), sql).returning(F64)
}

/// The absolute value of an `i16`; that of the smallest is out of range.
pub static ABS_I16: Function = Function::strict("abs_i16", Exactly(1), "abs({0})").returning(I16);
/// The absolute value of an `i32`.
pub static ABS_I32: Function = Function::strict("abs_i32", Exactly(1), "abs({0})").returning(I32);
/// The next whole number above.
pub static CEIL: Function = double("ceil", "ceil({0})");
/// The next whole decimal above.
pub static CEIL_DECIMAL: Function =
    Function::strict("ceil_decimal", Exactly(1), "ceil({0})").returning(Decimal);
/// The next whole number below.
pub static FLOOR: Function = double("floor", "floor({0})");
/// The next whole decimal below.
pub static FLOOR_DECIMAL: Function =
    Function::strict("floor_decimal", Exactly(1), "floor({0})").returning(Decimal);
/// A double rounded to so many places (`i32`), halves away from zero, by its 15 significant digits.
pub static ROUND: Function = Function::strict(
    "round",
    Exactly(2),
    "CAST(round(CAST({0} AS numeric), {1}) AS double precision)",
)
.returning(F64);
/// A decimal rounded to so many places (`i32`), halves away from zero.
pub static ROUND_DECIMAL: Function =
    Function::strict("round_decimal", Exactly(2), "round({0}, {1})").returning(Decimal);
/// An `i16` rounded to so many places (`i32`), which counts where they are negative.
pub static ROUND_I16: Function = integer_round(
    "round_i16",
    "CAST(round(CAST({0} AS numeric), {1}) AS smallint)",
    I16,
);
/// An `i32` rounded to so many places.
pub static ROUND_I32: Function = integer_round(
    "round_i32",
    "CAST(round(CAST({0} AS numeric), {1}) AS integer)",
    I32,
);
/// An `i64` rounded to so many places.
pub static ROUND_I64: Function = integer_round(
    "round_i64",
    "CAST(round(CAST({0} AS numeric), {1}) AS bigint)",
    I64,
);
/// -1, 0 or 1, of the integer type of the argument.
pub static SIGN: Function = Function::strict(
    "sign",
    Exactly(1),
    "CASE WHEN {0} > 0 THEN 1 WHEN {0} < 0 THEN -1 WHEN {0} = 0 THEN 0 END",
);
/// -1, 0 or 1, a decimal.
pub static SIGN_DECIMAL: Function =
    Function::strict("sign_decimal", Exactly(1), "sign({0})").returning(Decimal);
/// -1, 0 or 1, a double: an integer would be divided as one.
pub static SIGN_F64: Function = Function::strict(
    "sign_f64",
    Exactly(1),
    "CAST(CASE WHEN {0} > 0 THEN 1 WHEN {0} < 0 THEN -1 WHEN {0} = 0 THEN 0 END AS double precision)",
)
.returning(F64);
/// -1, 0 or 1, a float.
pub static SIGN_F32: Function = Function::strict(
    "sign_f32",
    Exactly(1),
    "CAST(CASE WHEN {0} > 0 THEN 1 WHEN {0} < 0 THEN -1 WHEN {0} = 0 THEN 0 END AS real)",
)
.returning(F32);
/// The square root; NULL of a negative number.
pub static SQRT: Function = partial("sqrt", 1, "CASE WHEN {0} >= 0 THEN sqrt({0}) END");
/// The first to the power of the second; NULL where that is no real number.
pub static POWER: Function = partial(
    "power",
    2,
    "CASE WHEN NOT ({0} = 0 AND {1} < 0 OR {0} < 0 AND {1} <> trunc({1})) THEN power({0}, {1}) END",
);
/// e to the power of the number.
pub static EXP: Function = double("exp", "exp({0})");
/// The natural logarithm; NULL of what is not positive.
pub static LN: Function = partial("ln", 1, "CASE WHEN {0} > 0 THEN ln({0}) END");
/// The logarithm of the first to the base of the second. That to the base 10 is exact for powers of ten.
pub static LOG: Function = partial(
    "log",
    2,
    "CASE WHEN {0} > 0 AND {1} = 10 THEN log({0}) WHEN {0} > 0 AND {1} > 0 AND {1} <> 1 THEN ln({0}) / ln({1}) END",
);
/// The sine.
pub static SIN: Function = double("sin", "sin({0})");
/// The cosine.
pub static COS: Function = double("cos", "cos({0})");
/// The tangent.
pub static TAN: Function = double("tan", "tan({0})");
/// The cotangent.
pub static COT: Function = partial("cot", 1, "CASE WHEN {0} <> 0 THEN cot({0}) END");
/// The angle of a sine; NULL outside of -1 to 1.
pub static ASIN: Function = partial(
    "asin",
    1,
    "CASE WHEN {0} BETWEEN -1 AND 1 THEN asin({0}) END",
);
/// The angle of a cosine; NULL outside of -1 to 1.
pub static ACOS: Function = partial(
    "acos",
    1,
    "CASE WHEN {0} BETWEEN -1 AND 1 THEN acos({0}) END",
);
/// The angle of a tangent.
pub static ATAN: Function = double("atan", "atan({0})");
/// The angle of the point whose ordinate is the first and whose abscissa is the second.
pub static ATAN2: Function =
    Function::strict("atan2", Exactly(2), "atan2({0}, {1})").returning(F64);
/// From radians to degrees.
pub static DEGREES: Function = double("degrees", "degrees({0})");
/// From degrees to radians.
pub static RADIANS: Function = double("radians", "radians({0})");
/// The ratio of a circle's circumference to its diameter.
pub static PI: Function = Function::never_null("pi", Exactly(0), "pi()").returning(F64);
/// A number of chance from 0 to below 1, another in each row.
pub static RANDOM: Function = Function::never_null("random", Exactly(0), "random()").returning(F64);
/// The bits that both have.
pub static BIT_AND: Function = Function::strict("bit_and", Exactly(2), "({0} & {1})");
/// The bits that either has.
pub static BIT_OR: Function = Function::strict("bit_or", Exactly(2), "({0} | {1})");
/// The bits that one has alone.
pub static BIT_XOR: Function = Function::strict("bit_xor", Exactly(2), "({0} # {1})");
/// The bits of an `i16` moved so many places (`i32`) up.
pub static SHL_I16: Function = Function::strict(
    "shl_i16",
    Exactly(2),
    "CASE WHEN {1} BETWEEN 0 AND 15 THEN {0} << {1} WHEN {0} IS NOT NULL AND {1} IS NOT NULL THEN 0 END",
)
.returning(I16);
/// The bits of an `i32` moved so many places up.
pub static SHL_I32: Function = Function::strict(
    "shl_i32",
    Exactly(2),
    "CASE WHEN {1} BETWEEN 0 AND 31 THEN {0} << {1} WHEN {0} IS NOT NULL AND {1} IS NOT NULL THEN 0 END",
)
.returning(I32);
/// The bits of an `i64` moved so many places up.
pub static SHL_I64: Function = Function::strict(
    "shl_i64",
    Exactly(2),
    "CASE WHEN {1} BETWEEN 0 AND 63 THEN {0} << {1} WHEN {0} IS NOT NULL AND {1} IS NOT NULL THEN 0 END",
)
.returning(I64);
/// The bits of an integer moved so many places (`i32`) down, with the sign from above.
pub static SHR_I16: Function = shr(
    "shr_i16",
    "({0} >> CASE WHEN {1} NOT BETWEEN 0 AND 15 THEN 15 ELSE {1} END)",
);
/// The bits of an `i32` moved down.
pub static SHR_I32: Function = shr(
    "shr_i32",
    "({0} >> CASE WHEN {1} NOT BETWEEN 0 AND 31 THEN 31 ELSE {1} END)",
);
/// The bits of an `i64` moved down.
pub static SHR_I64: Function = shr(
    "shr_i64",
    "({0} >> CASE WHEN {1} NOT BETWEEN 0 AND 63 THEN 63 ELSE {1} END)",
);

const fn integer_round(name: &'static str, sql: &'static str, of: ColumnType) -> Function {
    Function::strict(name, Exactly(2), sql).returning(of)
}

const fn shr(name: &'static str, sql: &'static str) -> Function {
    Function::strict(name, Exactly(2), sql)
}

/// Every row of this file.
pub static ALL: &[&Function] = &[
    &ABS_I16,
    &ABS_I32,
    &CEIL,
    &CEIL_DECIMAL,
    &FLOOR,
    &FLOOR_DECIMAL,
    &ROUND,
    &ROUND_DECIMAL,
    &ROUND_I16,
    &ROUND_I32,
    &ROUND_I64,
    &SIGN,
    &SIGN_DECIMAL,
    &SIGN_F32,
    &SIGN_F64,
    &SQRT,
    &POWER,
    &EXP,
    &LN,
    &LOG,
    &SIN,
    &COS,
    &TAN,
    &COT,
    &ASIN,
    &ACOS,
    &ATAN,
    &ATAN2,
    &DEGREES,
    &RADIANS,
    &PI,
    &RANDOM,
    &BIT_AND,
    &BIT_OR,
    &BIT_XOR,
    &SHL_I16,
    &SHL_I32,
    &SHL_I64,
    &SHR_I16,
    &SHR_I32,
    &SHR_I64,
];

/// The absolute value of a number of a type.
pub const fn abs(of: ColumnType) -> &'static Function {
    match of {
        I16 => &ABS_I16,
        I32 => &ABS_I32,
        Decimal => &ABS_DECIMAL,
        _ => &ABS,
    }
}

/// The next whole number above one of a type; none where every number is whole.
pub const fn ceil(of: ColumnType) -> Option<&'static Function> {
    match of {
        F32 | F64 => Some(&CEIL),
        Decimal => Some(&CEIL_DECIMAL),
        _ => None,
    }
}

/// The next whole number below one of a type; none where every number is whole.
pub const fn floor(of: ColumnType) -> Option<&'static Function> {
    match of {
        F32 | F64 => Some(&FLOOR),
        Decimal => Some(&FLOOR_DECIMAL),
        _ => None,
    }
}

/// A number of a type rounded.
pub const fn round(of: ColumnType) -> &'static Function {
    match of {
        I16 => &ROUND_I16,
        I32 => &ROUND_I32,
        I64 => &ROUND_I64,
        Decimal => &ROUND_DECIMAL,
        _ => &ROUND,
    }
}

/// The sign of a number of a type.
pub const fn sign(of: ColumnType) -> &'static Function {
    match of {
        Decimal => &SIGN_DECIMAL,
        F32 => &SIGN_F32,
        F64 => &SIGN_F64,
        _ => &SIGN,
    }
}

/// The bits of an integer of a type moved up.
pub const fn shl(of: ColumnType) -> &'static Function {
    match of {
        I16 => &SHL_I16,
        I32 => &SHL_I32,
        _ => &SHL_I64,
    }
}

/// The bits of an integer of a type moved down.
pub const fn shr_of(of: ColumnType) -> &'static Function {
    match of {
        I16 => &SHR_I16,
        I32 => &SHR_I32,
        _ => &SHR_I64,
    }
}
