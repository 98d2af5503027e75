//! Functions of JSON documents: paths, what a value is as another type, and documents made of values.

use crate::ast::Arity::{AtLeast, Exactly};
use crate::ast::Function;
use crate::value::ColumnType::{self, Bool, Decimal, F32, F64, I16, I32, I64, Json, Text};

/// The member of an object; NULL where there is none, and of what is no object.
pub static KEY: Function =
    Function::nullable("json_key", Exactly(2), "({0} -> {1})").returning(Json);
/// The member of a list, counted from 0, or from -1 at its end; NULL where there is none, and of what is no list. PostgreSQL takes a
/// scalar for a list of one.
pub static AT: Function = Function::nullable(
    "json_at",
    Exactly(2),
    "CASE WHEN jsonb_typeof({0}) = 'array' THEN {0} -> {1} END",
)
.returning(Json);
/// A text, or a number or truth value as one; NULL of everything else.
pub static AS_TEXT: Function = Function::nullable(
    "json_as_text",
    Exactly(1),
    "CASE WHEN jsonb_typeof({0}) IN ('string', 'number', 'boolean') THEN {0} #>> ARRAY[]::text[] END",
)
.returning(Text);
/// A whole number that an `i64` holds; NULL of everything else.
pub static AS_I64: Function = Function::nullable(
    "json_as_i64",
    Exactly(1),
    "CASE WHEN jsonb_typeof({0}) = 'number' THEN \
CASE WHEN CAST({0} AS numeric) = trunc(CAST({0} AS numeric)) \
AND CAST({0} AS numeric) BETWEEN -9223372036854775808 AND 9223372036854775807 \
THEN CAST(CAST({0} AS numeric) AS bigint) END END",
)
.returning(I64);
/// A number that a double holds; NULL of everything else.
pub static AS_F64: Function = Function::nullable(
    "json_as_f64",
    Exactly(1),
    "CASE WHEN jsonb_typeof({0}) = 'number' THEN \
CASE WHEN CAST({0} AS numeric) = 0 OR abs(CAST({0} AS numeric)) BETWEEN 1e-307 AND 1.797693134862315e308 \
THEN CAST({0} AS double precision) END END",
)
.returning(F64);
/// A truth value; NULL of everything else.
pub static AS_BOOL: Function = Function::nullable(
    "json_as_bool",
    Exactly(1),
    "CASE WHEN jsonb_typeof({0}) = 'boolean' THEN CAST({0} AS boolean) END",
)
.returning(Bool);
/// An object with a member set, a document; what is no object stays.
pub static WITH_KEY: Function = Function::strict(
    "json_with_key",
    Exactly(3),
    "CASE jsonb_typeof({0}) WHEN 'object' THEN {0} || jsonb_build_object({1}, {2}) ELSE {0} END",
)
.returning(Json);
/// An object without a member; what is no object stays.
pub static WITHOUT_KEY: Function = Function::strict(
    "json_without_key",
    Exactly(2),
    "CASE jsonb_typeof({0}) WHEN 'object' THEN {0} - {1} ELSE {0} END",
)
.returning(Json);
/// An object of names and documents in turn.
pub static OBJECT: Function =
    Function::never_null("json_object", AtLeast(2), "jsonb_build_object({*})").returning(Json);
/// A list of documents.
pub static ARRAY: Function =
    Function::never_null("json_array", AtLeast(1), "jsonb_build_array({*})").returning(Json);

const fn of(name: &'static str, sql: &'static str) -> Function {
    Function::never_null(name, Exactly(1), sql).returning(Json)
}

/// A text as a document.
pub static OF_TEXT: Function = of(
    "json_of_text",
    "coalesce(to_jsonb(CAST({0} AS text)), 'null')",
);
/// An integer as a document.
pub static OF_INTEGER: Function = of("json_of_integer", "coalesce(to_jsonb({0}), 'null')");
/// A float of 32 bits as a document.
pub static OF_SINGLE: Function = of("json_of_single", "coalesce(to_jsonb({0}), 'null')");
/// A double as a document.
pub static OF_DOUBLE: Function = of("json_of_double", "coalesce(to_jsonb({0}), 'null')");
/// A decimal as a document.
pub static OF_DECIMAL: Function = of(
    "json_of_decimal",
    "coalesce(to_jsonb(trim_scale({0})), 'null')",
);
/// A truth value as a document.
pub static OF_BOOL: Function = of("json_of_bool", "coalesce(to_jsonb({0}), 'null')");
/// A document, with JSON's null for NULL.
pub static OF_JSON: Function = of("json_of_json", "coalesce({0}, 'null')");

/// Every row of this file.
pub static ALL: &[&Function] = &[
    &KEY,
    &AT,
    &AS_TEXT,
    &AS_I64,
    &AS_F64,
    &AS_BOOL,
    &WITH_KEY,
    &WITHOUT_KEY,
    &OBJECT,
    &ARRAY,
    &OF_TEXT,
    &OF_INTEGER,
    &OF_SINGLE,
    &OF_DOUBLE,
    &OF_DECIMAL,
    &OF_BOOL,
    &OF_JSON,
];

/// A value of a type as a document; `None` for what is cast to a text first.
pub const fn document_of(of: ColumnType) -> Option<&'static Function> {
    Some(match of {
        Text => &OF_TEXT,
        I16 | I32 | I64 => &OF_INTEGER,
        F32 => &OF_SINGLE,
        F64 => &OF_DOUBLE,
        Decimal => &OF_DECIMAL,
        Bool => &OF_BOOL,
        Json => &OF_JSON,
        _ => return None,
    })
}
