//! A database in memory with the tests' tables and the functions that the driver registers.

use std::cmp::Ordering;
use std::rc::Rc;

use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::{Value as Sql, ValueRef};
use rusqlite::{Connection, Result, params_from_iter};
use rust_decimal::Decimal;

use super::inherited::{ARTICLE, CONTENT, REPORT};
use super::links::{BOOK_TAGS, TAG, TAGGING};
use super::schema::{AUTHOR, BOOK, CATEGORY, FILM, PROFILE, REVIEW, SAMPLE, STOCK};
use crate::ast::Statement;
use crate::decimal::{self, Stored};
use crate::dialect::{SqlDialect, SqliteDialect};
use crate::json_order;
use crate::text_case;
use crate::types::date_text;
use crate::value::Value;

/// An empty database with all tables.
pub fn database() -> Connection {
    let db = Connection::open_in_memory().unwrap();
    rusqlite::vtab::array::load_module(&db).unwrap();
    register(&db).unwrap();
    for model in [
        &AUTHOR, &BOOK, &REVIEW, &CATEGORY, &PROFILE, &SAMPLE, &FILM, &STOCK, &TAG, &BOOK_TAGS,
        &TAGGING, &CONTENT, &ARTICLE, &REPORT,
    ] {
        let columns: Vec<String> = model
            .fields
            .iter()
            .map(|field| {
                let of = if field.options.auto_increment {
                    SqliteDialect.auto_increment(field.column_type).to_owned()
                } else {
                    SqliteDialect.column_type(field)
                };
                format!("\"{}\" {of}", field.column)
            })
            .collect();
        db.execute_batch(&format!(
            "CREATE TABLE \"{}\" ({})",
            model.table,
            columns.join(", ")
        ))
        .unwrap();
    }
    db.execute_batch("CREATE UNIQUE INDEX \"key\" ON \"book\" (\"author_id\", \"title\")")
        .unwrap();
    db
}

/// Checks that SQLite understands a statement.
#[track_caller]
pub fn prepare(sql: &str) {
    if let Err(error) = database().prepare(sql) {
        panic!("{sql}\n{error}");
    }
}

/// Runs a statement and shows each row as its values with blanks between.
#[track_caller]
pub fn run(db: &Connection, statement: impl Into<Statement>) -> Vec<String> {
    let compiled = super::sqlite(statement);
    let result = db.prepare(&compiled.sql).and_then(|mut statement| {
        let width = statement.column_count();
        let rows =
            statement.query_map(params_from_iter(compiled.params.iter().map(bound)), |row| {
                let values: Vec<String> = (0..width)
                    .map(|index| shown(row.get_ref(index).unwrap()))
                    .collect();
                Ok(values.join(" "))
            })?;
        rows.collect::<Result<Vec<_>>>()
    });
    result.unwrap_or_else(|error| panic!("{}\n{error}", compiled.sql))
}

fn shown(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "NULL".to_owned(),
        ValueRef::Integer(v) => v.to_string(),
        ValueRef::Real(v) => v.to_string(),
        ValueRef::Text(v) => String::from_utf8_lossy(v).into_owned(),
        ValueRef::Blob(v) => format!("{v:?}"),
    }
}

enum Bound {
    One(Sql),
    Many(Rc<Vec<Sql>>),
}

impl rusqlite::ToSql for Bound {
    fn to_sql(&self) -> Result<rusqlite::types::ToSqlOutput<'_>> {
        match self {
            Self::One(value) => value.to_sql(),
            Self::Many(values) => values.to_sql(),
        }
    }
}

fn bound(value: &Value) -> Bound {
    match value {
        Value::Array(array) => Bound::Many(Rc::new(array.values.iter().map(held).collect())),
        value => Bound::One(held(value)),
    }
}

/// The form in which the driver binds a value.
fn held(value: &Value) -> Sql {
    match value {
        Value::Bool(v) => Sql::Integer(i64::from(*v)),
        Value::I16(v) => Sql::Integer(i64::from(*v)),
        Value::I32(v) => Sql::Integer(i64::from(*v)),
        Value::I64(v) => Sql::Integer(*v),
        Value::F64(v) => Sql::Real(*v),
        Value::Text(v) => Sql::Text(v.to_string()),
        Value::Bytes(v) => Sql::Blob(v.clone()),
        Value::Decimal(v) => stored(*v),
        Value::Date(v) => Sql::Text(date_text::from_date(*v).unwrap()),
        Value::Timestamp(v) => Sql::Text(date_text::from_date_time(v.naive_utc()).unwrap()),
        other => panic!("the tests bind no {other:?}"),
    }
}

fn stored(value: Decimal) -> Sql {
    match decimal::to_stored(value) {
        Stored::Integer(whole) => Sql::Integer(whole),
        Stored::Real(real) => Sql::Real(real),
        Stored::Text(text) => Sql::Text(text),
    }
}

const FLAGS: FunctionFlags = FunctionFlags::SQLITE_UTF8.union(FunctionFlags::SQLITE_DETERMINISTIC);

/// Functions of the driver that no test here runs.
const STUBS: &[&str] = &[
    "orm_join",
    "orm_float_add",
    "orm_float_sub",
    "orm_float_mul",
    "orm_float_div",
    "orm_int",
    "orm_f32",
    "orm_float_text",
    "orm_read_int",
    "orm_read_float",
    "orm_read_decimal",
    "orm_read_uuid",
    "orm_read_date",
    "orm_read_time",
    "orm_read_date_time",
    "orm_dec_abs",
    "orm_dec_ceil",
    "orm_dec_floor",
    "orm_shl",
    "orm_shr",
    "orm_round_int",
    "orm_round",
    "orm_bit_xor",
    "orm_ceil",
    "orm_floor",
    "orm_exp",
    "orm_sin",
    "orm_cos",
    "orm_tan",
    "orm_atan",
    "orm_sqrt",
    "orm_ln",
    "orm_asin",
    "orm_acos",
    "orm_cot",
    "orm_power",
    "orm_log",
    "orm_atan2",
    "orm_date_add",
    "orm_date_diff",
    "orm_time_add",
    "orm_time_diff",
    "orm_in_tz",
    "orm_trunc_in",
    "orm_json_contains",
    "orm_json_text",
    "orm_json_int",
    "orm_json_float",
    "orm_chr",
    "orm_lpad",
    "orm_md5",
    "orm_ord",
    "orm_repeat",
    "orm_reverse",
    "orm_right",
    "orm_rpad",
    "orm_sha1",
    "orm_sha224",
    "orm_sha256",
    "orm_sha384",
    "orm_sha512",
    "orm_substr",
];

/// An aggregate that the driver registers: here its SQL alone is of interest.
struct Understood;

impl rusqlite::functions::Aggregate<(), Option<i64>> for Understood {
    fn init(&self, _: &mut Context<'_>) -> Result<()> {
        Ok(())
    }

    fn step(&self, _: &mut Context<'_>, (): &mut ()) -> Result<()> {
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, _: Option<()>) -> Result<Option<i64>> {
        Ok(None)
    }
}

fn register(db: &Connection) -> Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8;
    for (name, arguments) in [
        ("orm_sum", 1),
        ("orm_dec_sum", 1),
        ("orm_dec_avg", 2),
        ("orm_std_dev_sample", 1),
        ("orm_exact_variance", 1),
        ("orm_exact_std_dev", 1),
        ("orm_json_list", 1),
        ("orm_array_agg", 1),
    ] {
        db.create_aggregate_function(name, arguments, flags, Understood)?;
    }
    db.create_scalar_function("orm_dec_div", 3, FLAGS, |_| Ok(Sql::Null))?;
    db.create_scalar_function("orm_length", 1, FLAGS, |context| {
        let text = context.get::<Option<String>>(0)?;
        Ok(text.map(|text| i64::try_from(text.chars().count()).unwrap()))
    })?;
    db.create_scalar_function("orm_ends_with", 2, FLAGS, |context| {
        let (text, end) = (
            context.get::<Option<String>>(0)?,
            context.get::<Option<String>>(1)?,
        );
        Ok(text.zip(end).map(|(text, end)| text.ends_with(&end)))
    })?;
    db.create_scalar_function("orm_lower", 1, FLAGS, |context| {
        Ok(context
            .get::<Option<String>>(0)?
            .map(|text| text_case::lower(&text)))
    })?;
    db.create_scalar_function("orm_upper", 1, FLAGS, |context| {
        Ok(context
            .get::<Option<String>>(0)?
            .map(|text| text_case::upper(&text)))
    })?;
    db.create_scalar_function("orm_now", 0, FunctionFlags::SQLITE_UTF8, |_| {
        Ok(date_text::from_date_time(chrono::Utc::now().naive_utc()))
    })?;
    db.create_scalar_function("orm_regexp", 3, FLAGS, |context| {
        context.get::<String>(0).map(|_| true)
    })?;
    // What is only printed here, and run by the tests of both databases.
    for name in STUBS {
        db.create_scalar_function(*name, -1, FLAGS, |_| Ok(Sql::Null))?;
    }
    integers(db)?;
    decimals(db)?;
    db.create_scalar_function("orm_json_cmp", 2, FLAGS, |context| {
        let (a, b) = (context.get::<String>(0)?, context.get::<String>(1)?);
        Ok(json_order::compare_text(&a, &b) as i8)
    })?;
    db.create_collation("orm_json", json_order::compare_text)?;
    db.create_collation("orm_decimal", decimal::compare_text)
}

fn integers(db: &Connection) -> Result<()> {
    type Operation = fn(i64, i64) -> Option<i64>;
    let operations: [(&str, Operation); 5] = [
        ("orm_add", |a, b| Some(a + b)),
        ("orm_sub", |a, b| Some(a - b)),
        ("orm_mul", |a, b| Some(a * b)),
        ("orm_div", i64::checked_div),
        ("orm_mod", i64::checked_rem),
    ];
    for (name, operation) in operations {
        db.create_scalar_function(name, 3, FLAGS, move |context| {
            let pair = context
                .get::<Option<i64>>(0)?
                .zip(context.get::<Option<i64>>(1)?);
            Ok(pair.and_then(|(a, b)| operation(a, b)))
        })?;
    }
    db.create_scalar_function("orm_neg", 2, FLAGS, |context| {
        Ok(context.get::<Option<i64>>(0)?.map(|a| -a))
    })
}

fn decimals(db: &Connection) -> Result<()> {
    type Operation = fn(Decimal, Decimal) -> Option<Decimal>;
    let operations: [(&str, Operation); 5] = [
        ("orm_dec_add", |a, b| decimal::add(a, b).ok()),
        ("orm_dec_sub", |a, b| decimal::subtract(a, b).ok()),
        ("orm_dec_mul", |a, b| decimal::multiply(a, b).ok()),
        ("orm_dec_div", |a, b| {
            decimal::divide(a, b, 0).ok().flatten()
        }),
        ("orm_dec_mod", |a, b| {
            decimal::remainder(a, b).ok().flatten()
        }),
    ];
    for (name, operation) in operations {
        db.create_scalar_function(name, 2, FLAGS, move |context| {
            let pair = number(context, 0).zip(number(context, 1));
            Ok(pair
                .and_then(|(a, b)| operation(a, b))
                .map_or(Sql::Null, stored))
        })?;
    }
    db.create_scalar_function("orm_dec_neg", 1, FLAGS, |context| {
        Ok(number(context, 0).map_or(Sql::Null, |value| stored(-value)))
    })?;
    db.create_scalar_function("orm_dec_text", 1, FLAGS, |context| {
        Ok(number(context, 0).map(decimal::to_text))
    })?;
    db.create_scalar_function("orm_dec_round", 2, FLAGS, |context| {
        let rounded =
            number(context, 0).and_then(|value| decimal::round(value, context.get(1).ok()?).ok());
        Ok(rounded.map_or(Sql::Null, stored))
    })?;
    db.create_scalar_function("orm_dec_cmp", 2, FLAGS, |context| {
        let pair = number(context, 0).zip(number(context, 1));
        Ok(pair.map(|(a, b)| match a.cmp(&b) {
            Ordering::Less => -1,
            Ordering::Equal => 0,
            Ordering::Greater => 1,
        }))
    })
}

fn number(context: &Context<'_>, index: usize) -> Option<Decimal> {
    match context.get_raw(index) {
        ValueRef::Integer(v) => Some(Decimal::from(v)),
        ValueRef::Real(v) => decimal::from_f64(v).ok(),
        ValueRef::Text(v) => decimal::from_text(std::str::from_utf8(v).ok()?).ok(),
        ValueRef::Null | ValueRef::Blob(_) => None,
    }
}
