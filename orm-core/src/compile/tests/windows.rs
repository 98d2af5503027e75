//! Window functions, and conditions on them.

use super::schema::*;
use super::{both, refused, same};
use crate::ast::builtin::{aggregates, windows};
use crate::ast::{
    Delete, Exclude, Expr, Frame, FrameUnit, Order, OrderTerm, Output, Select, Window, WindowSpec,
};
use crate::value::ColumnType;

fn number(over: WindowSpec) -> Expr {
    Expr::Window(Box::new(Window {
        function: &windows::ROW_NUMBER,
        args: Vec::new(),
        filter: None,
        refused: false,
        over,
        column_type: ColumnType::I64,
        nullable: false,
    }))
}

fn by_price() -> WindowSpec {
    WindowSpec {
        partition: vec![col(&BOOK, "author_id")],
        order: vec![OrderTerm {
            expr: col(&BOOK, "price"),
            descending: true,
            nulls: None,
        }],
        frame: None,
    }
}

#[test]
fn a_window_of_a_path_and_with_a_frame() {
    let mut over = by_price();
    over.partition = vec![via(&[&BOOK_EDITOR], &AUTHOR, "name")];
    over.frame = Some(Frame {
        unit: FrameUnit::Rows,
        start: Some(-2),
        end: None,
        exclude: Exclude::CurrentRow,
    });
    same(
        values(&BOOK, vec![number(over), number(WindowSpec::default())]),
        r#"SELECT row_number() OVER (PARTITION BY "t1"."name" ORDER BY "book"."price" DESC ROWS BETWEEN 2 PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE CURRENT ROW), row_number() OVER () FROM "book" LEFT JOIN "author" AS "t1" ON "t1"."id" = "book"."editor_id""#,
    );
}

#[test]
fn a_condition_on_a_window_stands_around() {
    let mut select = values(&BOOK, vec![col(&BOOK, "title")]);
    select.filters = vec![
        Expr::compare(crate::ast::CompareOp::Lte, number(by_price()), int(2)),
        is_true(col(&BOOK, "is_published")),
    ];
    select.order = by(vec![(col(&BOOK, "title"), false)]);
    same(
        select.clone(),
        r#"SELECT "t1"."c1" FROM (SELECT "book"."title" AS "c1", row_number() OVER (PARTITION BY "book"."author_id" ORDER BY "book"."price" DESC) AS "c2" FROM "book" WHERE "book"."is_published") AS "t1" WHERE "t1"."c2" <= ?1 ORDER BY "t1"."c1""#,
    );
    select.output = Output::CountOf(vec![col(&BOOK, "title")]);
    same(
        select,
        r#"SELECT count(*) FROM (SELECT row_number() OVER (PARTITION BY "book"."author_id" ORDER BY "book"."price" DESC) AS "c1" FROM "book" WHERE "book"."is_published") AS "t1" WHERE "t1"."c1" <= ?1"#,
    );
}

#[test]
fn a_condition_on_more_than_a_window_is_selected() {
    let either = eq(number(by_price()), int(1)).or(eq(col(&BOOK, "subtitle"), text("a")));
    same(
        ids(&BOOK, vec![not(either)]),
        r#"SELECT "t1"."c1" FROM (SELECT "book"."id" AS "c1", (row_number() OVER (PARTITION BY "book"."author_id" ORDER BY "book"."price" DESC) = ?1 OR "book"."subtitle" = ?2) IS NOT TRUE AS "c2" FROM "book") AS "t1" WHERE "t1"."c2""#,
    );
}

#[test]
fn rows_that_a_window_chooses_are_deleted_by_their_keys() {
    let mut rows = Select::from_model(&BOOK, &[]);
    rows.order = Order::By(Vec::new());
    rows.filters = vec![eq(number(by_price()), int(1))];
    both(
        Delete { rows },
        r#"DELETE FROM "book" WHERE "book"."id" IN (SELECT "t1"."c1" FROM (SELECT "t2"."id" AS "c1", row_number() OVER (PARTITION BY "t2"."author_id" ORDER BY "t2"."price" DESC) AS "c2" FROM "book" AS "t2") AS "t1" WHERE "t1"."c2" = ?1)"#,
        r#"DELETE FROM "book" WHERE "book"."id" IN (SELECT "t1"."c1" FROM (SELECT "t2"."id" AS "c1", row_number() OVER (PARTITION BY "t2"."author_id" ORDER BY "t2"."price" DESC) AS "c2" FROM "book" AS "t2") AS "t1" WHERE "t1"."c2" = $1)"#,
    );
}

#[test]
fn where_no_window_can_stand() {
    let message = "this query of Author cannot run: a window function looks at the rows of a query: it can be selected, and rows ordered and filtered by it";
    let some = quantified(
        &[&AUTHOR_BOOKS],
        crate::ast::Quantifier::Any,
        Some(eq(number(by_price()), int(1))),
    );
    refused(ids(&AUTHOR, vec![some]), message, message);
}

#[test]
fn an_aggregate_looks_at_a_window_with_its_filter() {
    let aggregate = |function, args, column_type| {
        Expr::Window(Box::new(Window {
            function,
            args,
            filter: Some(is_true(col(&BOOK, "is_published"))),
            refused: false,
            over: by_price(),
            column_type,
            nullable: true,
        }))
    };
    let exprs = vec![
        aggregate(
            &aggregates::SUM_SHORT,
            vec![col(&BOOK, "stock_level")],
            ColumnType::I64,
        ),
        aggregate(
            &aggregates::AVG_INTEGER,
            vec![col(&BOOK, "sales_count")],
            ColumnType::F64,
        ),
    ];
    let over = r#"FILTER (WHERE "book"."is_published") OVER "w1""#;
    let window = r#"WINDOW "w1" AS (PARTITION BY "book"."author_id" ORDER BY "book"."price" DESC)"#;
    both(
        values(&BOOK, exprs),
        &format!(
            r#"SELECT sum("book"."stock_level") {over}, avg("book"."sales_count") {over} FROM "book" {window}"#
        ),
        &format!(
            r#"SELECT sum("book"."stock_level") {over}, (CAST(sum("book"."sales_count") {over} AS double precision) / count("book"."sales_count") {over}) FROM "book" {window}"#
        ),
    );
}

#[test]
fn a_window_that_is_used_twice_is_written_once() {
    let framed = |start| WindowSpec {
        frame: Some(Frame {
            unit: FrameUnit::Rows,
            start: Some(start),
            end: None,
            exclude: Exclude::NoOthers,
        }),
        ..by_price()
    };
    let by_title = || WindowSpec {
        partition: Vec::new(),
        order: vec![OrderTerm {
            expr: col(&BOOK, "title"),
            descending: false,
            nulls: None,
        }],
        frame: None,
    };
    let all = WindowSpec::default;
    let mut select = values(
        &BOOK,
        vec![
            number(framed(-1)),
            number(by_title()),
            number(framed(-2)),
            number(all()),
            number(all()),
        ],
    );
    select.order = by(vec![
        (number(by_price()), true),
        (number(by_title()), false),
    ]);
    same(
        select.clone(),
        r#"SELECT row_number() OVER ("w1" ROWS BETWEEN 1 PRECEDING AND UNBOUNDED FOLLOWING), row_number() OVER "w2", row_number() OVER ("w1" ROWS BETWEEN 2 PRECEDING AND UNBOUNDED FOLLOWING), row_number() OVER (), row_number() OVER () FROM "book" WINDOW "w1" AS (PARTITION BY "book"."author_id" ORDER BY "book"."price" DESC), "w2" AS (ORDER BY "book"."title") ORDER BY row_number() OVER "w1" DESC, row_number() OVER "w2""#,
    );
    // A query inside has names of its own, and a condition stands around.
    let mut inner = select.clone();
    inner.output = Output::Exprs(vec![number(by_title())]);
    inner.order = by(vec![(number(by_title()), false)]);
    inner.limit = Some(1);
    select.output = Output::Exprs(vec![number(by_price())]);
    select.order = Order::By(Vec::new());
    select.filters = vec![
        gt(number(by_price()), int(2)),
        gt(Expr::Scalar(Box::new(inner)), int(3)),
    ];
    same(
        select,
        r#"SELECT "t1"."c1" FROM (SELECT row_number() OVER (PARTITION BY "book"."author_id" ORDER BY "book"."price" DESC) AS "c1" FROM "book" WHERE (SELECT row_number() OVER "w1" FROM "book" AS "t2" WINDOW "w1" AS (ORDER BY "t2"."title") ORDER BY row_number() OVER "w1" LIMIT 1) > ?1) AS "t1" WHERE "t1"."c1" > ?2"#,
    );
    // Values may make one window of two.
    let of = |value| WindowSpec {
        partition: vec![gt(col(&BOOK, "stock_level"), int(value))],
        ..by_title()
    };
    same(
        values(&BOOK, vec![number(of(1)), number(of(1)), number(of(2))]),
        r#"SELECT row_number() OVER "w1", row_number() OVER "w1", row_number() OVER (PARTITION BY "book"."stock_level" > ?1 ORDER BY "book"."title") FROM "book" WINDOW "w1" AS (PARTITION BY "book"."stock_level" > ?2 ORDER BY "book"."title")"#,
    );
}
