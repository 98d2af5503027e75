//! `INSERT`, `UPDATE` and `DELETE`.

use super::schema::*;
use super::{both, postgres, refused, same, sqlite};
use crate::ast::{
    ArithmeticOp, Case, Delete, Expr, Insert, OnConflict, Order, OrderTerm, Output, Select, Update,
    UpdateMany,
};
use crate::value::ColumnType;

fn insert(columns: Vec<usize>) -> Insert {
    Insert {
        model: &BOOK,
        columns,
        arrays: false,
        on_conflict: OnConflict::Error,
        returning: vec![],
        row_ids: false,
    }
}

#[test]
fn inserts() {
    same(
        insert(vec![1, 5]),
        r#"INSERT INTO "book" ("title", "price") VALUES (?1, ?2)"#,
    );
    assert!(sqlite(insert(vec![1])).params.is_empty());
    let mut all = insert(vec![]);
    all.returning = vec![0, 9];
    same(
        all,
        r#"INSERT INTO "book" DEFAULT VALUES RETURNING "id", "created_at""#,
    );
}

#[test]
fn inserts_of_many_rows() {
    let mut many = insert(vec![1, 3, 5, 9]);
    many.arrays = true;
    many.returning = vec![0];
    assert_eq!(
        postgres(many.clone()).sql,
        r#"INSERT INTO "book" ("title", "author_id", "price", "created_at") SELECT * FROM unnest($1::text[], $2::bigint[], $3::numeric[], $4::timestamptz[]) RETURNING "id""#
    );
    assert_eq!(
        crate::compile::print(many.into(), &crate::dialect::SqliteDialect)
            .unwrap_err()
            .to_string(),
        "SQLite does not support arrays as parameters"
    );
}

#[test]
fn conflicts() {
    let on = |on_conflict| Insert {
        on_conflict,
        ..insert(vec![1])
    };
    same(
        on(OnConflict::Ignore),
        r#"INSERT INTO "book" ("title") VALUES (?1) ON CONFLICT DO NOTHING"#,
    );
    same(
        on(OnConflict::Update {
            target: vec![3, 1],
            columns: vec![5, 7],
        }),
        r#"INSERT INTO "book" ("title") VALUES (?1) ON CONFLICT ("author_id", "title") DO UPDATE SET "price" = excluded."price", "stock_level" = excluded."stock_level""#,
    );
    same(
        on(OnConflict::Update {
            target: vec![3, 1],
            columns: vec![],
        }),
        r#"INSERT INTO "book" ("title") VALUES (?1) ON CONFLICT ("author_id", "title") DO NOTHING"#,
    );
}

fn update(filters: Vec<Expr>, assignments: Vec<(usize, Expr)>) -> Update {
    let rows = Select {
        filters,
        ..Select::from_model(&BOOK, BOOK_ORDERING)
    };
    Update {
        rows,
        assignments,
        returning: vec![],
    }
}

fn raised() -> Expr {
    Expr::arithmetic(
        ArithmeticOp::Mul,
        col(&BOOK, "price"),
        dec("1.10"),
        ColumnType::Decimal,
    )
}

#[test]
fn updates() {
    let mut raise = update(
        vec![is_true(col(&BOOK, "is_published"))],
        vec![(5, raised()), (7, int(0)), (2, null())],
    );
    raise.returning = vec![5];
    both(
        raise,
        r#"UPDATE "book" SET "price" = orm_dec_round(orm_dec_mul("book"."price", ?1), 2), "stock_level" = ?2, "subtitle" = NULL WHERE "book"."is_published" RETURNING "price""#,
        r#"UPDATE "book" SET "price" = "book"."price" * $1, "stock_level" = $2, "subtitle" = NULL WHERE "book"."is_published" RETURNING "price""#,
    );
    same(
        update(
            vec![not(eq(col(&BOOK, "subtitle"), text("a")))],
            vec![(7, int(0))],
        ),
        r#"UPDATE "book" SET "stock_level" = ?1 WHERE ("book"."subtitle" = ?2) IS NOT TRUE"#,
    );
}

#[test]
fn an_update_over_joins_goes_by_key() {
    same(
        update(
            vec![eq(via(&[&BOOK_AUTHOR], &AUTHOR, "name"), text("x"))],
            vec![(7, int(0))],
        ),
        r#"UPDATE "book" SET "stock_level" = ?1 WHERE "book"."id" IN (SELECT "t1"."id" FROM "book" AS "t1" INNER JOIN "author" AS "t2" ON "t2"."id" = "t1"."author_id" WHERE "t2"."name" = ?2)"#,
    );
    // Neither a key nor a to-many path needs a join.
    same(
        update(
            vec![
                eq(via(&[&BOOK_AUTHOR], &AUTHOR, "id"), int(1)),
                gt(via(&[&BOOK_REVIEWS], &REVIEW, "rating"), int(3)),
                eq(
                    via(&[&BOOK_AUTHOR, &AUTHOR_BOOKS], &BOOK, "title"),
                    text("x"),
                ),
            ],
            vec![(7, int(0))],
        ),
        r#"UPDATE "book" SET "stock_level" = ?1 WHERE "book"."author_id" = ?2 AND EXISTS (SELECT 1 FROM "review" WHERE "review"."book_id" = "book"."id" AND "review"."rating" > ?3) AND EXISTS (SELECT 1 FROM "book" AS "t1" WHERE "t1"."author_id" = "book"."author_id" AND "t1"."title" = ?4)"#,
    );
}

#[test]
fn an_update_of_a_slice_goes_by_key() {
    let mut some = update(vec![], vec![(7, int(0))]);
    some.rows.limit = Some(3);
    both(
        some.clone(),
        r#"UPDATE "book" SET "stock_level" = ?1 WHERE "book"."id" IN (SELECT "t1"."id" FROM "book" AS "t1" ORDER BY "t1"."sales_count" DESC, "t1"."subtitle" NULLS LAST LIMIT ?2)"#,
        r#"UPDATE "book" SET "stock_level" = $1 WHERE "book"."id" IN (SELECT "t1"."id" FROM "book" AS "t1" ORDER BY "t1"."sales_count" DESC, "t1"."subtitle" LIMIT $2)"#,
    );
    let inner = std::mem::replace(&mut some.rows, Select::from_model(&BOOK, &[]));
    some.rows.order = Order::By(vec![]);
    some.rows.slice = Some(Box::new(inner));
    some.rows.filters = vec![is_true(col(&BOOK, "is_published"))];
    both(
        some,
        r#"UPDATE "book" SET "stock_level" = ?1 WHERE "book"."id" IN (SELECT "t1"."id" FROM "book" AS "t1" WHERE "t1"."id" IN (SELECT "t2"."id" FROM "book" AS "t2" ORDER BY "t2"."sales_count" DESC, "t2"."subtitle" NULLS LAST LIMIT ?2) AND "t1"."is_published")"#,
        r#"UPDATE "book" SET "stock_level" = $1 WHERE "book"."id" IN (SELECT "t1"."id" FROM "book" AS "t1" WHERE "t1"."id" IN (SELECT "t2"."id" FROM "book" AS "t2" ORDER BY "t2"."sales_count" DESC, "t2"."subtitle" LIMIT $2) AND "t1"."is_published")"#,
    );
}

#[test]
fn values_from_the_same_table_are_those_before_the_update() {
    let namesake = eq(
        via(&[&BOOK_AUTHOR, &AUTHOR_BOOKS], &BOOK, "title"),
        text("x"),
    );
    let case = Expr::Case(Box::new(Case {
        whens: vec![(namesake, text("y"))],
        otherwise: Some(col(&BOOK, "title")),
        column_type: ColumnType::Text,
    }));
    both(
        update(vec![], vec![(1, case)]),
        r#"UPDATE "book" SET "title" = CASE WHEN EXISTS (SELECT 1 FROM "book" AS "t1" WHERE "t1"."author_id" = "book"."author_id" AND "t1"."title" = ?1) THEN ?2 ELSE "book"."title" END FROM (SELECT 1)"#,
        r#"UPDATE "book" SET "title" = CASE WHEN EXISTS (SELECT 1 FROM "book" AS "t1" WHERE "t1"."author_id" = "book"."author_id" AND "t1"."title" = $1) THEN $2 ELSE "book"."title" END"#,
    );
}

#[test]
fn values_from_other_tables_are_subqueries() {
    same(
        update(vec![], vec![(1, via(&[&BOOK_AUTHOR], &AUTHOR, "name"))]),
        r#"UPDATE "book" SET "title" = (SELECT "author"."name" FROM "author" WHERE "author"."id" = "book"."author_id")"#,
    );
    same(
        update(
            vec![],
            vec![(1, via(&[&BOOK_EDITOR, &AUTHOR_PROFILE], &PROFILE, "bio"))],
        ),
        r#"UPDATE "book" SET "title" = (SELECT "profile"."bio" FROM "profile" WHERE "profile"."author_id" = "book"."editor_id")"#,
    );
    let case = Expr::Case(Box::new(Case {
        whens: vec![(
            gt(via(&[&BOOK_REVIEWS], &REVIEW, "rating"), int(3)),
            text("x"),
        )],
        otherwise: Some(via(&[&BOOK_AUTHOR], &AUTHOR, "name")),
        column_type: ColumnType::Text,
    }));
    same(
        update(vec![], vec![(1, case)]),
        r#"UPDATE "book" SET "title" = CASE WHEN EXISTS (SELECT 1 FROM "review" WHERE "review"."book_id" = "book"."id" AND "review"."rating" > ?1) THEN ?2 ELSE (SELECT "author"."name" FROM "author" WHERE "author"."id" = "book"."author_id") END"#,
    );
    let message =
        "this query of Book cannot run: a value cannot come from something each row has many of";
    refused(
        update(vec![], vec![(1, via(&[&BOOK_REVIEWS], &REVIEW, "text"))]),
        message,
        message,
    );
}

#[test]
fn updates_of_many_rows() {
    let many = |arrays| UpdateMany {
        model: &BOOK,
        columns: vec![1, 5],
        arrays,
    };
    same(
        many(false),
        r#"UPDATE "book" SET "title" = ?1, "price" = ?2 WHERE "book"."id" = ?3"#,
    );
    assert_eq!(
        postgres(many(true)).sql,
        r#"UPDATE "book" SET "title" = v."title", "price" = v."price" FROM unnest($1::text[], $2::numeric[], $3::bigint[]) AS v("title", "price", "id") WHERE "book"."id" = v."id""#
    );
}

#[test]
fn deletes() {
    let delete = |filters| Delete {
        rows: Select {
            filters,
            ..Select::from_model(&BOOK, BOOK_ORDERING)
        },
    };
    same(delete(vec![]), r#"DELETE FROM "book""#);
    same(
        delete(vec![not(is_true(col(&BOOK, "is_published")))]),
        r#"DELETE FROM "book" WHERE NOT "book"."is_published""#,
    );
    same(
        delete(vec![eq(via(&[&BOOK_EDITOR], &AUTHOR, "name"), text("x"))]),
        r#"DELETE FROM "book" WHERE "book"."id" IN (SELECT "t1"."id" FROM "book" AS "t1" LEFT JOIN "author" AS "t2" ON "t2"."id" = "t1"."editor_id" WHERE "t2"."name" = ?1)"#,
    );
    let mut none = delete(vec![eq(col(&BOOK, "title"), text("x"))]);
    none.rows.empty = true;
    same(none, r#"DELETE FROM "book" WHERE FALSE"#);
    let mut oldest = delete(vec![]);
    oldest.rows.order = Order::By(vec![OrderTerm {
        expr: col(&BOOK, "created_at"),
        descending: false,
        nulls: None,
    }]);
    oldest.rows.offset = 2;
    oldest.rows.output = Output::Model;
    both(
        oldest,
        r#"DELETE FROM "book" WHERE "book"."id" IN (SELECT "t1"."id" FROM "book" AS "t1" ORDER BY "t1"."created_at" LIMIT -1 OFFSET ?1)"#,
        r#"DELETE FROM "book" WHERE "book"."id" IN (SELECT "t1"."id" FROM "book" AS "t1" ORDER BY "t1"."created_at" OFFSET $1)"#,
    );
}
