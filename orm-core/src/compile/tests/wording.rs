//! Functions that the two databases word differently, side by side.

use super::schema::*;
use super::{both, same, sqlite};
use crate::ast::builtin::moments::{self, Unit};
use crate::ast::builtin::{general, json, lookups, math, text as texts};
use crate::ast::{ArithmeticOp, Expr, Function};
use crate::value::{ColumnType, Value};

/// A function's call as both databases print it.
#[track_caller]
fn prints(function: &'static Function, args: Vec<Expr>, in_sqlite: &str, in_postgres: &str) {
    both(
        values(&BOOK, vec![Expr::call(function, args)]),
        &format!("SELECT {in_sqlite} FROM \"book\""),
        &format!("SELECT {in_postgres} FROM \"book\""),
    );
}

fn title() -> Expr {
    col(&BOOK, "title")
}

fn price() -> Expr {
    col(&BOOK, "price")
}

fn created() -> Expr {
    col(&BOOK, "created_at")
}

fn document() -> Expr {
    Expr::Bind(Value::Json(Box::new(serde_json::Value::Null)))
}

#[test]
fn texts_are_cut_and_filled() {
    prints(
        &texts::SUBSTR,
        vec![title(), int(1), int(2)],
        r#"orm_substr("book"."title", ?1, ?2)"#,
        r#"substr("book"."title", $1, CASE WHEN $2 < 0 THEN 0 ELSE $3 END)"#,
    );
    prints(
        &texts::LPAD,
        vec![title(), int(5), text("*")],
        r#"orm_lpad("book"."title", ?1, ?2)"#,
        r#"lpad("book"."title", $1, $2)"#,
    );
    same(
        values(&BOOK, vec![Expr::call(&texts::TRIM, vec![title()])]),
        r#"SELECT trim("book"."title") FROM "book""#,
    );
    prints(
        &texts::SHA256,
        vec![title()],
        r#"orm_sha256("book"."title")"#,
        r#"encode(sha256(convert_to("book"."title", 'UTF8')), 'hex')"#,
    );
}

#[test]
fn collations_stand_behind_what_they_order() {
    let collated = |name| Expr::Collate(Box::new((title(), name)));
    both(
        ids(&BOOK, vec![eq(collated("C"), text("a"))]),
        r#"SELECT "book"."id" FROM "book" WHERE "book"."title" COLLATE "BINARY" = ?1"#,
        r#"SELECT "book"."id" FROM "book" WHERE "book"."title" COLLATE "C" = $1"#,
    );
    let twice = Expr::Collate(Box::new((collated("a\"b"), "C")));
    assert!(
        sqlite(values(&BOOK, vec![twice]))
            .sql
            .contains(r#"("book"."title" COLLATE "a""b") COLLATE "BINARY""#)
    );
}

#[test]
fn numbers_outside_of_the_domain_are_null() {
    let weight = || col(&SAMPLE, "weight");
    let print = |function, args, in_sqlite: &str, in_postgres: &str| {
        both(
            values(&SAMPLE, vec![Expr::call(function, args)]),
            &format!("SELECT {in_sqlite} FROM \"sample\""),
            &format!("SELECT {in_postgres} FROM \"sample\""),
        );
    };
    print(
        &math::SQRT,
        vec![weight()],
        r#"orm_sqrt("sample"."weight")"#,
        r#"CASE WHEN "sample"."weight" >= 0 THEN sqrt("sample"."weight") END"#,
    );
    print(
        &math::ROUND,
        vec![weight(), int(2)],
        r#"orm_round("sample"."weight", ?1)"#,
        r#"CAST(round(CAST("sample"."weight" AS numeric), $1) AS double precision)"#,
    );
    prints(
        math::round(ColumnType::Decimal),
        vec![price(), int(2)],
        r#"orm_dec_round("book"."price", ?1)"#,
        r#"round("book"."price", $1)"#,
    );
    prints(
        general::greatest(ColumnType::Decimal),
        vec![price(), dec("1.5")],
        r#"max(CAST(coalesce("book"."price", "book"."price", ?1) AS TEXT) COLLATE orm_decimal, CAST(coalesce(?2, "book"."price", ?3) AS TEXT) COLLATE orm_decimal)"#,
        r#"greatest("book"."price", $1)"#,
    );
}

#[test]
fn moments_are_cut_and_moved() {
    let cut = |unit: Unit| unit.function(ColumnType::Timestamp).unwrap();
    prints(
        cut(Unit::Month),
        vec![created()],
        r#"(substr("book"."created_at", 1, 7) || '-01 00:00:00')"#,
        r#"date_trunc('month', "book"."created_at", 'UTC')"#,
    );
    prints(
        Unit::Day.function_in(),
        vec![created(), text("europe/amsterdam")],
        r#"orm_trunc_in("book"."created_at", 'day', ?1)"#,
        r#"date_trunc('day', "book"."created_at", $1)"#,
    );
    let hour = Expr::Bind(Value::Duration(chrono::TimeDelta::hours(1)));
    let add = moments::combined(
        ArithmeticOp::Add,
        ColumnType::Timestamp,
        ColumnType::Duration,
    );
    prints(
        add.unwrap(),
        vec![created(), hour],
        r#"orm_date_add("book"."created_at", ?1)"#,
        r#"(("book"."created_at" AT TIME ZONE 'UTC' + $1) AT TIME ZONE 'UTC')"#,
    );
    let zone = Expr::call(&moments::IN_TZ, vec![created(), text("europe/amsterdam")]);
    let compiled = sqlite(values(&BOOK, vec![zone]));
    assert_eq!(
        compiled.params,
        [Value::Text("Europe/Amsterdam".into())],
        "the name as the database has it"
    );
}

#[test]
fn paths_into_documents() {
    prints(
        &json::AT,
        vec![
            Expr::call(&json::KEY, vec![document(), text("a\"b")]),
            int(0),
        ],
        "((?1 -> ('$.' || json_quote(?2))) -> iif(?3 < 0, '$[#' || ?4 || ']', '$[' || ?5 || ']'))",
        "CASE WHEN jsonb_typeof(($1 -> $2)) = 'array' THEN ($3 -> $4) -> $5 END",
    );
    let part = Expr::lookup(&lookups::JSON_CONTAINS, document(), document());
    both(
        ids(&BOOK, vec![part]),
        r#"SELECT "book"."id" FROM "book" WHERE orm_json_contains(?1, ?2)"#,
        r#"SELECT "book"."id" FROM "book" WHERE $1 @> $2"#,
    );
}

#[test]
fn a_users_own_function_has_a_text_for_each_database() {
    static OWN: Function =
        Function::custom("left", 1, "own({0})", ColumnType::Text).on_sqlite("lower({0})");
    prints(
        &OWN,
        vec![title()],
        r#"lower("book"."title")"#,
        r#"own("book"."title")"#,
    );
}
