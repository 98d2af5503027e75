//! United queries.

use super::schema::*;
use super::{both, refused, same};
use crate::ast::{Combined, Expr, Order, Output, Select, SetOp};
use crate::value::ColumnType;

fn united(first: Select, rest: Vec<(SetOp, Select)>) -> Select {
    let mut select = Select::from_model(first.model, &[]);
    select.output = first.output.clone();
    select.order = Order::By(Vec::new());
    select.combined = Some(Box::new(Combined {
        first,
        rest,
        named: false,
    }));
    select
}

fn titles() -> Select {
    values(&BOOK, vec![col(&BOOK, "title")])
}

fn names() -> Select {
    values(&AUTHOR, vec![col(&AUTHOR, "name")])
}

#[test]
fn plain_parts_stand_side_by_side() {
    same(
        united(titles(), vec![(SetOp::Union, names())]),
        r#"SELECT "book"."title" FROM "book" UNION SELECT "author"."name" FROM "author""#,
    );
    let mut count = united(titles(), vec![(SetOp::UnionAll, names())]);
    count.output = Output::CountOf(vec![col(&BOOK, "title")]);
    same(
        count,
        r#"SELECT count(*) FROM (SELECT "book"."title" FROM "book" UNION ALL SELECT "author"."name" FROM "author") AS "t1""#,
    );
}

#[test]
fn equal_rows_are_counted_by_their_numbers() {
    both(
        united(
            titles(),
            vec![
                (SetOp::UnionAll, names()),
                (SetOp::ExceptAll, titles()),
                (SetOp::Union, names()),
            ],
        ),
        r#"SELECT "c1" FROM (SELECT "c1", row_number() OVER (PARTITION BY "c1") FROM (SELECT "book"."title" AS "c1" FROM "book" UNION ALL SELECT "author"."name" FROM "author") EXCEPT SELECT "c1", row_number() OVER (PARTITION BY "c1") FROM (SELECT "book"."title" AS "c1" FROM "book")) UNION SELECT "author"."name" FROM "author""#,
        r#"SELECT "book"."title" FROM "book" UNION ALL SELECT "author"."name" FROM "author" EXCEPT ALL SELECT "book"."title" FROM "book" UNION SELECT "author"."name" FROM "author""#,
    );
    let mut present = united(titles(), vec![(SetOp::IntersectAll, names())]);
    present.filters = vec![col(&BOOK, "title").is_not_null()];
    present.order = by(vec![(col(&BOOK, "title"), true)]);
    both(
        present,
        r#"SELECT * FROM (SELECT "c1" FROM (SELECT "c1", row_number() OVER (PARTITION BY "c1") FROM (SELECT "book"."title" AS "c1" FROM "book") INTERSECT SELECT "c1", row_number() OVER (PARTITION BY "c1") FROM (SELECT "author"."name" AS "c1" FROM "author"))) AS "t1" WHERE "t1"."c1" IS NOT NULL ORDER BY "t1"."c1" DESC"#,
        r#"SELECT * FROM (SELECT "book"."title" AS "c1" FROM "book" INTERSECT ALL SELECT "author"."name" FROM "author") AS "t1" WHERE "t1"."c1" IS NOT NULL ORDER BY "t1"."c1" DESC"#,
    );
}

#[test]
fn an_order_is_that_of_numbered_columns() {
    let mut select = united(titles(), vec![(SetOp::Union, names())]);
    select.order = by(vec![(col(&BOOK, "title"), true)]);
    select.limit = Some(1);
    same(
        select,
        r#"SELECT * FROM (SELECT "book"."title" AS "c1" FROM "book" UNION SELECT "author"."name" FROM "author") AS "t1" ORDER BY "t1"."c1" DESC LIMIT 1"#,
    );
}

#[test]
fn limited_and_united_parts_are_wrapped() {
    let mut limited = titles();
    limited.order = by(vec![(col(&BOOK, "price"), false)]);
    limited.limit = Some(1);
    let mut unlimited = titles();
    unlimited.order = by(vec![(col(&BOOK, "price"), false)]);
    let nested = united(names(), vec![(SetOp::Intersect, names())]);
    same(
        united(
            limited,
            vec![(SetOp::Except, nested), (SetOp::Union, unlimited)],
        ),
        r#"SELECT * FROM (SELECT "book"."title" FROM "book" ORDER BY "book"."price" LIMIT 1) AS "t0" EXCEPT SELECT * FROM (SELECT "author"."name" FROM "author" INTERSECT SELECT "author"."name" FROM "author") AS "t0" UNION SELECT "book"."title" FROM "book""#,
    );
}

#[test]
fn decimals_that_are_kept_in_different_forms_are_compared_by_value() {
    let price = || values(&BOOK, vec![col(&BOOK, "price")]);
    same(
        united(price(), vec![(SetOp::Union, price())]),
        r#"SELECT "book"."price" FROM "book" UNION SELECT "book"."price" FROM "book""#,
    );
    let computed = values(
        &BOOK,
        vec![Expr::Negate(Box::new((
            col(&BOOK, "price"),
            ColumnType::Decimal,
        )))],
    );
    both(
        united(price(), vec![(SetOp::Union, computed)]),
        r#"SELECT CAST("book"."price" AS TEXT) COLLATE orm_decimal FROM "book" UNION SELECT CAST(orm_dec_neg("book"."price") AS TEXT) COLLATE orm_decimal FROM "book""#,
        r#"SELECT "book"."price" FROM "book" UNION SELECT -"book"."price" FROM "book""#,
    );
}

#[test]
fn what_cannot_be_united() {
    let mut select = united(titles(), vec![(SetOp::Union, names())]);
    select.order = by(vec![(col(&BOOK, "price"), true)]);
    let message = "this query of Book cannot run: united rows can be ordered only by what their first part selects";
    refused(select, message, message);
}
