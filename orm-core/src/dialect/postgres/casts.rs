//! Casts in PostgreSQL's words. One of a text must not fail on what it cannot read, so it looks first; the syntax that is read is
//! that of `orm_core::reading`, by which SQLite's functions read too.

use crate::value::ColumnType::{self, *};

/// The template of a cast.
pub(super) const fn template(from: Option<ColumnType>, to: ColumnType) -> &'static str {
    match (from, to) {
        (Some(Text | Enum), Bool) => "CASE {0} WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END",
        (Some(Text | Enum), I16) => INTEGER_16,
        (Some(Text | Enum), I32) => INTEGER_32,
        (Some(Text | Enum), I64) => INTEGER_64,
        (Some(Text | Enum), F32) => FLOAT_32,
        (Some(Text | Enum), F64) => FLOAT_64,
        (Some(Text | Enum), Decimal) => DECIMAL,
        (Some(Text | Enum), Uuid) => UUID,
        (Some(Text | Enum), Date) => DATE,
        (Some(Text | Enum), Time) => TIME,
        (Some(Text | Enum), DateTime) => DATE_TIME,
        (Some(Text | Enum), Timestamp) => TIMESTAMP,
        // A plain cast rounds.
        (Some(F32 | F64 | Decimal), I16 | I32 | I64) => "CAST(trunc({0}) AS {type})",
        (Some(I16 | I32 | I64), Bool) => "({0} <> 0)",
        (Some(Bool), I16 | I64) => "CAST(CAST({0} AS integer) AS {type})",
        // Without the zeros behind the point that a column's scale asks for.
        (Some(Decimal), Text) => "CAST(trim_scale({0}) AS {type})",
        // Whatever the session's style of dates and its time zone are.
        (Some(Date), Text) => "to_char({0}, 'YYYY-MM-DD')",
        (Some(Time), Text) => "replace(to_char({0}, 'HH24:MI:SS.US'), '.000000', '')",
        (Some(DateTime), Text) => {
            "replace(to_char({0}, 'YYYY-MM-DD HH24:MI:SS.US'), '.000000', '')"
        }
        (Some(Timestamp), Text) => {
            "replace(to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), '.000000', '')"
        }
        (Some(Timestamp), Date | Time) => "CAST({0} AT TIME ZONE 'UTC' AS {type})",
        (Some(Timestamp), DateTime) | (Some(DateTime), Timestamp) => "({0} AT TIME ZONE 'UTC')",
        (Some(Date), Timestamp) => "(CAST({0} AS timestamp) AT TIME ZONE 'UTC')",
        _ => "CAST({0} AS {type})",
    }
}

/// What looks like a whole number of at most 19 digits, then what is in the range.
macro_rules! integer {
    ($low:literal, $high:literal, $type:literal) => {
        concat!(
            "CASE WHEN {0} ~ '^[+-]?[0-9]+$' AND char_length(ltrim({0}, '+-0')) < 20 ",
            "AND char_length({0}) <= 400 THEN ",
            "CASE WHEN CAST({0} AS numeric) BETWEEN ",
            $low,
            " AND ",
            $high,
            " THEN CAST({0} AS ",
            $type,
            ") END END"
        )
    };
}
const INTEGER_16: &str = integer!("-32768", "32767", "smallint");
const INTEGER_32: &str = integer!("-2147483648", "2147483647", "integer");
const INTEGER_64: &str = integer!("-9223372036854775808", "9223372036854775807", "bigint");

/// What looks like a number, with an exponent of at most three digits.
macro_rules! number {
    ($($then:literal),+) => {
        concat!(
            "CASE WHEN {0} ~ '^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9][0-9]?[0-9]?)?$' ",
            "AND char_length({0}) <= 400 THEN ", $($then,)+ " END"
        )
    };
}
const FLOAT_32: &str = number!(
    "CASE WHEN CAST({0} AS numeric) = 0 OR abs(CAST({0} AS numeric)) BETWEEN 1e-37 AND 3.402823e38 ",
    "THEN CAST({0} AS real) END"
);
const FLOAT_64: &str = number!(
    "CASE WHEN CAST({0} AS numeric) = 0 OR abs(CAST({0} AS numeric)) BETWEEN 1e-307 AND 1.797693134862315e308 ",
    "THEN CAST({0} AS double precision) END"
);
const DECIMAL: &str = number!(
    "CASE WHEN abs(CAST({0} AS numeric)) <= 79228162514264337593543950335 THEN round(CAST({0} AS numeric), 28) END"
);

const UUID: &str = concat!(
    "CASE WHEN char_length({0}) IN (32, 36) AND replace({0}, '-', '') ~ '^[0-9A-Fa-f]+$' ",
    "AND char_length(replace({0}, '-', '')) = 32 ",
    "AND (char_length({0}) = 32 OR {0} LIKE '________-____-____-____-____________') THEN CAST({0} AS uuid) END"
);

/// Whether the text begins with a day, and whether the month has it.
macro_rules! day {
    ($behind:literal, $then:literal) => {
        concat!(
            "CASE WHEN {0} ~ '^[0-9][0-9][0-9][0-9]-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])", $behind, "$' ",
            "AND substr({0}, 1, 4) <> '0000' THEN ",
            "CASE WHEN substr({0}, 9, 2) <= to_char(make_date(CAST(substr({0}, 1, 4) AS integer), ",
            "CAST(substr({0}, 6, 2) AS integer), 1) + interval '1 month' - interval '1 day', 'DD') THEN ",
            $then, " END END"
        )
    };
}
const DATE: &str = day!("", "CAST({0} AS date)");
const DATE_TIME: &str = day!(
    "([ T]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9][0-9]?[0-9]?[0-9]?[0-9]?[0-9]?)?)?(Z|[+]00:00)?)?",
    "CAST(replace(replace({0}, 'Z', ''), '+00:00', '') AS timestamp)"
);
const TIMESTAMP: &str = day!(
    "([ T]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9][0-9]?[0-9]?[0-9]?[0-9]?[0-9]?)?)?(Z|[+]00:00)?)?",
    "(CAST(replace(replace({0}, 'Z', ''), '+00:00', '') AS timestamp) AT TIME ZONE 'UTC')"
);
const TIME: &str = concat!(
    "CASE WHEN {0} ~ '^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9][0-9]?[0-9]?[0-9]?[0-9]?[0-9]?)?)?$' ",
    "THEN CAST({0} AS time) END"
);
