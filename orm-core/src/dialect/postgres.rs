//! PostgreSQL's words. The rows of [`builtin`](crate::ast::builtin) are written in them.

use chrono::{DateTime, NaiveDateTime, Utc};

use super::{ArithmeticForm, Dialect, Features, Operand, SqlDialect, literal};
use crate::ast::{ArithmeticOp, Lookup};
use crate::schema::FieldSchema;
use crate::value::{ColumnType, Value};

/// PostgreSQL.
#[derive(Debug)]
pub struct PostgresDialect {
    /// The collation under which case is mapped by Unicode.
    collation: &'static str,
}

static FEATURES: Features = Features {
    distinct_on: true,
    row_locks: true,
    row_ids: false,
    insert_arrays: true,
    regex_exprs: false,
};

/// One dialect for each collation that maps case by Unicode, the best first; the last is the
/// database's own, for a server that has none of them.
static DIALECTS: [PostgresDialect; 6] = [
    PostgresDialect {
        collation: "pg_c_utf8",
    },
    PostgresDialect {
        collation: "C.utf8",
    },
    PostgresDialect {
        collation: "C.UTF-8",
    },
    PostgresDialect {
        collation: "en_US.utf8",
    },
    PostgresDialect {
        collation: "und-x-icu",
    },
    PostgresDialect {
        collation: "default",
    },
];

impl PostgresDialect {
    /// The dialect of a server of which nothing is known.
    pub fn standard() -> &'static Self {
        &DIALECTS[1]
    }

    /// The dialect of a server that has these collations.
    pub fn with_collation(available: &[String]) -> &'static Self {
        let has = |dialect: &&Self| available.iter().any(|name| name == dialect.collation);
        DIALECTS.iter().find(has).unwrap_or(&DIALECTS[5])
    }
}

impl SqlDialect for PostgresDialect {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn name(&self) -> &'static str {
        "PostgreSQL"
    }

    fn features(&self) -> &'static Features {
        &FEATURES
    }

    fn push_placeholder(&self, sql: &mut String, number: usize) {
        sql.push('$');
        super::push_number(sql, number as u64);
    }

    fn push_literal(&self, sql: &mut String, value: &Value) -> Result<(), &'static str> {
        if literal::push_common(sql, value)? {
            return Ok(());
        }
        push_typed_literal(sql, value)
    }

    fn lookup_sql(&self, lookup: &'static Lookup, literal: bool) -> &'static str {
        // These may map one character to several, "ß" for one, or ASCII letters alone: then the server maps the value too.
        let maps_otherwise = matches!(self.collation, "und-x-icu" | "default");
        let by_server = maps_otherwise && lookup.sql.contains("{unicode}");
        lookup
            .literal
            .filter(|_| literal && !by_server)
            .unwrap_or(lookup.sql)
    }

    fn unicode_collation(&self) -> &'static str {
        self.collation
    }

    fn cast_sql(&self, from: Option<ColumnType>, to: ColumnType) -> &'static str {
        use ColumnType::{Bool, Decimal, F32, F64, I16, I32, I64, Text};
        match (from, to) {
            // A plain cast rounds.
            (Some(F32 | F64 | Decimal), I16 | I32 | I64) => "CAST(trunc({0}) AS {type})",
            (Some(I16 | I32 | I64), Bool) => "({0} <> 0)",
            (Some(Bool), I16 | I64) => "CAST(CAST({0} AS integer) AS {type})",
            // Without the zeros behind the point that a column's scale asks for.
            (Some(Decimal), Text) => "CAST(trim_scale({0}) AS {type})",
            _ => "CAST({0} AS {type})",
        }
    }

    fn type_name(&self, column_type: ColumnType) -> &'static str {
        match column_type {
            ColumnType::Bool => "boolean",
            ColumnType::I16 => "smallint",
            ColumnType::I32 => "integer",
            ColumnType::I64 => "bigint",
            ColumnType::F32 => "real",
            ColumnType::F64 => "double precision",
            // `create_tables` makes a text of it; a type of the database's own is told by its column.
            ColumnType::Text | ColumnType::Enum => "text",
            ColumnType::Bytes => "bytea",
            ColumnType::Decimal => "numeric",
            ColumnType::Uuid => "uuid",
            ColumnType::Date => "date",
            ColumnType::Time => "time",
            ColumnType::DateTime => "timestamp",
            ColumnType::Timestamp => "timestamptz",
            ColumnType::Duration => "interval",
            ColumnType::Json => "jsonb",
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
            // `numeric(p)` alone would have no digits behind the point.
            (ColumnType::Decimal, _, Some(digits), Some(places)) => {
                format!("numeric({digits}, {places})")
            }
            (column_type, ..) => self.type_name(column_type).to_owned(),
        }
    }

    fn auto_increment(&self, column_type: ColumnType) -> &'static str {
        match column_type {
            ColumnType::I16 => "smallint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
            ColumnType::I32 => "integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
            _ => "bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
        }
    }

    fn arithmetic(&self, op: ArithmeticOp, result: ColumnType) -> ArithmeticForm {
        match (op, result) {
            (ArithmeticOp::Add, _) => ArithmeticForm::Operator(" + "),
            (ArithmeticOp::Sub, _) => ArithmeticForm::Operator(" - "),
            (ArithmeticOp::Mul, _) => ArithmeticForm::Operator(" * "),
            (ArithmeticOp::Div, _) => ArithmeticForm::Operator(" / "),
            // PostgreSQL has no remainder of floats.
            (ArithmeticOp::Rem, ColumnType::F32 | ColumnType::F64) => {
                ArithmeticForm::Template("({0} - {1} * trunc({0} / NULLIF({1}, 0)))")
            }
            (ArithmeticOp::Rem, _) => ArithmeticForm::Operator(" % "),
        }
    }

    fn in_values_sql(&self, _: &Operand<'_>, _: &Value, negated: bool) -> &'static str {
        if negated {
            "{0} <> ALL({1})"
        } else {
            "{0} = ANY({1})"
        }
    }

    fn nulls_first(&self, descending: bool) -> bool {
        descending
    }

    fn enums_have_types(&self) -> bool {
        true
    }
}

/// Literals whose type must be said.
fn push_typed_literal(sql: &mut String, value: &Value) -> Result<(), &'static str> {
    let typed = |sql: &mut String, text: &str, of: &str| {
        push_text(sql, text)?;
        sql.push_str("::");
        sql.push_str(of);
        Ok(())
    };
    match value {
        Value::Text(v) => push_text(sql, v),
        Value::Enum(v) => push_text(sql, v),
        Value::Decimal(v) => {
            literal::push(sql, format_args!("{v}"));
            Ok(())
        }
        Value::Bytes(v) => {
            // The hexadecimal form must keep its backslash whatever the server's settings are.
            sql.push_str("decode('");
            literal::push_hex(sql, v);
            sql.push_str("', 'hex')");
            Ok(())
        }
        Value::Uuid(v) => typed(sql, &v.to_string(), "uuid"),
        Value::Date(v) => typed(sql, &v.to_string(), "date"),
        Value::Time(v) => typed(sql, &v.format("%H:%M:%S%.6f").to_string(), "time"),
        Value::DateTime(v) => typed(sql, &date_time(v), "timestamp"),
        Value::Timestamp(v) => typed(sql, &timestamp(v), "timestamptz"),
        Value::Duration(v) => {
            let micros = v.num_microseconds().ok_or("the duration is too long")?;
            typed(sql, &format!("{micros} microseconds"), "interval")
        }
        Value::Json(v) => typed(sql, &v.to_string(), "jsonb"),
        _ => Err("the value has no literal"),
    }
}

/// A text literal. With a backslash it is written as an escape string, whose meaning does not
/// depend on the server's settings.
fn push_text(sql: &mut String, text: &str) -> Result<(), &'static str> {
    if !text.contains('\\') {
        return literal::push_text(sql, text);
    }
    sql.push('E');
    literal::push_text(sql, &text.replace('\\', "\\\\"))
}

fn date_time(value: &NaiveDateTime) -> String {
    value.format("%Y-%m-%d %H:%M:%S%.6f").to_string()
}

fn timestamp(value: &DateTime<Utc>) -> String {
    value.format("%Y-%m-%d %H:%M:%S%.6f+00").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_collation_there_is() {
        let of = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            PostgresDialect::with_collation(&names).unicode_collation()
        };
        assert_eq!(of(&["C", "en_US.utf8", "C.UTF-8"]), "C.UTF-8");
        assert_eq!(of(&["und-x-icu", "pg_c_utf8"]), "pg_c_utf8");
        assert_eq!(of(&["C"]), "default");
        assert_eq!(PostgresDialect::standard().unicode_collation(), "C.utf8");
    }

    #[test]
    fn a_collation_that_maps_otherwise_maps_both_sides() {
        use crate::ast::builtin::lookups;
        let icu = PostgresDialect::with_collation(&["und-x-icu".to_owned()]);
        let both = "upper({0} COLLATE {unicode}) = upper({1} COLLATE {unicode})";
        assert_eq!(icu.lookup_sql(&lookups::IEXACT, true), both);
        assert_eq!(
            icu.lookup_sql(&lookups::CONTAINS, true),
            "{0} LIKE {1:contains}"
        );
        let standard = PostgresDialect::standard();
        assert_eq!(
            standard.lookup_sql(&lookups::IEXACT, true),
            "upper({0} COLLATE {unicode}) = {1:upper}"
        );
        assert_eq!(standard.lookup_sql(&lookups::IEXACT, false), both);
    }
}
