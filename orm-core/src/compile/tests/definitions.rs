//! Expressions in definitions of tables: values are literals, columns stand alone, NULL passes.

use super::schema::*;
use crate::ast::builtin::{lookups, text as texts};
use crate::ast::{ArithmeticOp, Expr, In, Members, Quantifier};
use crate::compile::{definition_sql, generated_sql};
use crate::dialect::{PostgresDialect, SqlDialect, SqliteDialect};
use crate::value::{ColumnType, Value};

#[track_caller]
fn defines(expr: Expr, in_sqlite: &str, in_postgres: &str) {
    assert_eq!(
        definition_sql(expr.clone(), "Book", &SqliteDialect).unwrap(),
        in_sqlite
    );
    assert_eq!(
        definition_sql(expr, "Book", PostgresDialect::standard()).unwrap(),
        in_postgres
    );
}

#[track_caller]
fn defines_same(expr: Expr, sql: &str) {
    defines(expr, sql, sql);
}

fn literal(value: Value) -> Expr {
    Expr::Bind(value)
}

#[test]
fn checks() {
    defines_same(
        Expr::compare(
            crate::ast::CompareOp::Gte,
            col(&BOOK, "stock_level"),
            int(0),
        ),
        r#""stock_level" >= 0"#,
    );
    // What is NULL passes, as SQL has it.
    defines_same(
        ne(col(&BOOK, "subtitle"), text("it's")),
        r#""subtitle" <> 'it''s'"#,
    );
    defines_same(
        not(eq(col(&BOOK, "subtitle"), text("x")).or(is_true(col(&BOOK, "is_published")))),
        r#"NOT ("subtitle" = 'x' OR "is_published")"#,
    );
    defines_same(eq(col(&BOOK, "subtitle"), null()), r#""subtitle" IS NULL"#);
    let among = Members::Values(integers(&[1, -2]));
    defines_same(
        Expr::In(Box::new(In {
            subject: col(&BOOK, "sales_count"),
            members: among,
        })),
        r#""sales_count" IN (1, -2)"#,
    );
    defines(
        Expr::lookup(&lookups::STARTSWITH, col(&BOOK, "title"), text("a_")),
        r#"("title" >= 'a_' AND "title" < 'a`')"#,
        r#""title" LIKE E'a\\_%'"#,
    );
}

#[test]
fn generated_columns() {
    let value = Expr::arithmetic(
        ArithmeticOp::Mul,
        col(&BOOK, "price"),
        col(&BOOK, "stock_level"),
        ColumnType::Decimal,
    );
    let field = BOOK.field("price").unwrap();
    let generated =
        |dialect: &dyn SqlDialect| generated_sql(value.clone(), field, "Book", dialect).unwrap();
    assert_eq!(
        generated(&SqliteDialect),
        r#"orm_dec_round(orm_dec_mul("price", "stock_level"), 2)"#
    );
    assert_eq!(
        generated(PostgresDialect::standard()),
        r#""price" * "stock_level""#
    );
    defines(
        Expr::call(&texts::LOWER, vec![col(&BOOK, "title")]),
        r#"orm_lower("title")"#,
        r#"lower("title" COLLATE "C.utf8")"#,
    );
    // A condition as a value is never NULL.
    defines_same(
        truth(eq(col(&BOOK, "subtitle"), text("x"))),
        r#"("subtitle" = 'x') IS TRUE"#,
    );
}

#[test]
fn signs_never_make_a_comment() {
    let negative = Expr::Negate(Box::new((literal(Value::F64(-1.0)), ColumnType::F64)));
    defines_same(negative, "-(-1.0)");
    let minus = Expr::arithmetic(
        ArithmeticOp::Sub,
        col(&SAMPLE, "weight"),
        literal(Value::F64(-1.5)),
        ColumnType::F64,
    );
    defines(
        minus,
        r#"orm_float_sub("weight", -1.5, 64)"#,
        r#""weight" - -1.5"#,
    );
}

#[test]
fn literals() {
    let day = chrono::NaiveDate::from_ymd_opt(2024, 2, 29).unwrap();
    let moment = day.and_hms_micro_opt(1, 2, 3, 4).unwrap();
    defines(
        literal(Value::Date(day)),
        "'2024-02-29'",
        "'2024-02-29'::date",
    );
    defines(
        literal(Value::Timestamp(moment.and_utc())),
        "'2024-02-29 01:02:03.000004'",
        "'2024-02-29 01:02:03.000004+00'::timestamptz",
    );
    defines(
        literal(Value::Bytes(vec![0, 255])),
        "X'00ff'",
        "decode('00ff', 'hex')",
    );
    defines(
        literal(Value::Uuid(uuid::Uuid::nil())),
        "'00000000000000000000000000000000'",
        "'00000000-0000-0000-0000-000000000000'::uuid",
    );
    defines(
        literal(Value::Duration(chrono::TimeDelta::seconds(2))),
        "2000000",
        "'2000000 microseconds'::interval",
    );
    defines(
        literal(Value::Json(Box::new(serde_json::json!({"a": "'"})))),
        r#"'{"a": "''"}'"#,
        r#"'{"a":"''"}'::jsonb"#,
    );
    defines(dec("1.50"), "1.5", "1.50");
    defines(
        dec("12345678901234567.5"),
        "'12345678901234567.5'",
        "12345678901234567.5",
    );
    defines_same(literal(Value::Bool(true)), "TRUE");
    defines_same(literal(Value::F64(1e300)), "1e300");
    defines_same(null(), "NULL");
}

#[test]
fn what_has_no_literal_is_refused() {
    let message = |expr| {
        definition_sql(expr, "Book", &SqliteDialect)
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        message(text("a\0b")),
        "this query of Book cannot run: a text in a table's definition cannot contain the character NUL"
    );
    assert!(message(literal(Value::F64(f64::NAN))).contains("not finite"));
}

#[test]
fn other_tables_are_refused() {
    let message = |expr| {
        definition_sql(expr, "Book", &SqliteDialect)
            .unwrap_err()
            .to_string()
    };
    let expected = "this query of Book cannot run: the definition of a table can only use the table's own columns";
    assert_eq!(
        message(eq(via(&[&BOOK_AUTHOR], &AUTHOR, "name"), text("x"))),
        expected
    );
    assert_eq!(
        message(eq(via(&[&BOOK_REVIEWS], &REVIEW, "rating"), int(1))),
        expected
    );
    assert_eq!(
        message(quantified(&[&BOOK_REVIEWS], Quantifier::Any, None)),
        expected
    );
    assert_eq!(
        message(Expr::Exists(Box::new(ids(&AUTHOR, vec![])))),
        expected
    );
    defines_same(
        eq(via(&[&BOOK_AUTHOR], &AUTHOR, "id"), int(1)),
        r#""author_id" = 1"#,
    );
}

#[test]
fn types_of_columns() {
    let types = |dialect: &dyn SqlDialect| {
        let fields = BOOK.fields.iter().chain(&SAMPLE.fields[1..]);
        fields
            .map(|field| dialect.column_type(field))
            .collect::<Vec<_>>()
            .join(", ")
    };
    assert_eq!(
        types(&SqliteDialect),
        "bigint, text, text, bigint, bigint, decimal(6, 2), integer, integer, bool, datetime, smallint, float, real, text COLLATE orm_decimal, bool, time, char(32), text, bigint"
    );
    assert_eq!(
        types(PostgresDialect::standard()),
        "bigint, text, text, bigint, bigint, numeric(6, 2), integer, integer, boolean, timestamptz, smallint, real, double precision, numeric(30, 10), boolean, time, uuid, jsonb, interval"
    );
}
