//! Relations through a link table: conditions, values, the rows of many parents, and the links themselves.

use super::schema::*;
use super::{both, postgres, same, sqlite};
use crate::ast::{
    Delete, Expr, In, Insert, Members, OnConflict, Output, Parents, Quantifier, Select,
};
use crate::schema::{FieldSchema, LinkSchema, ModelSchema, PathNode, RelationSchema, UniqueSchema};
use crate::value::ColumnType::Text;

fn book() -> &'static ModelSchema {
    &BOOK
}

fn tag() -> &'static ModelSchema {
    &TAG
}

fn book_tags() -> &'static ModelSchema {
    &BOOK_TAGS
}

fn tagging() -> &'static ModelSchema {
    &TAGGING
}

pub(super) static TAG: ModelSchema = model("Tag", "tag", &[key(0), field(1, "name", Text)]);

const LINKS: &[FieldSchema] = &[
    key(0),
    relation(1, "book_id", &LINK_BOOK),
    relation(2, "tag_id", &LINK_TAG),
];
/// As a derive makes it: no pair twice.
pub(super) static BOOK_TAGS: ModelSchema = ModelSchema {
    uniques: &[UniqueSchema {
        name: None,
        fields: &[1, 2],
    }],
    parent: None,
    ..model("Book.tags", "book_tags", LINKS)
};
/// Without a constraint.
pub(super) static TAGGING: ModelSchema = model(
    "Tagging",
    "tagging",
    &[
        key(0),
        relation(1, "book_id", &TAGGING_BOOK),
        relation(2, "tag_id", &TAGGING_TAG),
    ],
);
static LINK_BOOK: RelationSchema = points("book", book_tags, book, 1, false);
static LINK_TAG: RelationSchema = points("tag", book_tags, tag, 2, false);
static TAGGING_BOOK: RelationSchema = points("book", tagging, book, 1, false);
static TAGGING_TAG: RelationSchema = points("tag", tagging, tag, 2, false);

static TAGS: LinkSchema = LinkSchema::new("tags", &LINK_BOOK, &LINK_TAG, false, |_| None);
static MANY_TAGS: LinkSchema =
    LinkSchema::new("tags", &TAGGING_BOOK, &TAGGING_TAG, false, |_| None);
static BOOKS: LinkSchema = TAGS.reverse("books");

/// `Book::tags`
pub(super) const TO_TAGS: &[&RelationSchema] = &[&TAGS.links, &LINK_TAG];

fn books(filter: Expr) -> Select {
    ids(&BOOK, vec![filter])
}

#[test]
fn a_key_needs_the_link_table_alone() {
    same(
        books(eq(via(TO_TAGS, &TAG, "id"), int(7))),
        r#"SELECT "book"."id" FROM "book" WHERE EXISTS (SELECT 1 FROM "book_tags" WHERE "book_tags"."book_id" = "book"."id" AND "book_tags"."tag_id" = ?1)"#,
    );
    same(
        books(quantified(TO_TAGS, Quantifier::None, None)),
        r#"SELECT "book"."id" FROM "book" WHERE NOT EXISTS (SELECT 1 FROM "book_tags" WHERE "book_tags"."book_id" = "book"."id")"#,
    );
}

#[test]
fn some_row_behind_the_links() {
    let named = eq(via(TO_TAGS, &TAG, "name"), text("new"));
    let sql = r#"SELECT "book"."id" FROM "book" WHERE EXISTS (SELECT 1 FROM "book_tags" INNER JOIN "tag" AS "t1" ON "t1"."id" = "book_tags"."tag_id" WHERE "book_tags"."book_id" = "book"."id" AND "t1"."name" = ?1)"#;
    same(books(named.clone()), sql);
    same(books(named.negate()), &sql.replace("EXISTS", "NOT EXISTS"));
    let any = quantified(
        TO_TAGS,
        Quantifier::Any,
        Some(eq(col(&TAG, "name"), text("new"))),
    );
    same(books(any), sql);
}

#[test]
fn there_and_back_again() {
    let path = &[&TAGS.links, &LINK_TAG, &BOOKS.links, &LINK_BOOK];
    same(
        books(eq(via(path, &BOOK, "title"), text("SQL"))),
        r#"SELECT "book"."id" FROM "book" WHERE EXISTS (SELECT 1 FROM "book_tags" INNER JOIN "book_tags" AS "t1" ON "t1"."tag_id" = "book_tags"."tag_id" INNER JOIN "book" AS "t2" ON "t2"."id" = "t1"."book_id" WHERE "book_tags"."book_id" = "book"."id" AND "t2"."title" = ?1)"#,
    );
}

#[test]
fn values_cross_the_links() {
    same(
        values(&BOOK, vec![col(&BOOK, "id"), via(TO_TAGS, &TAG, "name")]),
        r#"SELECT "book"."id", "t2"."name" FROM "book" LEFT JOIN "book_tags" AS "t1" ON "t1"."book_id" = "book"."id" LEFT JOIN "tag" AS "t2" ON "t2"."id" = "t1"."tag_id""#,
    );
}

fn tags_of_books(link: &'static LinkSchema) -> Select {
    let path: &'static PathNode = Box::leak(Box::new(PathNode {
        parent: None,
        relation: &link.back,
    }));
    let mut select = Select::from_model(&TAG, &[]);
    select.parents = Some(Box::new(Parents {
        relation: &link.links,
        through: Some((link, path)),
        keys: integers(&[1, 2]),
        returned: true,
        key: None,
        among: false,
        indexed: false,
    }));
    select
}

#[test]
fn the_rows_of_many_parents() {
    let mut select = tags_of_books(&TAGS);
    assert_eq!(select.parent_at(), 2);
    let from = r#"FROM "tag" INNER JOIN "book_tags" AS "t1" ON "t1"."tag_id" = "tag"."id" WHERE "t1"."book_id""#;
    both(
        select.clone(),
        &format!(r#"SELECT "tag"."id", "tag"."name", "t1"."book_id" {from} IN rarray(?1)"#),
        &format!(r#"SELECT "tag"."id", "tag"."name", "t1"."book_id" {from} = ANY($1)"#),
    );
    select.order = by(vec![(col(&TAG, "name"), false)]);
    select.limit = Some(3);
    both(
        select,
        &format!(
            r#"SELECT * FROM (SELECT "tag"."id", "tag"."name", "t1"."book_id", row_number() OVER (PARTITION BY "t1"."book_id" ORDER BY "tag"."name") AS "__number" {from} IN rarray(?1)) AS "t0" WHERE "__number" <= ?2 ORDER BY "__number""#
        ),
        &format!(
            r#"SELECT * FROM (SELECT "tag"."id", "tag"."name", "t1"."book_id", row_number() OVER (PARTITION BY "t1"."book_id" ORDER BY "tag"."name") AS "__number" {from} = ANY($1)) AS "t0" WHERE "__number" <= $2 ORDER BY "__number""#
        ),
    );
}

#[test]
fn of_a_pair_that_is_there_twice_the_first_link_counts() {
    let mut select = tags_of_books(&MANY_TAGS);
    select.output = Output::Exprs(vec![col(&TAG, "name")]);
    let sql = r#"SELECT "tag"."name", "t1"."book_id" FROM "tag" INNER JOIN "tagging" AS "t1" ON "t1"."tag_id" = "tag"."id" WHERE NOT EXISTS (SELECT 1 FROM "tagging" WHERE "tagging"."book_id" = "t1"."book_id" AND "tagging"."tag_id" = "t1"."tag_id" AND "tagging"."id" < "t1"."id") AND "t1"."book_id""#;
    both(
        select,
        &format!("{sql} IN rarray(?1)"),
        &format!("{sql} = ANY($1)"),
    );
}

fn insert(link: &LinkSchema, on_conflict: OnConflict, arrays: bool) -> Insert {
    Insert {
        model: link.model(),
        columns: vec![1, 2],
        arrays,
        on_conflict,
        returning: vec![],
        row_ids: false,
    }
}

#[test]
fn links_are_added_unless_they_are_there() {
    assert!(TAGS.is_unique() && !MANY_TAGS.is_unique());
    let unique = OnConflict::Update {
        target: vec![1, 2],
        columns: vec![],
    };
    assert_eq!(
        sqlite(insert(&TAGS, unique.clone(), false)).sql,
        r#"INSERT INTO "book_tags" ("book_id", "tag_id") VALUES (?1, ?2) ON CONFLICT ("book_id", "tag_id") DO NOTHING"#
    );
    assert_eq!(
        postgres(insert(&TAGS, unique, true)).sql,
        r#"INSERT INTO "book_tags" ("book_id", "tag_id") SELECT * FROM unnest($1::bigint[], $2::bigint[]) ON CONFLICT ("book_id", "tag_id") DO NOTHING"#
    );
    let absent = OnConflict::Absent(vec![1, 2]);
    assert_eq!(
        sqlite(insert(&MANY_TAGS, absent.clone(), false)).sql,
        r#"INSERT INTO "tagging" ("book_id", "tag_id") SELECT ?1, ?2 WHERE NOT EXISTS (SELECT 1 FROM "tagging" AS l WHERE l."book_id" = ?1 AND l."tag_id" = ?2)"#
    );
    assert_eq!(
        postgres(insert(&MANY_TAGS, absent, true)).sql,
        r#"INSERT INTO "tagging" ("book_id", "tag_id") SELECT * FROM unnest($1::bigint[], $2::bigint[]) AS v("book_id", "tag_id") WHERE NOT EXISTS (SELECT 1 FROM "tagging" AS l WHERE l."book_id" = v."book_id" AND l."tag_id" = v."tag_id")"#
    );
}

#[test]
fn links_of_others_are_removed() {
    let others = Expr::In(Box::new(In {
        subject: col(&BOOK_TAGS, "tag_id"),
        members: Members::Values(integers(&[7, 8])),
    }));
    let mut rows = Select::from_model(&BOOK_TAGS, &[]);
    rows.filters = vec![others.negate(), eq(col(&BOOK_TAGS, "book_id"), int(1))];
    both(
        Delete { rows },
        r#"DELETE FROM "book_tags" WHERE "book_tags"."tag_id" NOT IN rarray(?1) AND "book_tags"."book_id" = ?2"#,
        r#"DELETE FROM "book_tags" WHERE "book_tags"."tag_id" <> ALL($1) AND "book_tags"."book_id" = $2"#,
    );
}
