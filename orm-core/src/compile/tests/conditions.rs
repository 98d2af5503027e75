//! Conditions: to-many paths, NULL, negation, parentheses.

use super::schema::*;
use super::{both, refused, same, sqlite};
use crate::ast::builtin::lookups;
use crate::ast::{ArithmeticOp, Between, Case, Expr, In, Members, Quantifier, Raw};
use crate::value::{ColumnType, Value};

/// The condition as the WHERE of the keys of a model.
#[track_caller]
fn where_book(condition: Expr, sql: &str) {
    same(
        ids(&BOOK, vec![condition]),
        &format!(r#"SELECT "book"."id" FROM "book" WHERE {sql}"#),
    );
}

#[track_caller]
fn where_author(condition: Expr, sql: &str) {
    same(
        ids(&AUTHOR, vec![condition]),
        &format!(r#"SELECT "author"."id" FROM "author" WHERE {sql}"#),
    );
}

fn subtitle() -> Expr {
    col(&BOOK, "subtitle")
}

fn title() -> Expr {
    col(&BOOK, "title")
}

fn book_title() -> Expr {
    via(&[&AUTHOR_BOOKS], &BOOK, "title")
}

#[test]
fn negation_of_what_is_never_null() {
    where_book(not(eq(title(), text("a"))), r#""book"."title" <> ?1"#);
    where_book(ne(title(), text("a")), r#""book"."title" <> ?1"#);
    where_book(not(ne(title(), text("a"))), r#""book"."title" = ?1"#);
    where_book(not(gt(title(), text("a"))), r#""book"."title" <= ?1"#);
    where_book(
        not(is_true(col(&BOOK, "is_published"))),
        r#"NOT "book"."is_published""#,
    );
    where_book(
        not(eq(title(), text("a")).and(is_true(col(&BOOK, "is_published")))),
        r#"NOT ("book"."title" = ?1 AND "book"."is_published")"#,
    );
    where_book(not(title().is_null()), r#""book"."title" IS NOT NULL"#);
    where_book(not(Expr::Constant(true)), "FALSE");
    where_book(
        not(Expr::Not(Box::new(Expr::Not(Box::new(eq(
            title(),
            text("a"),
        )))))),
        r#""book"."title" <> ?1"#,
    );
}

#[test]
fn negation_of_what_may_be_null() {
    where_book(
        not(eq(subtitle(), text("a"))),
        r#"("book"."subtitle" = ?1) IS NOT TRUE"#,
    );
    where_book(
        ne(subtitle(), text("a")),
        r#"("book"."subtitle" = ?1) IS NOT TRUE"#,
    );
    where_book(not(ne(subtitle(), text("a"))), r#""book"."subtitle" = ?1"#);
    where_book(
        not(gt(subtitle(), text("a"))),
        r#"("book"."subtitle" > ?1) IS NOT TRUE"#,
    );
    where_book(
        not(eq(title(), text("a")).or(eq(subtitle(), text("b")))),
        r#"("book"."title" = ?1 OR "book"."subtitle" = ?2) IS NOT TRUE"#,
    );
    where_book(
        not(not(eq(subtitle(), text("b"))).and(eq(title(), text("a")))),
        r#"NOT (("book"."subtitle" = ?1) IS NOT TRUE AND "book"."title" = ?2)"#,
    );
    let flag = is_true(col(&SAMPLE, "flag"));
    same(
        ids(&SAMPLE, vec![flag.clone()]),
        r#"SELECT "sample"."id" FROM "sample" WHERE "sample"."flag""#,
    );
    same(
        ids(&SAMPLE, vec![not(flag)]),
        r#"SELECT "sample"."id" FROM "sample" WHERE "sample"."flag" IS NOT TRUE"#,
    );
    // A row that a LEFT JOIN does not find is NULL.
    same(
        ids(
            &BOOK,
            vec![not(eq(via(&[&BOOK_EDITOR], &AUTHOR, "name"), text("a")))],
        ),
        r#"SELECT "book"."id" FROM "book" LEFT JOIN "author" AS "t1" ON "t1"."id" = "book"."editor_id" WHERE ("t1"."name" = ?1) IS NOT TRUE"#,
    );
}

#[test]
fn the_literal_null() {
    where_book(eq(subtitle(), null()), r#""book"."subtitle" IS NULL"#);
    where_book(eq(null(), subtitle()), r#""book"."subtitle" IS NULL"#);
    where_book(ne(subtitle(), null()), r#""book"."subtitle" IS NOT NULL"#);
    where_book(
        not(eq(subtitle(), null())),
        r#""book"."subtitle" IS NOT NULL"#,
    );
    where_book(subtitle().is_not_null(), r#""book"."subtitle" IS NOT NULL"#);
    where_book(gt(subtitle(), null()), r#""book"."subtitle" > NULL"#);
}

#[test]
fn conditions_as_values_are_never_null() {
    same(
        values(
            &BOOK,
            vec![
                truth(eq(subtitle(), text("a"))),
                truth(eq(title(), text("b"))),
            ],
        ),
        r#"SELECT ("book"."subtitle" = ?1) IS TRUE, "book"."title" = ?2 FROM "book""#,
    );
    where_book(
        is_true(truth(eq(subtitle(), text("a")))),
        r#""book"."subtitle" = ?1"#,
    );
    let xor = |a, b| Expr::Xor(Box::new((a, b)));
    where_book(
        xor(
            eq(subtitle(), text("a")),
            is_true(col(&BOOK, "is_published")),
        ),
        r#"(("book"."subtitle" = ?1) IS TRUE) <> "book"."is_published""#,
    );
    where_book(
        not(xor(
            eq(title(), text("a")),
            is_true(col(&BOOK, "is_published")),
        )),
        r#"("book"."title" = ?1) = "book"."is_published""#,
    );
}

#[test]
fn and_or_and_constants() {
    let (a, b, c) = (
        eq(title(), text("a")),
        eq(title(), text("b")),
        eq(title(), text("c")),
    );
    where_book(
        a.clone().or(b.clone()).and(c.clone()),
        r#"("book"."title" = ?1 OR "book"."title" = ?2) AND "book"."title" = ?3"#,
    );
    where_book(
        a.clone().and(b.clone()).or(c.clone()),
        r#""book"."title" = ?1 AND "book"."title" = ?2 OR "book"."title" = ?3"#,
    );
    where_book(Expr::Or(vec![]), "FALSE");
    where_book(Expr::Or(vec![a.clone()]), r#""book"."title" = ?1"#);
    where_book(
        Expr::Or(vec![Expr::And(vec![]), Expr::Constant(false)]),
        "TRUE OR FALSE",
    );
    same(
        ids(&BOOK, vec![Expr::And(vec![]), Expr::Constant(true)]),
        r#"SELECT "book"."id" FROM "book""#,
    );
    same(
        ids(&BOOK, vec![a.or(b), c]),
        r#"SELECT "book"."id" FROM "book" WHERE ("book"."title" = ?1 OR "book"."title" = ?2) AND "book"."title" = ?3"#,
    );
}

#[test]
fn raw_conditions_are_in_parentheses() {
    let raw = Expr::Raw(Box::new(Raw {
        sql: "stock_level > ? OR title = '?'",
        values: vec![Value::I32(1)],
        column_type: None,
    }));
    let printed = sqlite(ids(&BOOK, vec![raw.clone(), not(raw.clone())])).sql;
    assert!(printed.ends_with(
        "WHERE (stock_level > ?1 OR title = '?') AND (stock_level > ?2 OR title = '?') IS NOT TRUE"
    ));
    let short = Expr::Raw(Box::new(Raw {
        sql: "? = ?",
        values: vec![Value::I32(1)],
        column_type: None,
    }));
    let message = "this query of Book cannot run: raw SQL has more `?` than values";
    refused(ids(&BOOK, vec![short]), message, message);
}

#[test]
fn a_to_many_path_means_some() {
    where_author(
        eq(book_title(), text("x")),
        r#"EXISTS (SELECT 1 FROM "book" WHERE "book"."author_id" = "author"."id" AND "book"."title" = ?1)"#,
    );
    where_author(
        not(eq(book_title(), text("x"))),
        r#"NOT EXISTS (SELECT 1 FROM "book" WHERE "book"."author_id" = "author"."id" AND "book"."title" = ?1)"#,
    );
    where_author(
        ne(via(&[&AUTHOR_BOOKS], &BOOK, "subtitle"), text("x")),
        r#"EXISTS (SELECT 1 FROM "book" WHERE "book"."author_id" = "author"."id" AND ("book"."subtitle" = ?1) IS NOT TRUE)"#,
    );
    // Two conditions may be met by two books.
    where_author(
        eq(book_title(), text("x")).and(gt(via(&[&AUTHOR_BOOKS], &BOOK, "price"), dec("3"))),
        r#"EXISTS (SELECT 1 FROM "book" WHERE "book"."author_id" = "author"."id" AND "book"."title" = ?1) AND EXISTS (SELECT 1 FROM "book" WHERE "book"."author_id" = "author"."id" AND "book"."price" > ?2)"#,
    );
    // Within one comparison it is the same book.
    where_author(
        gt(
            via(&[&AUTHOR_BOOKS], &BOOK, "sales_count"),
            via(&[&AUTHOR_BOOKS], &BOOK, "stock_level"),
        ),
        r#"EXISTS (SELECT 1 FROM "book" WHERE "book"."author_id" = "author"."id" AND "book"."sales_count" > "book"."stock_level")"#,
    );
    where_author(
        via(&[&AUTHOR_BOOKS], &BOOK, "subtitle").is_not_null(),
        r#"EXISTS (SELECT 1 FROM "book" WHERE "book"."author_id" = "author"."id" AND "book"."subtitle" IS NOT NULL)"#,
    );
}

#[test]
fn steps_behind_to_many_are_joins_in_the_subquery() {
    where_author(
        eq(
            via(&[&AUTHOR_BOOKS, &BOOK_EDITOR], &AUTHOR, "name"),
            text("x"),
        ),
        r#"EXISTS (SELECT 1 FROM "book" LEFT JOIN "author" AS "t1" ON "t1"."id" = "book"."editor_id" WHERE "book"."author_id" = "author"."id" AND "t1"."name" = ?1)"#,
    );
    // A review there must be: that there is none is no NULL.
    where_author(
        via(&[&AUTHOR_BOOKS, &BOOK_REVIEWS], &REVIEW, "text").is_null(),
        r#"EXISTS (SELECT 1 FROM "book" INNER JOIN "review" AS "t1" ON "t1"."book_id" = "book"."id" WHERE "book"."author_id" = "author"."id" AND "t1"."text" IS NULL)"#,
    );
    where_author(
        eq(via(&[&AUTHOR_BOOKS, &BOOK_AUTHOR], &AUTHOR, "id"), int(3)),
        r#"EXISTS (SELECT 1 FROM "book" WHERE "book"."author_id" = "author"."id" AND "book"."author_id" = ?1)"#,
    );
}

#[test]
fn steps_before_to_many_are_joins_of_the_query() {
    // Where the key alone is needed, the row it points at is not.
    where_book(
        eq(
            via(&[&BOOK_AUTHOR, &AUTHOR_EDITED], &BOOK, "title"),
            text("x"),
        ),
        r#"EXISTS (SELECT 1 FROM "book" AS "t1" WHERE "t1"."editor_id" = "book"."author_id" AND "t1"."title" = ?1)"#,
    );
    same(
        ids(
            &REVIEW,
            vec![eq(
                via(&[&REVIEW_BOOK, &BOOK_AUTHOR, &AUTHOR_BOOKS], &BOOK, "title"),
                text("x"),
            )],
        ),
        r#"SELECT "review"."id" FROM "review" INNER JOIN "book" AS "t1" ON "t1"."id" = "review"."book_id" WHERE EXISTS (SELECT 1 FROM "book" WHERE "book"."author_id" = "t1"."author_id" AND "book"."title" = ?1)"#,
    );
}

#[test]
fn different_to_many_paths_in_one_comparison_nest() {
    where_author(
        eq(book_title(), via(&[&AUTHOR_EDITED], &BOOK, "title")),
        r#"EXISTS (SELECT 1 FROM "book" WHERE "book"."author_id" = "author"."id" AND EXISTS (SELECT 1 FROM "book" AS "t1" WHERE "t1"."editor_id" = "author"."id" AND "book"."title" = "t1"."title"))"#,
    );
}

#[test]
fn quantified_conditions() {
    let both_met = eq(title(), text("x")).and(eq(subtitle(), text("y")));
    where_author(
        quantified(&[&AUTHOR_BOOKS], Quantifier::Any, Some(both_met.clone())),
        r#"EXISTS (SELECT 1 FROM "book" WHERE "book"."author_id" = "author"."id" AND "book"."title" = ?1 AND "book"."subtitle" = ?2)"#,
    );
    where_author(
        quantified(&[&AUTHOR_BOOKS], Quantifier::None, Some(both_met.clone())),
        r#"NOT EXISTS (SELECT 1 FROM "book" WHERE "book"."author_id" = "author"."id" AND "book"."title" = ?1 AND "book"."subtitle" = ?2)"#,
    );
    where_author(
        quantified(&[&AUTHOR_BOOKS], Quantifier::All, Some(both_met)),
        r#"NOT EXISTS (SELECT 1 FROM "book" WHERE "book"."author_id" = "author"."id" AND ("book"."title" = ?1 AND "book"."subtitle" = ?2) IS NOT TRUE)"#,
    );
    where_author(
        quantified(&[&AUTHOR_BOOKS], Quantifier::None, None),
        r#"NOT EXISTS (SELECT 1 FROM "book" WHERE "book"."author_id" = "author"."id")"#,
    );
    where_author(
        not(quantified(&[&AUTHOR_BOOKS], Quantifier::None, None)),
        r#"EXISTS (SELECT 1 FROM "book" WHERE "book"."author_id" = "author"."id")"#,
    );
    where_author(
        quantified(&[&AUTHOR_PROFILE], Quantifier::Any, None),
        r#"EXISTS (SELECT 1 FROM "profile" WHERE "profile"."author_id" = "author"."id")"#,
    );
}

#[test]
fn quantified_conditions_nest() {
    let inner = eq(via(&[&BOOK_REVIEWS], &REVIEW, "rating"), int(5))
        .and(eq(via(&[&BOOK_AUTHOR], &AUTHOR, "name"), text("x")));
    where_author(
        quantified(&[&AUTHOR_BOOKS], Quantifier::Any, Some(inner)),
        r#"EXISTS (SELECT 1 FROM "book" INNER JOIN "author" AS "t1" ON "t1"."id" = "book"."author_id" WHERE "book"."author_id" = "author"."id" AND EXISTS (SELECT 1 FROM "review" WHERE "review"."book_id" = "book"."id" AND "review"."rating" = ?1) AND "t1"."name" = ?2)"#,
    );
    where_author(
        quantified(
            &[&AUTHOR_BOOKS, &BOOK_REVIEWS],
            Quantifier::All,
            Some(gt(col(&REVIEW, "rating"), int(3))),
        ),
        r#"NOT EXISTS (SELECT 1 FROM "book" INNER JOIN "review" AS "t1" ON "t1"."book_id" = "book"."id" WHERE "book"."author_id" = "author"."id" AND "t1"."rating" <= ?1)"#,
    );
    let grandchildren = quantified(
        &[&CATEGORY_CHILDREN],
        Quantifier::Any,
        Some(quantified(&[&CATEGORY_CHILDREN], Quantifier::Any, None)),
    );
    same(
        ids(&CATEGORY, vec![grandchildren]),
        r#"SELECT "category"."id" FROM "category" WHERE EXISTS (SELECT 1 FROM "category" AS "t1" WHERE "t1"."parent_id" = "category"."id" AND EXISTS (SELECT 1 FROM "category" AS "t2" WHERE "t2"."parent_id" = "t1"."id"))"#,
    );
}

#[test]
fn conditions_inside_values_speak_of_their_own_rows() {
    let case = Expr::Case(Box::new(Case {
        whens: vec![(
            eq(book_title(), text("x")),
            via(&[&AUTHOR_BOOKS], &BOOK, "sales_count"),
        )],
        otherwise: Some(int(0)),
        column_type: ColumnType::I32,
    }));
    where_author(
        gt(case, int(1)),
        r#"EXISTS (SELECT 1 FROM "book" WHERE "book"."author_id" = "author"."id" AND CASE WHEN EXISTS (SELECT 1 FROM "book" AS "t1" WHERE "t1"."author_id" = "author"."id" AND "t1"."title" = ?1) THEN "book"."sales_count" ELSE ?2 END > ?3)"#,
    );
}

fn member(subject: Expr, members: Members) -> Expr {
    Expr::In(Box::new(In { subject, members }))
}

#[test]
fn members() {
    let ids_of = |values: &[i64]| Members::Values(integers(values));
    let id = || col(&BOOK, "id");
    both(
        ids(
            &BOOK,
            vec![
                member(id(), ids_of(&[1, 2])),
                not(member(id(), ids_of(&[3]))),
            ],
        ),
        r#"SELECT "book"."id" FROM "book" WHERE "book"."id" IN rarray(?1) AND "book"."id" NOT IN rarray(?2)"#,
        r#"SELECT "book"."id" FROM "book" WHERE "book"."id" = ANY($1) AND "book"."id" <> ALL($2)"#,
    );
    both(
        ids(
            &BOOK,
            vec![not(member(col(&BOOK, "editor_id"), ids_of(&[3])))],
        ),
        r#"SELECT "book"."id" FROM "book" WHERE ("book"."editor_id" IN rarray(?1)) IS NOT TRUE"#,
        r#"SELECT "book"."id" FROM "book" WHERE ("book"."editor_id" = ANY($1)) IS NOT TRUE"#,
    );
    where_book(member(id(), ids_of(&[])), "FALSE");
    same(
        ids(&BOOK, vec![not(member(id(), ids_of(&[])))]),
        r#"SELECT "book"."id" FROM "book""#,
    );
    where_book(
        member(title(), Members::Exprs(vec![text("a"), subtitle()])),
        r#""book"."title" IN (?1, "book"."subtitle")"#,
    );
    where_book(
        not(member(title(), Members::Exprs(vec![text("a"), subtitle()]))),
        r#"("book"."title" IN (?1, "book"."subtitle")) IS NOT TRUE"#,
    );
}

#[test]
fn members_of_a_subquery() {
    let of = |name| Members::Select(Box::new(values(&AUTHOR, vec![col(&AUTHOR, name)])));
    where_book(
        not(member(via(&[&BOOK_AUTHOR], &AUTHOR, "id"), of("id"))),
        r#""book"."author_id" NOT IN (SELECT "author"."id" FROM "author")"#,
    );
    where_book(
        not(member(via(&[&BOOK_EDITOR], &AUTHOR, "id"), of("id"))),
        r#"("book"."editor_id" IN (SELECT "author"."id" FROM "author")) IS NOT TRUE"#,
    );
    let subtitles = Members::Select(Box::new(values(&BOOK, vec![subtitle()])));
    where_author(
        not(member(col(&AUTHOR, "name"), subtitles)),
        r#"("author"."name" IN (SELECT "book"."subtitle" FROM "book")) IS NOT TRUE"#,
    );
}

#[test]
fn ranges() {
    let between = |subject, low, high| Expr::Between(Box::new(Between { subject, low, high }));
    where_book(
        between(col(&BOOK, "sales_count"), int(1), int(5)),
        r#""book"."sales_count" BETWEEN ?1 AND ?2"#,
    );
    where_book(
        not(between(col(&BOOK, "sales_count"), int(1), int(5))),
        r#""book"."sales_count" NOT BETWEEN ?1 AND ?2"#,
    );
    where_book(
        not(between(subtitle(), text("a"), text("b"))),
        r#"("book"."subtitle" BETWEEN ?1 AND ?2) IS NOT TRUE"#,
    );
    where_author(
        between(via(&[&AUTHOR_BOOKS], &BOOK, "price"), dec("1"), dec("2")),
        r#"EXISTS (SELECT 1 FROM "book" WHERE "book"."author_id" = "author"."id" AND "book"."price" BETWEEN ?1 AND ?2)"#,
    );
}

#[test]
fn lookups_and_their_negation() {
    let contains = |subject| Expr::lookup(&lookups::CONTAINS, subject, text("a"));
    both(
        ids(
            &BOOK,
            vec![
                contains(title()),
                not(contains(title())),
                not(contains(subtitle())),
            ],
        ),
        r#"SELECT "book"."id" FROM "book" WHERE instr("book"."title", ?1) > 0 AND NOT (instr("book"."title", ?2) > 0) AND (instr("book"."subtitle", ?3) > 0) IS NOT TRUE"#,
        r#"SELECT "book"."id" FROM "book" WHERE "book"."title" LIKE $1 AND NOT ("book"."title" LIKE $2) AND ("book"."subtitle" LIKE $3) IS NOT TRUE"#,
    );
}

#[test]
fn a_literal_zero_divides_nothing() {
    let half = |divisor| {
        Expr::arithmetic(
            ArithmeticOp::Div,
            col(&BOOK, "sales_count"),
            divisor,
            ColumnType::I32,
        )
    };
    let message = "this query of Book cannot run: it divides by zero";
    refused(ids(&BOOK, vec![eq(half(int(0)), int(1))]), message, message);
}
