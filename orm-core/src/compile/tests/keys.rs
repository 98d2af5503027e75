//! Primary keys of several fields.

use super::schema::*;
use super::{both, postgres, same};
use crate::ast::{Delete, Expr, In, Members, Order, Output, Select, Update, UpdateMany};
use crate::value::{ArrayValue, ColumnType, Value};

fn stock() -> Select {
    let mut select = Select::from_model(&STOCK, &[]);
    select.order = Order::By(Vec::new());
    select
}

fn keys(arrays: [Vec<Value>; 3]) -> Expr {
    let types = [ColumnType::I64, ColumnType::Text, ColumnType::Decimal];
    let arrays = types
        .into_iter()
        .zip(arrays)
        .map(|(element, values)| Value::Array(Box::new(ArrayValue { element, values })));
    Expr::In(Box::new(In {
        subject: Expr::key_of(&STOCK),
        members: Members::Rows(arrays.collect()),
    }))
}

fn one_key() -> Expr {
    let lot = Value::Decimal("1.5".parse().unwrap());
    keys([
        vec![Value::I64(1)],
        vec![Value::Text("a".into())],
        vec![lot],
    ])
}

#[test]
fn a_slice_is_known_by_row_values() {
    let mut rows = stock();
    rows.output = Output::Exprs(vec![col(&STOCK, "amount")]);
    let mut slice = stock();
    slice.limit = Some(2);
    rows.slice = Some(Box::new(slice));
    rows.filters = vec![gt(col(&STOCK, "amount"), int(1))];
    same(
        rows,
        r#"SELECT "stock"."amount" FROM "stock" WHERE ("stock"."book_id", "stock"."shelf", "stock"."lot") IN (SELECT "t1"."book_id", "t1"."shelf", "t1"."lot" FROM "stock" AS "t1" LIMIT 2) AND "stock"."amount" > ?1"#,
    );
}

#[test]
fn writes_over_relations_take_a_subquery_of_row_values() {
    let mut rows = stock();
    rows.filters = vec![eq(via(&[&STOCK_BOOK], &BOOK, "title"), text("x"))];
    same(
        Delete { rows: rows.clone() },
        r#"DELETE FROM "stock" WHERE ("stock"."book_id", "stock"."shelf", "stock"."lot") IN (SELECT "t1"."book_id", "t1"."shelf", "t1"."lot" FROM "stock" AS "t1" INNER JOIN "book" AS "t2" ON "t2"."id" = "t1"."book_id" WHERE "t2"."title" = ?1)"#,
    );
    same(
        Update {
            rows,
            assignments: vec![(3, int(0))],
            returning: vec![],
        },
        r#"UPDATE "stock" SET "amount" = ?1 WHERE ("stock"."book_id", "stock"."shelf", "stock"."lot") IN (SELECT "t1"."book_id", "t1"."shelf", "t1"."lot" FROM "stock" AS "t1" INNER JOIN "book" AS "t2" ON "t2"."id" = "t1"."book_id" WHERE "t2"."title" = ?2)"#,
    );
}

#[test]
fn keys_are_an_array_for_each_part() {
    let mut rows = stock();
    rows.output = Output::Exprs(vec![col(&STOCK, "amount")]);
    rows.filters = vec![one_key()];
    both(
        rows.clone(),
        r#"SELECT "stock"."amount" FROM "stock" WHERE ("stock"."book_id", "stock"."shelf", "stock"."lot") IN (WITH r2(n, value) AS MATERIALIZED (SELECT rowid, value FROM rarray(?1)), r3(n, value) AS MATERIALIZED (SELECT rowid, value FROM rarray(?2)) SELECT r1.value, r2.value, CAST(r3.value AS TEXT) FROM rarray(?3) AS r1 CROSS JOIN r2 ON r2.n = r1.rowid CROSS JOIN r3 ON r3.n = r1.rowid)"#,
        r#"SELECT "stock"."amount" FROM "stock" WHERE ("stock"."book_id", "stock"."shelf", "stock"."lot") IN (SELECT * FROM unnest($1::bigint[], $2::text[], $3::numeric[]))"#,
    );
    rows.filters = vec![one_key().negate()];
    assert!(
        postgres(rows.clone())
            .sql
            .contains(") NOT IN (SELECT * FROM unnest(")
    );
    rows.filters = vec![keys([vec![], vec![], vec![]])];
    same(rows, r#"SELECT "stock"."amount" FROM "stock" WHERE FALSE"#);
}

#[test]
fn updates_of_many_rows_compare_every_part() {
    let many = |arrays| UpdateMany {
        model: &STOCK,
        columns: vec![3],
        arrays,
    };
    same(
        many(false),
        r#"UPDATE "stock" SET "amount" = ?1 WHERE "stock"."book_id" = ?2 AND "stock"."shelf" = ?3 AND "stock"."lot" = ?4"#,
    );
    assert_eq!(
        postgres(many(true)).sql,
        r#"UPDATE "stock" SET "amount" = v."amount" FROM unnest($1::integer[], $2::bigint[], $3::text[], $4::numeric[]) AS v("amount", "book_id", "shelf", "lot") WHERE "stock"."book_id" = v."book_id" AND "stock"."shelf" = v."shelf" AND "stock"."lot" = v."lot""#
    );
}
