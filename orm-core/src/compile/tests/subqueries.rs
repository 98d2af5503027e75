//! Subqueries, and what they say of the queries around them.

use super::schema::*;
use super::{both, refused, same};
use crate::ast::{Expr, Order, Outer, OuterQuery, Select, Update};
use crate::schema::ModelSchema;

fn outer(level: u32, model: &'static ModelSchema, node: Expr) -> Expr {
    let query = OuterQuery { level, model };
    Expr::Outer(Box::new(Outer { query, node }))
}

fn exists(select: Select) -> Expr {
    Expr::Exists(Box::new(select))
}

fn scalar(select: Select) -> Expr {
    Expr::Scalar(Box::new(select))
}

/// The title of the dearest book of the author around.
fn dearest() -> Expr {
    let of_author = eq(
        col(&BOOK, "author_id"),
        outer(1, &AUTHOR, col(&AUTHOR, "id")),
    );
    let mut select = values(&BOOK, vec![col(&BOOK, "title")]);
    select.filters = vec![of_author];
    select.order = by(vec![(col(&BOOK, "price"), true)]);
    select.limit = Some(1);
    scalar(select)
}

#[test]
fn a_value_of_the_row_around() {
    same(
        values(&AUTHOR, vec![col(&AUTHOR, "name"), dearest()]),
        r#"SELECT "author"."name", (SELECT "book"."title" FROM "book" WHERE "book"."author_id" = "author"."id" ORDER BY "book"."price" DESC LIMIT 1) FROM "author""#,
    );
    same(
        ids(&AUTHOR, vec![not(eq(dearest(), text("a")))]),
        r#"SELECT "author"."id" FROM "author" WHERE ((SELECT "book"."title" FROM "book" WHERE "book"."author_id" = "author"."id" ORDER BY "book"."price" DESC LIMIT 1) = ?1) IS NOT TRUE"#,
    );
    let mut ordered = ids(&AUTHOR, Vec::new());
    ordered.order = by(vec![(dearest(), false)]);
    both(
        ordered,
        r#"SELECT "author"."id" FROM "author" ORDER BY (SELECT "book"."title" FROM "book" WHERE "book"."author_id" = "author"."id" ORDER BY "book"."price" DESC LIMIT 1) NULLS LAST"#,
        r#"SELECT "author"."id" FROM "author" ORDER BY (SELECT "book"."title" FROM "book" WHERE "book"."author_id" = "author"."id" ORDER BY "book"."price" DESC LIMIT 1)"#,
    );
}

#[test]
fn a_path_on_from_the_row_around_is_joined_there() {
    let other = eq(
        col(&AUTHOR, "name"),
        outer(1, &BOOK, via(&[&BOOK_EDITOR], &AUTHOR, "name")),
    );
    same(
        ids(&BOOK, vec![exists(ids(&AUTHOR, vec![other.clone()]))]),
        r#"SELECT "book"."id" FROM "book" LEFT JOIN "author" AS "t1" ON "t1"."id" = "book"."editor_id" WHERE EXISTS (SELECT "author"."id" FROM "author" WHERE "author"."name" = "t1"."name")"#,
    );
    let mut rows = Select::from_model(&BOOK, &[]);
    rows.order = Order::By(Vec::new());
    rows.filters = vec![exists(ids(&AUTHOR, vec![other]))];
    let update = Update {
        rows,
        assignments: vec![(1, text("x"))],
        returning: Vec::new(),
    };
    same(
        update,
        r#"UPDATE "book" SET "title" = ?1 WHERE EXISTS (SELECT "author"."id" FROM "author" WHERE "author"."name" = (SELECT "t1"."name" FROM "author" AS "t1" WHERE "t1"."id" = "book"."editor_id"))"#,
    );
}

#[test]
fn two_levels_out_and_relations_of_the_row_around() {
    let review = gt(
        col(&REVIEW, "text"),
        outer(2, &AUTHOR, col(&AUTHOR, "name")),
    );
    let books = vec![
        eq(
            col(&BOOK, "author_id"),
            outer(1, &AUTHOR, col(&AUTHOR, "id")),
        ),
        quantified(&[&BOOK_REVIEWS], crate::ast::Quantifier::Any, Some(review)),
        outer(
            1,
            &AUTHOR,
            quantified(&[&AUTHOR_EDITED], crate::ast::Quantifier::None, None),
        ),
    ];
    same(
        ids(&AUTHOR, vec![exists(ids(&BOOK, books))]),
        r#"SELECT "author"."id" FROM "author" WHERE EXISTS (SELECT "book"."id" FROM "book" WHERE "book"."author_id" = "author"."id" AND EXISTS (SELECT 1 FROM "review" WHERE "review"."book_id" = "book"."id" AND "review"."text" > "author"."name") AND NOT EXISTS (SELECT 1 FROM "book" AS "t1" WHERE "t1"."editor_id" = "author"."id"))"#,
    );
}

#[test]
fn what_a_subquery_cannot_mean() {
    let several = scalar(values(&BOOK, vec![col(&BOOK, "title")]));
    let message = "a subquery that is a value may have several rows: `order_by` and `limit(1)` say which one it is";
    let message = format!("this query of Author cannot run: {message}");
    refused(values(&AUTHOR, vec![several]), &message, &message);
    let stray = outer(2, &AUTHOR, col(&AUTHOR, "id"));
    let message = "this query of Author cannot run: an `Outer` row stands outside of the query that it is for: each query between needs a `.nested()`";
    refused(
        ids(
            &AUTHOR,
            vec![exists(ids(&BOOK, vec![eq(col(&BOOK, "id"), stray)]))],
        ),
        message,
        message,
    );
}
