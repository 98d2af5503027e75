//! Aggregates: one value of many rows.
//!
//! Their texts know three placeholders more: `{distinct}`, `{filter}` and `{order}`, for what the aggregate says of these; and
//! `{0:sort}`, an argument in the form in which equal values are equal and the others in their order. What depends on the
//! type of the argument has a row for each, which the functions here choose.

use crate::ast::Arity::Exactly;
use crate::ast::Function;
use crate::value::ColumnType;

/// How many rows there are.
pub static COUNT_ROWS: Function =
    Function::never_null("count_rows", Exactly(0), "count(*){filter}").returning(ColumnType::I64);
/// How many values are not NULL.
pub static COUNT: Function =
    Function::never_null("count", Exactly(1), "count({distinct}{0}){filter}")
        .returning(ColumnType::I64);
/// The sum of `i16` or `i32`, which an `i64` holds.
pub static SUM_SHORT: Function =
    Function::nullable("sum_short", Exactly(1), "sum({distinct}{0}){filter}");
/// The sum of `i64`, out of range where it is no `i64`.
pub static SUM_LONG: Function = Function::nullable(
    "sum_long",
    Exactly(1),
    "CAST(sum({distinct}{0}){filter} AS bigint)",
);
/// The sum of floats, as `f64`.
pub static SUM_FLOAT: Function = Function::nullable(
    "sum_float",
    Exactly(1),
    "sum({distinct}CAST({0} AS double precision)){filter}",
);
/// The sum of decimals.
pub static SUM_DECIMAL: Function =
    Function::nullable("sum_decimal", Exactly(1), "sum({distinct}{0}){filter}");
/// The sum of lengths of time.
pub static SUM_DURATION: Function =
    Function::nullable("sum_duration", Exactly(1), "sum({distinct}{0}){filter}");
/// The average of integers, as `f64`: the quotient of sum and count, rounded once.
pub static AVG_INTEGER: Function = Function::nullable(
    "avg_integer",
    Exactly(1),
    "(CAST(sum({distinct}{0}){filter} AS double precision) / count({distinct}{0}){filter})",
);
/// The average of floats.
pub static AVG_FLOAT: Function =
    Function::nullable("avg_float", Exactly(1), "avg({distinct}{0}){filter}");
/// The average of decimals; the second argument is how many digits they have behind the point at least.
pub static AVG_DECIMAL: Function =
    Function::nullable("avg_decimal", Exactly(2), "avg({distinct}{0}){filter}");
/// The average of different decimals. A distinct aggregate of SQLite takes one argument alone.
pub static AVG_DECIMAL_DISTINCT: Function = Function::nullable(
    "avg_decimal_distinct",
    Exactly(2),
    "avg({distinct}{0}){filter}",
);
/// The average of lengths of time.
pub static AVG_DURATION: Function =
    Function::nullable("avg_duration", Exactly(1), "avg({distinct}{0}){filter}");
/// The smallest value.
pub static MIN: Function = Function::nullable("min", Exactly(1), "min({0:sort}){filter}");
/// The largest value.
pub static MAX: Function = Function::nullable("max", Exactly(1), "max({0:sort}){filter}");
/// Whether all are true.
pub static BOOL_AND: Function = Function::nullable("bool_and", Exactly(1), "bool_and({0}){filter}");
/// Whether one is true.
pub static BOOL_OR: Function = Function::nullable("bool_or", Exactly(1), "bool_or({0}){filter}");
/// Statistics of floats, in the order of the rows.
pub static FLOAT_SPREAD: [Function; 4] = [
    Function::nullable(
        "std_dev",
        Exactly(1),
        "stddev_pop({distinct}CAST({0} AS double precision)){filter}",
    ),
    Function::nullable(
        "std_dev_sample",
        Exactly(1),
        "stddev_samp({distinct}CAST({0} AS double precision)){filter}",
    ),
    Function::nullable(
        "variance",
        Exactly(1),
        "var_pop({distinct}CAST({0} AS double precision)){filter}",
    ),
    Function::nullable(
        "variance_sample",
        Exactly(1),
        "var_samp({distinct}CAST({0} AS double precision)){filter}",
    ),
];
/// Those of integers, by exact sums.
pub static INTEGER_SPREAD: [Function; 4] = [
    Function::nullable(
        "std_dev_integer",
        Exactly(1),
        "sqrt(CAST(var_pop({distinct}{0}){filter} AS double precision))",
    ),
    Function::nullable(
        "std_dev_sample_integer",
        Exactly(1),
        "sqrt(CAST(var_samp({distinct}{0}){filter} AS double precision))",
    ),
    Function::nullable(
        "variance_integer",
        Exactly(1),
        "CAST(var_pop({distinct}{0}){filter} AS double precision)",
    ),
    Function::nullable(
        "variance_sample_integer",
        Exactly(1),
        "CAST(var_samp({distinct}{0}){filter} AS double precision)",
    ),
];
/// Those of decimals, by exact sums: without the zeros at the end, by which PostgreSQL would count more digits.
pub static DECIMAL_SPREAD: [Function; 4] = [
    Function::nullable(
        "std_dev_decimal",
        Exactly(1),
        "sqrt(CAST(var_pop({distinct}trim_scale({0})){filter} AS double precision))",
    ),
    Function::nullable(
        "std_dev_sample_decimal",
        Exactly(1),
        "sqrt(CAST(var_samp({distinct}trim_scale({0})){filter} AS double precision))",
    ),
    Function::nullable(
        "variance_decimal",
        Exactly(1),
        "CAST(var_pop({distinct}trim_scale({0})){filter} AS double precision)",
    ),
    Function::nullable(
        "variance_sample_decimal",
        Exactly(1),
        "CAST(var_samp({distinct}trim_scale({0})){filter} AS double precision)",
    ),
];
/// The texts, with another between.
pub static STRING_AGG: Function = Function::nullable(
    "string_agg",
    Exactly(2),
    "string_agg({distinct}{0}, {1}{order}){filter}",
);
/// The different texts, with another between. SQLite's own takes no separator then.
pub static STRING_AGG_DISTINCT: Function = Function::nullable(
    "string_agg_distinct",
    Exactly(2),
    "string_agg({distinct}{0}, {1}{order}){filter}",
);
/// The values as a JSON array.
pub static JSON_AGG: Function = Function::nullable(
    "json_agg",
    Exactly(1),
    "jsonb_agg({distinct}{0}{order}){filter}",
);
/// The values as an array.
pub static ARRAY_AGG: Function = Function::nullable(
    "array_agg",
    Exactly(1),
    "array_agg({distinct}{0}{order}){filter}",
);

/// A value as JSON.
pub static JSON_OF: Function =
    Function::never_null("json_of", Exactly(1), "to_jsonb({0})").returning(ColumnType::Json);
/// A truth value as JSON.
pub static JSON_OF_BOOL: Function =
    Function::never_null("json_of_bool", Exactly(1), "to_jsonb({0})").returning(ColumnType::Json);
/// A document as a part of another.
pub static JSON_OF_JSON: Function =
    Function::never_null("json_of_json", Exactly(1), "{0}").returning(ColumnType::Json);

/// Zero in the place of NULL: a count of no rows, which a join does not find.
pub static OR_ZERO: Function = Function::never_null("or_zero", Exactly(1), "coalesce({0}, 0)");
/// The empty text in the place of NULL.
pub static OR_EMPTY: Function =
    Function::never_null("or_empty", Exactly(1), "coalesce({0}, '')").returning(ColumnType::Text);

/// Something that is the same in all rows.
pub static ANY_CONSTANT: Function =
    Function::never_null("any_constant", Exactly(0), "coalesce(0, 0)");

/// Those whose result depends on the order of the rows.
pub static GATHERING: &[&Function] = &[&STRING_AGG, &STRING_AGG_DISTINCT, &JSON_AGG, &ARRAY_AGG];

/// Every aggregate of this file.
pub static ALL: &[&Function] = &[
    &COUNT_ROWS,
    &COUNT,
    &SUM_SHORT,
    &SUM_LONG,
    &SUM_FLOAT,
    &SUM_DECIMAL,
    &SUM_DURATION,
    &AVG_INTEGER,
    &AVG_FLOAT,
    &AVG_DECIMAL,
    &AVG_DECIMAL_DISTINCT,
    &AVG_DURATION,
    &MIN,
    &MAX,
    &BOOL_AND,
    &BOOL_OR,
    &FLOAT_SPREAD[0],
    &FLOAT_SPREAD[1],
    &FLOAT_SPREAD[2],
    &FLOAT_SPREAD[3],
    &INTEGER_SPREAD[0],
    &INTEGER_SPREAD[1],
    &INTEGER_SPREAD[2],
    &INTEGER_SPREAD[3],
    &DECIMAL_SPREAD[0],
    &DECIMAL_SPREAD[1],
    &DECIMAL_SPREAD[2],
    &DECIMAL_SPREAD[3],
    &STRING_AGG,
    &STRING_AGG_DISTINCT,
    &JSON_AGG,
    &ARRAY_AGG,
    &JSON_OF,
    &JSON_OF_BOOL,
];

/// The function of different values alone.
pub fn distinct(function: &'static Function) -> &'static Function {
    if function == &STRING_AGG {
        &STRING_AGG_DISTINCT
    } else if function == &AVG_DECIMAL {
        &AVG_DECIMAL_DISTINCT
    } else {
        function
    }
}

/// The sum of values of a type.
pub const fn sum(of: ColumnType) -> &'static Function {
    match of {
        ColumnType::I16 | ColumnType::I32 => &SUM_SHORT,
        ColumnType::F32 | ColumnType::F64 => &SUM_FLOAT,
        ColumnType::Decimal => &SUM_DECIMAL,
        ColumnType::Duration => &SUM_DURATION,
        _ => &SUM_LONG,
    }
}

/// The average of values of a type.
pub const fn avg(of: ColumnType) -> &'static Function {
    match of {
        ColumnType::F32 | ColumnType::F64 => &AVG_FLOAT,
        ColumnType::Decimal => &AVG_DECIMAL,
        ColumnType::Duration => &AVG_DURATION,
        _ => &AVG_INTEGER,
    }
}

/// The statistics of values of a type.
const fn spread(of: ColumnType) -> &'static [Function; 4] {
    match of {
        ColumnType::F32 | ColumnType::F64 => &FLOAT_SPREAD,
        ColumnType::Decimal => &DECIMAL_SPREAD,
        _ => &INTEGER_SPREAD,
    }
}

/// The standard deviation of all the values of a type that there are.
pub const fn std_dev(of: ColumnType) -> &'static Function {
    &spread(of)[0]
}

/// The standard deviation, estimated from a sample.
pub const fn std_dev_sample(of: ColumnType) -> &'static Function {
    &spread(of)[1]
}

/// The variance of all the values of a type that there are.
pub const fn variance(of: ColumnType) -> &'static Function {
    &spread(of)[2]
}

/// The variance, estimated from a sample.
pub const fn variance_sample(of: ColumnType) -> &'static Function {
    &spread(of)[3]
}

/// The smallest of values of a type.
pub const fn min(of: ColumnType) -> &'static Function {
    match of {
        ColumnType::Bool => &BOOL_AND,
        _ => &MIN,
    }
}

/// The largest of values of a type.
pub const fn max(of: ColumnType) -> &'static Function {
    match of {
        ColumnType::Bool => &BOOL_OR,
        _ => &MAX,
    }
}
