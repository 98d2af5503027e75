//! The rows of a relation for many rows at once: the condition, the key that comes back, and limits for each.

use super::schema::*;
use super::{both, refused};
use crate::ast::{Distinct, Order, Parents, Select};
use crate::schema::{IndexColumn, IndexSchema, ModelSchema, RelationSchema};

fn of_parents(model: &'static ModelSchema, relation: &'static RelationSchema) -> Select {
    let mut select = Select::from_model(model, &[]);
    select.parents = Some(Box::new(Parents {
        relation,
        through: None,
        keys: integers(&[1, 2]),
        returned: true,
        key: None,
        among: false,
        indexed: false,
    }));
    select
}

fn review_text() -> crate::ast::Expr {
    col(&REVIEW, "text")
}

#[test]
fn whole_rows_hold_the_key_already() {
    let mut select = of_parents(&REVIEW, &BOOK_REVIEWS);
    select.order = by(vec![(col(&REVIEW, "rating"), true)]);
    both(
        select,
        r#"SELECT "review"."id", "review"."book_id", "review"."rating", "review"."text" FROM "review" WHERE "review"."book_id" IN rarray(?1) ORDER BY "review"."rating" DESC"#,
        r#"SELECT "review"."id", "review"."book_id", "review"."rating", "review"."text" FROM "review" WHERE "review"."book_id" = ANY($1) ORDER BY "review"."rating" DESC"#,
    );
}

#[test]
fn of_all_parents_no_key_is_looked_up() {
    let mut select = of_parents(&REVIEW, &BOOK_REVIEWS);
    select.parents.as_mut().expect("parents").keys = crate::value::Value::Null;
    select.output = crate::ast::Output::Exprs(vec![review_text()]);
    assert!(select.has_all_rows());
    both(
        select,
        r#"SELECT "review"."text", "review"."book_id" FROM "review""#,
        r#"SELECT "review"."text", "review"."book_id" FROM "review""#,
    );
}

#[test]
fn behind_values_the_key_comes_too() {
    let mut select = of_parents(&REVIEW, &BOOK_REVIEWS);
    select.output = crate::ast::Output::Exprs(vec![review_text()]);
    assert_eq!(select.parent_at(), 1);
    both(
        select,
        r#"SELECT "review"."text", "review"."book_id" FROM "review" WHERE "review"."book_id" IN rarray(?1)"#,
        r#"SELECT "review"."text", "review"."book_id" FROM "review" WHERE "review"."book_id" = ANY($1)"#,
    );
}

#[test]
fn a_key_leads_to_the_row_it_names() {
    let mut select = of_parents(&AUTHOR, &BOOK_AUTHOR);
    select.output = crate::ast::Output::Exprs(vec![col(&AUTHOR, "name")]);
    both(
        select,
        r#"SELECT "author"."name", "author"."id" FROM "author" WHERE "author"."id" IN rarray(?1)"#,
        r#"SELECT "author"."name", "author"."id" FROM "author" WHERE "author"."id" = ANY($1)"#,
    );
}

#[test]
fn a_limit_is_one_for_each_parent() {
    let mut select = of_parents(&REVIEW, &BOOK_REVIEWS);
    select.output = crate::ast::Output::Exprs(vec![review_text()]);
    select.order = by(vec![(col(&REVIEW, "rating"), true)]);
    select.limit = Some(3);
    select.offset = 1;
    both(
        select,
        r#"SELECT * FROM (SELECT "review"."text", "review"."book_id", row_number() OVER (PARTITION BY "review"."book_id" ORDER BY "review"."rating" DESC) AS "__number" FROM "review" WHERE "review"."book_id" IN rarray(?1)) AS "t0" WHERE "__number" > 1 AND "__number" <= ?2 ORDER BY "__number""#,
        r#"SELECT * FROM (SELECT "review"."text", "review"."book_id", row_number() OVER (PARTITION BY "review"."book_id" ORDER BY "review"."rating" DESC) AS "__number" FROM "review" WHERE "review"."book_id" = ANY($1)) AS "t0" WHERE "__number" > 1 AND "__number" <= $2 ORDER BY "__number""#,
    );
}

#[test]
fn what_comes_after_a_limit_sees_the_rows_of_each_parent() {
    let mut slice = Select::from_model(&REVIEW, &[]);
    slice.limit = Some(2);
    let mut select = of_parents(&REVIEW, &BOOK_REVIEWS);
    select.output = crate::ast::Output::Exprs(vec![review_text()]);
    select.order = Order::By(Vec::new());
    select.filters.push(review_text().is_not_null());
    select.slice = Some(Box::new(slice));
    both(
        select,
        r#"SELECT "review"."text", "review"."book_id" FROM "review" WHERE "review"."id" IN (SELECT "c1" FROM (SELECT "t1"."id" AS "c1", row_number() OVER (PARTITION BY "t1"."book_id") AS "__number" FROM "review" AS "t1" WHERE "t1"."book_id" IN rarray(?1)) AS "t0" WHERE "__number" <= 2) AND "review"."text" IS NOT NULL AND "review"."book_id" IN rarray(?2)"#,
        r#"SELECT "review"."text", "review"."book_id" FROM "review" WHERE "review"."id" IN (SELECT "c1" FROM (SELECT "t1"."id" AS "c1", row_number() OVER (PARTITION BY "t1"."book_id") AS "__number" FROM "review" AS "t1" WHERE "t1"."book_id" = ANY($1)) AS "t0" WHERE "__number" <= 2) AND "review"."text" IS NOT NULL AND "review"."book_id" = ANY($2)"#,
    );
}

#[test]
fn distinct_values_cannot_be_limited_for_each_parent() {
    let mut select = of_parents(&REVIEW, &BOOK_REVIEWS);
    select.output = crate::ast::Output::Exprs(vec![review_text()]);
    select.distinct = Distinct::Rows;
    select.limit = Some(1);
    let message = "this query of Review cannot run: what is distinct cannot be limited for each row that it is loaded for";
    refused(select, message, message);
}

/// Books with an index of their authors and titles.
static INDEXED: ModelSchema = ModelSchema {
    name: "Book",
    table: "book",
    fields: BOOK.fields,
    primary_key: &[0],
    indexes: &[IndexSchema {
        name: None,
        columns: &[
            IndexColumn {
                field: 3,
                descending: false,
            },
            IndexColumn {
                field: 1,
                descending: false,
            },
        ],
        include: &[],
        using: None,
    }],
    uniques: &[],
    parent: None,
};

#[test]
fn where_an_index_has_the_first_rows_they_are_looked_up() {
    let mut select = of_parents(&INDEXED, &AUTHOR_BOOKS);
    select.output = crate::ast::Output::Exprs(vec![col(&BOOK, "title")]);
    select.order = by(vec![(col(&BOOK, "title"), false)]);
    select.limit = Some(3);
    both(
        select,
        r#"SELECT * FROM (SELECT "book"."title", "book"."author_id", row_number() OVER (PARTITION BY "book"."author_id" ORDER BY "book"."title") AS "__number" FROM "book" WHERE "book"."author_id" IN rarray(?1)) AS "t0" WHERE "__number" <= ?2 ORDER BY "__number""#,
        r#"SELECT "t0".* FROM unnest($1::bigint[]) AS "__keys"("key") CROSS JOIN LATERAL (SELECT "book"."title", "book"."author_id" FROM "book" WHERE "book"."author_id" = "__keys"."key" ORDER BY "book"."title" LIMIT $2) AS "t0""#,
    );
}
