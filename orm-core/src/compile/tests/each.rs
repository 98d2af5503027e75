//! Values of each row of a relation, of those that meet its conditions.

use super::links::{TAG, TO_TAGS};
use super::schema::*;
use super::{both, refused, same};
use crate::ast::builtin::aggregates;
use crate::ast::{Expr, Grouping, Output, Related, Statement, Update};
use crate::schema::RelationSchema;
use crate::value::ColumnType;

fn each(steps: &[&'static RelationSchema], filters: Vec<Expr>, value: Expr) -> Expr {
    Expr::Each(Box::new(Related {
        path: path(steps).unwrap(),
        filters,
        limited: false,
        value,
    }))
}

fn dear(value: Expr) -> Expr {
    let dear = gt(col(&BOOK, "price"), dec("10"));
    each(&[&AUTHOR_BOOKS], vec![dear], value)
}

fn title() -> Expr {
    col(&BOOK, "title")
}

fn name() -> Expr {
    col(&AUTHOR, "name")
}

#[test]
fn values_of_one_relation_are_one_join() {
    let mut select = values(
        &AUTHOR,
        vec![name(), dear(title()), dear(col(&BOOK, "price"))],
    );
    select.order = by(vec![(dear(title()), false)]);
    both(
        select,
        r#"SELECT "author"."name", "t1"."c2", "t1"."c3" FROM "author" LEFT JOIN (SELECT "book"."author_id" AS "c1", "book"."title" AS "c2", "book"."price" AS "c3" FROM "book" WHERE "book"."price" > ?1) AS "t1" ON "t1"."c1" = "author"."id" ORDER BY "t1"."c2" NULLS LAST"#,
        r#"SELECT "author"."name", "t1"."c2", "t1"."c3" FROM "author" LEFT JOIN (SELECT "book"."author_id" AS "c1", "book"."title" AS "c2", "book"."price" AS "c3" FROM "book" WHERE "book"."price" > $1) AS "t1" ON "t1"."c1" = "author"."id" ORDER BY "t1"."c2""#,
    );
}

#[test]
fn other_conditions_are_another_join() {
    let editors = vec![eq(via(&[&BOOK_EDITOR], &AUTHOR, "name"), text("Eve"))];
    let edited = each(
        &[&AUTHOR_BOOKS],
        editors,
        via(&[&BOOK_AUTHOR], &AUTHOR, "name"),
    );
    same(
        values(&AUTHOR, vec![dear(title()), edited]),
        r#"SELECT "t1"."c2", "t2"."c2" FROM "author" LEFT JOIN (SELECT "book"."author_id" AS "c1", "book"."title" AS "c2" FROM "book" WHERE "book"."price" > ?1) AS "t1" ON "t1"."c1" = "author"."id" LEFT JOIN (SELECT "book"."author_id" AS "c1", "t4"."name" AS "c2" FROM "book" LEFT JOIN "author" AS "t3" ON "t3"."id" = "book"."editor_id" INNER JOIN "author" AS "t4" ON "t4"."id" = "book"."author_id" WHERE "t3"."name" = ?2) AS "t2" ON "t2"."c1" = "author"."id""#,
    );
}

#[test]
fn behind_links_and_several_steps() {
    let long = gt(
        each(
            &[&AUTHOR_BOOKS, &BOOK_REVIEWS],
            vec![],
            col(&REVIEW, "rating"),
        ),
        int(3),
    );
    let mut select = values(
        &BOOK,
        vec![each(
            TO_TAGS,
            vec![ne(col(&TAG, "name"), text("old"))],
            col(&TAG, "name"),
        )],
    );
    same(
        select.clone(),
        r#"SELECT "t1"."c2" FROM "book" LEFT JOIN (SELECT "book_tags"."book_id" AS "c1", "t2"."name" AS "c2" FROM "book_tags" INNER JOIN "tag" AS "t2" ON "t2"."id" = "book_tags"."tag_id" WHERE "t2"."name" <> ?1) AS "t1" ON "t1"."c1" = "book"."id""#,
    );
    select = values(&AUTHOR, vec![name()]);
    select.filters = vec![long];
    same(
        select,
        r#"SELECT "author"."name" FROM "author" WHERE EXISTS (SELECT 1 FROM "book" INNER JOIN "review" AS "t1" ON "t1"."book_id" = "book"."id" WHERE "book"."author_id" = "author"."id" AND "t1"."rating" > ?1)"#,
    );
}

#[test]
fn a_condition_is_about_some_row() {
    let some = |condition| ids(&AUTHOR, vec![condition]);
    same(
        some(eq(dear(title()), dear(name_of_author()))),
        r#"SELECT "author"."id" FROM "author" WHERE EXISTS (SELECT 1 FROM "book" INNER JOIN "author" AS "t1" ON "t1"."id" = "book"."author_id" WHERE "book"."author_id" = "author"."id" AND "book"."price" > ?1 AND "book"."title" = "t1"."name")"#,
    );
    same(
        some(not(eq(dear(title()), name()))),
        r#"SELECT "author"."id" FROM "author" WHERE NOT EXISTS (SELECT 1 FROM "book" WHERE "book"."author_id" = "author"."id" AND "book"."price" > ?1 AND "book"."title" = "author"."name")"#,
    );
    // What has other conditions is another row.
    let any = each(&[&AUTHOR_BOOKS], vec![], title());
    same(
        some(eq(dear(title()), any)),
        r#"SELECT "author"."id" FROM "author" WHERE EXISTS (SELECT 1 FROM "book" WHERE "book"."author_id" = "author"."id" AND "book"."price" > ?1 AND EXISTS (SELECT 1 FROM "book" AS "t1" WHERE "t1"."author_id" = "author"."id" AND "book"."title" = "t1"."title"))"#,
    );
    // So is that of a plain path.
    same(
        some(eq(dear(title()), via(&[&AUTHOR_BOOKS], &BOOK, "title"))),
        r#"SELECT "author"."id" FROM "author" WHERE EXISTS (SELECT 1 FROM "book" WHERE "book"."author_id" = "author"."id" AND "book"."price" > ?1 AND EXISTS (SELECT 1 FROM "book" AS "t1" WHERE "t1"."author_id" = "author"."id" AND "book"."title" = "t1"."title"))"#,
    );
}

fn name_of_author() -> Expr {
    via(&[&BOOK_AUTHOR], &AUTHOR, "name")
}

#[test]
fn of_few_rows_it_is_a_subquery_of_one_table() {
    let by_key = eq(col(&AUTHOR, "id"), int(7));
    let mut select = values(&AUTHOR, vec![dear(name_of_author()), dear(title())]);
    select.filters = vec![by_key.clone()];
    same(
        select,
        r#"SELECT "t1"."c2", "t1"."c3" FROM "author" LEFT JOIN (SELECT "book"."author_id" AS "c1", (SELECT "t2"."name" FROM "author" AS "t2" WHERE "t2"."id" = "book"."author_id") AS "c2", "book"."title" AS "c3" FROM "book" WHERE "book"."price" > ?1) AS "t1" ON "t1"."c1" = "author"."id" WHERE "author"."id" = ?2"#,
    );
    // What each row has many of is joined.
    let reviews = dear(via(&[&BOOK_REVIEWS], &REVIEW, "rating"));
    let mut select = values(&AUTHOR, vec![reviews]);
    select.filters = vec![by_key];
    same(
        select,
        r#"SELECT "t1"."c2" FROM "author" LEFT JOIN (SELECT "book"."author_id" AS "c1", "t2"."rating" AS "c2" FROM "book" LEFT JOIN "review" AS "t2" ON "t2"."book_id" = "book"."id" WHERE "book"."price" > ?1) AS "t1" ON "t1"."c1" = "author"."id" WHERE "author"."id" = ?2"#,
    );
}

#[test]
fn groups_by_what_each_row_has() {
    let mut select = values(
        &AUTHOR,
        vec![
            dear(title()),
            Expr::aggregate(&aggregates::COUNT_ROWS, Vec::new(), ColumnType::I64),
        ],
    );
    select.grouping = Some(Box::new(Grouping {
        selected: 1,
        ..Grouping::default()
    }));
    same(
        select,
        r#"SELECT "t1"."c2", count(*) FROM "author" LEFT JOIN (SELECT "book"."author_id" AS "c1", "book"."title" AS "c2" FROM "book" WHERE "book"."price" > ?1) AS "t1" ON "t1"."c1" = "author"."id" GROUP BY "t1"."c2""#,
    );
}

#[test]
fn where_it_cannot_stand() {
    let wrong = |statement: Statement, message| refused(statement, message, message);
    let update = Update {
        rows: ids(&AUTHOR, vec![]),
        assignments: vec![(1, dear(title()))],
        returning: Vec::new(),
    };
    wrong(
        update.into(),
        "this query of Author cannot run: a value cannot come from something each row has many of",
    );
    let sum = Expr::aggregate(
        &aggregates::SUM_DECIMAL,
        vec![dear(col(&BOOK, "price"))],
        ColumnType::Decimal,
    );
    wrong(
        values(&AUTHOR, vec![sum]).into(),
        "this query of Author cannot run: the rows of a relation are gathered by the relation itself: `Author::books.filter(..).sum(..)`",
    );
    let mut whole = ids(&AUTHOR, vec![]);
    whole.output = Output::Model;
    whole.order = by(vec![(dear(title()), false)]);
    wrong(
        whole.into(),
        "this query of Author cannot run: whole rows cannot be ordered by something each has many of",
    );
}
