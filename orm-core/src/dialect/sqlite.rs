//! SQLite's words. What it lacks, functions registered in Rust provide: their names begin with `orm_`.

mod aggregates;
mod casts;
mod overrides;

use super::{ArithmeticForm, Dialect, Features, Operand, RowsForm, SqlDialect, literal};
use crate::ast::{ArithmeticOp, Function, Lookup};
use crate::decimal::{self, Stored};
use crate::schema::FieldSchema;
use crate::types::{date_text, json_text};
use crate::value::{ColumnType, Value};

/// SQLite.
#[derive(Debug)]
pub struct SqliteDialect;

static FEATURES: Features = Features {
    distinct_on: false,
    row_locks: false,
    row_ids: true,
    insert_arrays: false,
    ordered_arrays: false,
    decimal_ranges: false,
    counts_cascades: false,
    regex_exprs: true,
};

/// Decimals of so many digits have a double each, so that a NUMERIC column keeps them.
const NUMERIC_DIGITS: u32 = 15;

impl SqlDialect for SqliteDialect {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn name(&self) -> &'static str {
        "SQLite"
    }

    fn features(&self) -> &'static Features {
        &FEATURES
    }

    fn push_placeholder(&self, sql: &mut String, number: usize) {
        sql.push('?');
        super::push_number(sql, number as u64);
    }

    fn push_literal(&self, sql: &mut String, value: &Value) -> Result<(), &'static str> {
        if literal::push_common(sql, value)? {
            return Ok(());
        }
        push_stored_literal(sql, value)
    }

    fn definition_sql(&self, function: &'static Function) -> &'static str {
        if let Some(sql) = function.sqlite {
            return sql;
        }
        match function.name {
            // To the millisecond, as a column holds it: no fraction where that is zero.
            "now" => "replace(strftime('%Y-%m-%d %H:%M:%f000', 'now'), '.000000', '')",
            // SQLite's own, which takes a NUL character for the end.
            "length" => "length({0})",
            "left" => "substr({0}, 1, max({1}, 0))",
            "right" => "substr({0}, max(length({0}) - max({1}, 0), 0) + 1)",
            // Characters before the first count, where SQLite's own would count them from the end.
            "substr" => "substr({0}, max({1}, 1), max(min({1}, 1) - 1 + {2}, 0))",
            "substr_from" => "substr({0}, max({1}, 1))",
            _ => self.function_sql(function),
        }
    }

    fn definition_lookup_sql(&self, lookup: &'static Lookup) -> &'static str {
        match lookup.name {
            "endswith" if lookup.sqlite.is_none() => {
                "substr({0}, length({0}) - length({1}) + 1) = {1}"
            }
            _ => self.lookup_sql(lookup, true),
        }
    }

    fn function_sql(&self, function: &'static Function) -> &'static str {
        match function.sqlite {
            Some(sql) => sql,
            None => overrides::function(function.name).unwrap_or(function.sql),
        }
    }

    fn lookup_sql(&self, lookup: &'static Lookup, literal: bool) -> &'static str {
        if let Some(sql) = lookup.sqlite {
            return sql;
        }
        match overrides::lookup(lookup.name) {
            Some((_, for_literal)) if literal => for_literal,
            Some((for_any, _)) => for_any,
            None => lookup.literal.filter(|_| literal).unwrap_or(lookup.sql),
        }
    }

    fn collation(&self, name: &'static str) -> &'static str {
        match name {
            "C" => "BINARY",
            other => other,
        }
    }

    fn cast_sql(&self, from: Option<ColumnType>, to: ColumnType) -> &'static str {
        casts::template(from, to)
    }

    fn type_name(&self, column_type: ColumnType) -> &'static str {
        // The names Django uses, so that either program can read the other's tables. Beware of the
        // affinity that SQLite finds in a name: JSON in a column called `json` would be NUMERIC.
        match column_type {
            ColumnType::Bool => "bool",
            ColumnType::I16 => "smallint",
            ColumnType::I32 => "integer",
            ColumnType::I64 | ColumnType::Duration => "bigint",
            ColumnType::F32 => "float",
            ColumnType::F64 => "real",
            ColumnType::Text | ColumnType::Json | ColumnType::Enum | ColumnType::Array => "text",
            ColumnType::Bytes => "blob",
            ColumnType::Decimal => "text COLLATE orm_decimal",
            ColumnType::Uuid => "char(32)",
            ColumnType::Date => "date",
            ColumnType::Time => "time",
            ColumnType::DateTime | ColumnType::Timestamp => "datetime",
        }
    }

    fn column_type(&self, field: &FieldSchema) -> String {
        let options = &field.options;
        match (
            field.column_type,
            options.max_length,
            options.max_digits,
            options.decimal_places,
        ) {
            (ColumnType::Text | ColumnType::Enum, Some(length), ..) => {
                format!("varchar({length})")
            }
            (ColumnType::Decimal, _, Some(digits), places) if digits <= NUMERIC_DIGITS => {
                match places {
                    Some(places) => format!("decimal({digits}, {places})"),
                    None => "decimal".to_owned(),
                }
            }
            (column_type, ..) => self.type_name(column_type).to_owned(),
        }
    }

    fn auto_increment(&self, _: ColumnType) -> &'static str {
        "INTEGER PRIMARY KEY AUTOINCREMENT"
    }

    fn arithmetic(&self, op: ArithmeticOp, result: ColumnType) -> ArithmeticForm {
        use ArithmeticOp::{Add, Div, Mul, Rem, Sub};
        match (op, result) {
            (Add, ColumnType::Decimal) => ArithmeticForm::Function("orm_dec_add"),
            (Sub, ColumnType::Decimal) => ArithmeticForm::Function("orm_dec_sub"),
            (Mul, ColumnType::Decimal) => ArithmeticForm::Function("orm_dec_mul"),
            (Div, ColumnType::Decimal) => ArithmeticForm::Function("orm_dec_div"),
            (Rem, ColumnType::Decimal) => ArithmeticForm::Function("orm_dec_mod"),
            (Add, of) if of.is_integer() => ArithmeticForm::SizedFunction("orm_add", of.bits()),
            (Sub, of) if of.is_integer() => ArithmeticForm::SizedFunction("orm_sub", of.bits()),
            (Mul, of) if of.is_integer() => ArithmeticForm::SizedFunction("orm_mul", of.bits()),
            (Div, of) if of.is_integer() => ArithmeticForm::SizedFunction("orm_div", of.bits()),
            (Rem, of) if of.is_integer() => ArithmeticForm::SizedFunction("orm_mod", of.bits()),
            (Add, of) if of.is_float() => ArithmeticForm::SizedFunction("orm_float_add", of.bits()),
            (Sub, of) if of.is_float() => ArithmeticForm::SizedFunction("orm_float_sub", of.bits()),
            (Mul, of) if of.is_float() => ArithmeticForm::SizedFunction("orm_float_mul", of.bits()),
            (Div, of) if of.is_float() => ArithmeticForm::SizedFunction("orm_float_div", of.bits()),
            (Add, _) => ArithmeticForm::Operator(" + "),
            (Sub, _) => ArithmeticForm::Operator(" - "),
            (Mul, _) => ArithmeticForm::Operator(" * "),
            (Div, _) => ArithmeticForm::Operator(" / "),
            // SQLite's `%` is of integers, and it has no `trunc`. A quotient so large is whole already.
            (Rem, _) => ArithmeticForm::Template(
                "({0} - {1} * iif(abs({0} / {1}) < 9e15, CAST({0} / {1} AS INTEGER), {0} / {1}))",
            ),
        }
    }

    fn negation(&self, column_type: ColumnType) -> ArithmeticForm {
        match column_type {
            ColumnType::Decimal => ArithmeticForm::Function("orm_dec_neg"),
            of if of.is_integer() => ArithmeticForm::SizedFunction("orm_neg", of.bits()),
            _ => ArithmeticForm::Operator("-"),
        }
    }

    fn zero_divisor_is_null(&self) -> bool {
        true
    }

    fn compare_function(&self, left: &Operand<'_>, right: &Operand<'_>) -> Option<&'static str> {
        if [left, right].iter().any(|side| is_json(side)) {
            return Some("orm_json_cmp");
        }
        let decimal = Some(ColumnType::Decimal);
        if left.column_type() != decimal && right.column_type() != decimal {
            return None;
        }
        let plain = match (Held::of(left), Held::of(right)) {
            // A column of numbers takes a text for the number nearest to it.
            (Held::Number, Held::Number)
            | (Held::Text, Held::Text | Held::Bound)
            | (Held::Bound, Held::Text) => true,
            (Held::Number, Held::Bound) => is_short(right),
            (Held::Bound, Held::Number) => is_short(left),
            _ => false,
        };
        (!plain).then_some("orm_dec_cmp")
    }

    fn recursion_has_types(&self) -> bool {
        false
    }

    fn numbers_equal_rows(&self) -> bool {
        true
    }

    fn sortable_sql(&self, operand: &Operand<'_>) -> Option<&'static str> {
        match operand {
            Operand::Computed(Some(ColumnType::Decimal)) => {
                Some("CAST({0} AS TEXT) COLLATE orm_decimal")
            }
            other => is_json(other).then_some("CAST({0} AS TEXT) COLLATE orm_json"),
        }
    }

    fn rows_form(&self) -> RowsForm {
        RowsForm::ByNumber("rarray")
    }

    fn row_part_sql(&self, part: &Operand<'_>, values: &Value) -> (&'static str, &'static str) {
        if is_json(part) {
            return ("CAST({0} AS TEXT) COLLATE orm_json", "{0}");
        }
        let held = match part.column_type() {
            Some(ColumnType::Decimal) => Held::of(part),
            _ => Held::Number,
        };
        match held {
            Held::Number if all_short(values) => ("{0}", "{0}"),
            Held::Text => ("{0}", "CAST({0} AS TEXT)"),
            _ => ("CAST({0} AS TEXT) COLLATE orm_decimal", "CAST({0} AS TEXT)"),
        }
    }

    fn in_values_sql(&self, subject: &Operand<'_>, values: &Value, negated: bool) -> &'static str {
        if is_json(subject) {
            return if negated {
                "CAST({0} AS TEXT) COLLATE orm_json NOT IN (SELECT value FROM rarray({1}))"
            } else {
                "CAST({0} AS TEXT) COLLATE orm_json IN (SELECT value FROM rarray({1}))"
            };
        }
        let held = match subject.column_type() {
            Some(ColumnType::Decimal) => Held::of(subject),
            _ => Held::Number,
        };
        match (held, negated) {
            (Held::Number, false) if all_short(values) => "{0} IN rarray({1})",
            (Held::Number, true) if all_short(values) => "{0} NOT IN rarray({1})",
            // A column of texts would not find a number in the array, since that has no type.
            (Held::Text, false) => "{0} IN (SELECT CAST(value AS TEXT) FROM rarray({1}))",
            (Held::Text, true) => "{0} NOT IN (SELECT CAST(value AS TEXT) FROM rarray({1}))",
            (_, false) => {
                "CAST({0} AS TEXT) COLLATE orm_decimal IN (SELECT CAST(value AS TEXT) FROM rarray({1}))"
            }
            (_, true) => {
                "CAST({0} AS TEXT) COLLATE orm_decimal NOT IN (SELECT CAST(value AS TEXT) FROM rarray({1}))"
            }
        }
    }

    fn update_as_it_was(&self) -> &'static str {
        // With a FROM, all new values are computed before the first is written.
        " FROM (SELECT 1)"
    }

    fn nulls_first(&self, descending: bool) -> bool {
        !descending
    }

    fn no_limit(&self) -> Option<&'static str> {
        Some("-1")
    }

    fn round_function(&self) -> Option<&'static str> {
        Some("orm_dec_round")
    }
}

/// Whether texts that differ may be the same document.
fn is_json(operand: &Operand<'_>) -> bool {
    operand.column_type() == Some(ColumnType::Json)
}

/// How a side of a comparison of decimals is held.
enum Held {
    /// A column of INTEGER and REAL.
    Number,
    /// A column of texts, compared by value.
    Text,
    /// A bound value, in whichever form its digits ask for.
    Bound,
    /// Computed: any form, and no column whose rules would help.
    Any,
}

impl Held {
    const fn of(operand: &Operand<'_>) -> Self {
        match operand {
            Operand::Column {
                column_type: ColumnType::Decimal,
                max_digits: Some(digits),
            } if *digits <= NUMERIC_DIGITS => Self::Number,
            Operand::Column {
                column_type: ColumnType::Decimal,
                ..
            } => Self::Text,
            Operand::Column { .. } => Self::Number,
            Operand::Value(_) => Self::Bound,
            Operand::Computed(_) => Self::Any,
        }
    }
}

/// Whether a bound value is no decimal that needs more digits than a number keeps.
fn is_short(operand: &Operand<'_>) -> bool {
    !matches!(operand, Operand::Value(value) if is_long(value))
}

/// Whether an array has no decimal that needs more digits than a number keeps.
fn all_short(values: &Value) -> bool {
    match values.plain() {
        Value::Array(array) if array.element == ColumnType::Decimal => {
            !array.values.iter().any(is_long)
        }
        _ => true,
    }
}

fn is_long(value: &Value) -> bool {
    matches!(value.plain(), Value::Decimal(decimal) if matches!(decimal::to_stored(*decimal), Stored::Text(_)))
}

/// Literals in the form in which SQLite holds the values.
fn push_stored_literal(sql: &mut String, value: &Value) -> Result<(), &'static str> {
    const YEAR: &str = "SQLite holds dates of the years 0 to 9999 only";
    match value {
        Value::Text(v) => literal::push_text(sql, v),
        Value::Enum(v) => literal::push_text(sql, v),
        Value::Decimal(v) => match decimal::to_stored(*v) {
            Stored::Integer(whole) => literal::push_common(sql, &Value::I64(whole)).map(drop),
            Stored::Real(real) => literal::push_common(sql, &Value::F64(real)).map(drop),
            Stored::Text(text) => literal::push_text(sql, &text),
        },
        Value::Bytes(v) => {
            sql.push_str("X'");
            literal::push_hex(sql, v);
            sql.push('\'');
            Ok(())
        }
        Value::Uuid(v) => literal::push_text(sql, &v.simple().to_string()),
        Value::Date(v) => literal::push_text(sql, &date_text::from_date(*v).ok_or(YEAR)?),
        Value::Time(v) => literal::push_text(sql, &date_text::from_time(*v)),
        Value::DateTime(v) => literal::push_text(sql, &date_text::from_date_time(*v).ok_or(YEAR)?),
        Value::Timestamp(v) => {
            literal::push_text(sql, &date_text::from_date_time(v.naive_utc()).ok_or(YEAR)?)
        }
        Value::Duration(v) => {
            let micros = v.num_microseconds().ok_or("the duration is too long")?;
            literal::push_common(sql, &Value::I64(micros)).map(drop)
        }
        Value::Json(v) => literal::push_text(sql, &json_text(v)),
        _ => Err("the value has no literal"),
    }
}
