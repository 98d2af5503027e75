//! Common table expressions.

use std::sync::Arc;

use super::schema::*;
use super::{both, refused, same};
use crate::ast::{Cte, CteColumn, CteJoin, Ctes, Expr, In, Members, Order, Output, Select, Update};
use crate::value::ColumnType;

fn column(cte: u64, number: u32, column_type: ColumnType) -> Expr {
    Expr::CteColumn(CteColumn {
        cte,
        number,
        column_type,
        nullable: false,
    })
}

fn joining(mut select: Select, id: u64, cte: Option<Arc<Cte>>, on: Expr) -> Select {
    let on = Some(on);
    let joins = vec![CteJoin {
        id,
        cte,
        on,
        optional: false,
        known_as: id,
    }];
    let with = Vec::new();
    select.ctes = Some(Box::new(Ctes { joins, with }));
    select
}

/// The keys of the categories below the one called `a`, and their names.
fn below() -> Select {
    let mut first = values(
        &CATEGORY,
        vec![col(&CATEGORY, "id"), col(&CATEGORY, "name")],
    );
    first.filters = vec![eq(col(&CATEGORY, "name"), text("a"))];
    let step = values(
        &CATEGORY,
        vec![col(&CATEGORY, "id"), column(1, 2, ColumnType::Text)],
    );
    let on = eq(col(&CATEGORY, "parent_id"), column(1, 1, ColumnType::I64));
    let step = Some(joining(step, 1, None, on));
    let cte = Arc::new(Cte { id: 1, first, step });
    let on = eq(col(&CATEGORY, "id"), column(1, 1, ColumnType::I64));
    joining(ids(&CATEGORY, Vec::new()), 1, Some(cte), on)
}

#[test]
fn a_recursion_stands_at_the_front() {
    let mut select = below();
    select.order = by(vec![(column(1, 2, ColumnType::Text), false)]);
    both(
        select,
        r#"WITH RECURSIVE "__w1"("c1", "c2") AS (SELECT "category"."id", "category"."name" FROM "category" WHERE "category"."name" = ?1 UNION ALL SELECT "category"."id", "t1"."c2" FROM "category" INNER JOIN "__w1" AS "t1" ON "category"."parent_id" = "t1"."c1") SELECT "category"."id" FROM "category" INNER JOIN "__w1" AS "t2" ON "category"."id" = "t2"."c1" ORDER BY "t2"."c2""#,
        r#"WITH RECURSIVE "__w1"("c1", "c2") AS (SELECT CAST("category"."id" AS bigint), CAST("category"."name" AS text) FROM "category" WHERE "category"."name" = $1 UNION ALL SELECT CAST("category"."id" AS bigint), CAST("t1"."c2" AS text) FROM "category" INNER JOIN "__w1" AS "t1" ON "category"."parent_id" = "t1"."c1") SELECT "category"."id" FROM "category" INNER JOIN "__w1" AS "t2" ON "category"."id" = "t2"."c1" ORDER BY "t2"."c2""#,
    );
}

#[test]
fn one_that_is_joined_inside_is_defined_outside() {
    let cte = Arc::new(Cte {
        id: 2,
        first: values(&BOOK, vec![col(&BOOK, "author_id")]),
        step: None,
    });
    let on = || eq(col(&AUTHOR, "id"), column(2, 1, ColumnType::I64));
    let inner = joining(ids(&AUTHOR, Vec::new()), 2, Some(Arc::clone(&cte)), on());
    let members = Members::Select(Box::new(inner));
    let subject = col(&AUTHOR, "id");
    let among = Expr::In(Box::new(In { subject, members }));
    let mut count = joining(ids(&AUTHOR, vec![among.clone()]), 2, Some(cte), on());
    count.output = Output::Count;
    same(
        count,
        r#"WITH "__w1"("c1") AS (SELECT "book"."author_id" FROM "book") SELECT count(*) FROM "author" INNER JOIN "__w1" AS "t1" ON "author"."id" = "t1"."c1" WHERE "author"."id" IN (SELECT "t2"."id" FROM "author" AS "t2" INNER JOIN "__w1" AS "t3" ON "t2"."id" = "t3"."c1")"#,
    );
    let mut rows = Select::from_model(&AUTHOR, &[]);
    rows.order = Order::By(Vec::new());
    rows.filters = vec![among];
    let update = Update {
        rows,
        assignments: vec![(1, text("x"))],
        returning: Vec::new(),
    };
    same(
        update,
        r#"UPDATE "author" SET "name" = ?1 WHERE "author"."id" IN (WITH "__w1"("c1") AS (SELECT "book"."author_id" FROM "book") SELECT "t1"."id" FROM "author" AS "t1" INNER JOIN "__w1" AS "t2" ON "t1"."id" = "t2"."c1")"#,
    );
}

#[test]
fn a_column_of_one_that_is_not_joined() {
    let message = "this query of Author cannot run: a column of a common table expression stands in a query that does not join it";
    let stray = eq(col(&AUTHOR, "id"), column(3, 1, ColumnType::I64));
    refused(ids(&AUTHOR, vec![stray]), message, message);
}
