//! Selection, joins, the ordering, slices, counts, locks.

use super::schema::*;
use super::{both, postgres, refused, same, sqlite};
use crate::ast::{Distinct, Expr, Lock, Nulls, Order, OrderTerm, Output, Select, Wait};
use crate::value::{ColumnType, Value};

const BOOK_COLUMNS: &str = r#""book"."id", "book"."title", "book"."subtitle", "book"."author_id", "book"."editor_id", "book"."price", "book"."sales_count", "book"."stock_level", "book"."is_published", "book"."created_at""#;

#[test]
fn a_whole_model() {
    same(
        Select::from_model(&AUTHOR, &[]),
        r#"SELECT "author"."id", "author"."name", "author"."joined_date" FROM "author""#,
    );
    let books = Select::from_model(&BOOK, BOOK_ORDERING);
    both(
        books.clone(),
        &format!(
            r#"SELECT {BOOK_COLUMNS} FROM "book" ORDER BY "book"."sales_count" DESC, "book"."subtitle" NULLS LAST"#
        ),
        &format!(
            r#"SELECT {BOOK_COLUMNS} FROM "book" ORDER BY "book"."sales_count" DESC, "book"."subtitle""#
        ),
    );
    let reversed = Select {
        reversed: true,
        ..books.clone()
    };
    both(
        reversed,
        &format!(
            r#"SELECT {BOOK_COLUMNS} FROM "book" ORDER BY "book"."sales_count", "book"."subtitle" DESC NULLS FIRST"#
        ),
        &format!(
            r#"SELECT {BOOK_COLUMNS} FROM "book" ORDER BY "book"."sales_count", "book"."subtitle" DESC"#
        ),
    );
    let none = Select {
        empty: true,
        output: Output::One,
        ..books
    };
    same(none, r#"SELECT 1 FROM "book" WHERE FALSE"#);
}

#[test]
fn columns_that_are_left_out_keep_their_places() {
    let authors = Select {
        left_out: vec![1, 2],
        appended: vec![Expr::Bind(Value::I64(7))],
        ..Select::from_model(&AUTHOR, &[])
    };
    same(
        authors.clone(),
        r#"SELECT "author"."id", NULL, NULL, ?1 FROM "author""#,
    );
    // Behind a slice, it is the rows that are returned which are left out of.
    let sliced = Select {
        slice: Some(Box::new(Select {
            limit: Some(1),
            ..Select::from_model(&AUTHOR, &[])
        })),
        filters: vec![Expr::Constant(true)],
        ..authors.clone()
    };
    let sliced = sqlite(sliced).sql;
    let start = r#"SELECT "author"."id", NULL, NULL, ?1 FROM "author" WHERE"#;
    assert!(sliced.starts_with(start), "{sliced}");
    let shape = |select: &Select| crate::ast::shape::Shape::of_select(select).words().to_vec();
    let other = Select {
        left_out: vec![1],
        ..authors.clone()
    };
    assert_ne!(shape(&authors), shape(&other));
}

#[test]
fn names_are_quoted() {
    static FIELDS: [crate::schema::FieldSchema; 1] = [crate::schema::FieldSchema {
        name: "odd",
        column: "a\"b",
        index: 0,
        column_type: ColumnType::I64,
        nullable: false,
        relation: None,
        options: crate::schema::FieldOptions::NONE,
    }];
    static ODD: crate::schema::ModelSchema = crate::schema::ModelSchema {
        name: "Odd",
        table: "select \"x\"",
        fields: &FIELDS,
        primary_key: &[0],
        indexes: &[],
        uniques: &[],
        parent: None,
    };
    let printed = sqlite(Select::from_model(&ODD, &[]));
    assert_eq!(
        printed.sql,
        r#"SELECT "select ""x"""."a""b" FROM "select ""x""""#
    );
}

#[test]
fn a_default_ordering_is_of_whole_models() {
    let mut titles = Select::from_model(&BOOK, BOOK_ORDERING);
    titles.output = Output::Exprs(vec![col(&BOOK, "title")]);
    same(titles, r#"SELECT "book"."title" FROM "book""#);
}

#[test]
fn the_place_of_nulls() {
    let term = |nulls, descending| OrderTerm {
        expr: col(&BOOK, "subtitle"),
        descending,
        nulls,
    };
    let mut books = ids(&BOOK, vec![]);
    books.order = Order::By(vec![
        term(Some(Nulls::First), false),
        term(Some(Nulls::Last), true),
    ]);
    both(
        books.clone(),
        r#"SELECT "book"."id" FROM "book" ORDER BY "book"."subtitle", "book"."subtitle" DESC"#,
        r#"SELECT "book"."id" FROM "book" ORDER BY "book"."subtitle" NULLS FIRST, "book"."subtitle" DESC NULLS LAST"#,
    );
    books.reversed = true;
    both(
        books,
        r#"SELECT "book"."id" FROM "book" ORDER BY "book"."subtitle" DESC, "book"."subtitle""#,
        r#"SELECT "book"."id" FROM "book" ORDER BY "book"."subtitle" DESC NULLS LAST, "book"."subtitle" NULLS FIRST"#,
    );
}

#[test]
fn paths_become_joins_once() {
    let author = via(&[&BOOK_AUTHOR], &AUTHOR, "name");
    let editor = via(&[&BOOK_EDITOR], &AUTHOR, "name");
    let bio = via(&[&BOOK_AUTHOR, &AUTHOR_PROFILE], &PROFILE, "bio");
    let mut books = values(&BOOK, vec![author.clone(), editor.clone(), bio.clone()]);
    books.filters = vec![eq(author, text("x")), eq(bio, text("y"))];
    books.order = by(vec![(editor, false)]);
    both(
        books,
        r#"SELECT "t1"."name", "t2"."name", "t3"."bio" FROM "book" INNER JOIN "author" AS "t1" ON "t1"."id" = "book"."author_id" LEFT JOIN "author" AS "t2" ON "t2"."id" = "book"."editor_id" LEFT JOIN "profile" AS "t3" ON "t3"."author_id" = "book"."author_id" WHERE "t1"."name" = ?1 AND "t3"."bio" = ?2 ORDER BY "t2"."name" NULLS LAST"#,
        r#"SELECT "t1"."name", "t2"."name", "t3"."bio" FROM "book" INNER JOIN "author" AS "t1" ON "t1"."id" = "book"."author_id" LEFT JOIN "author" AS "t2" ON "t2"."id" = "book"."editor_id" LEFT JOIN "profile" AS "t3" ON "t3"."author_id" = "book"."author_id" WHERE "t1"."name" = $1 AND "t3"."bio" = $2 ORDER BY "t2"."name""#,
    );
}

#[test]
fn what_is_behind_an_optional_step_is_optional() {
    let name = via(
        &[&REVIEW_BOOK, &BOOK_EDITOR, &AUTHOR_PROFILE],
        &PROFILE,
        "bio",
    );
    same(
        values(&REVIEW, vec![name]),
        r#"SELECT "t2"."bio" FROM "review" INNER JOIN "book" AS "t1" ON "t1"."id" = "review"."book_id" LEFT JOIN "profile" AS "t2" ON "t2"."author_id" = "t1"."editor_id""#,
    );
    let grandparent = via(&[&CATEGORY_PARENT, &CATEGORY_PARENT], &CATEGORY, "name");
    same(
        values(&CATEGORY, vec![grandparent]),
        r#"SELECT "t2"."name" FROM "category" LEFT JOIN "category" AS "t1" ON "t1"."id" = "category"."parent_id" LEFT JOIN "category" AS "t2" ON "t2"."id" = "t1"."parent_id""#,
    );
}

#[test]
fn a_key_needs_no_join() {
    same(
        values(
            &BOOK,
            vec![
                via(&[&BOOK_AUTHOR], &AUTHOR, "id"),
                via(&[&BOOK_EDITOR], &AUTHOR, "id"),
            ],
        ),
        r#"SELECT "book"."author_id", "book"."editor_id" FROM "book""#,
    );
    same(
        values(
            &REVIEW,
            vec![via(&[&REVIEW_BOOK, &BOOK_AUTHOR], &AUTHOR, "id")],
        ),
        r#"SELECT "t1"."author_id" FROM "review" INNER JOIN "book" AS "t1" ON "t1"."id" = "review"."book_id""#,
    );
    // The other side of a key may be absent, so its column is no copy of the own key.
    same(
        values(
            &AUTHOR,
            vec![via(&[&AUTHOR_PROFILE], &PROFILE, "author_id")],
        ),
        r#"SELECT "t1"."author_id" FROM "author" LEFT JOIN "profile" AS "t1" ON "t1"."author_id" = "author"."id""#,
    );
    // A join may begin at a key, without the row it points at.
    same(
        values(
            &BOOK,
            vec![via(&[&BOOK_AUTHOR, &AUTHOR_PROFILE], &PROFILE, "bio")],
        ),
        r#"SELECT "t1"."bio" FROM "book" LEFT JOIN "profile" AS "t1" ON "t1"."author_id" = "book"."author_id""#,
    );
}

#[test]
fn selecting_through_to_many_multiplies_rows_once() {
    let title = via(&[&AUTHOR_BOOKS], &BOOK, "title");
    let price = via(&[&AUTHOR_BOOKS], &BOOK, "price");
    let mut rows = values(&AUTHOR, vec![col(&AUTHOR, "name"), title.clone(), price]);
    rows.filters = vec![eq(title.clone(), text("x"))];
    rows.order = by(vec![(title.clone(), false)]);
    both(
        rows,
        r#"SELECT "author"."name", "t1"."title", "t1"."price" FROM "author" LEFT JOIN "book" AS "t1" ON "t1"."author_id" = "author"."id" WHERE EXISTS (SELECT 1 FROM "book" WHERE "book"."author_id" = "author"."id" AND "book"."title" = ?1) ORDER BY "t1"."title" NULLS LAST"#,
        r#"SELECT "author"."name", "t1"."title", "t1"."price" FROM "author" LEFT JOIN "book" AS "t1" ON "t1"."author_id" = "author"."id" WHERE EXISTS (SELECT 1 FROM "book" WHERE "book"."author_id" = "author"."id" AND "book"."title" = $1) ORDER BY "t1"."title""#,
    );
    let mut whole = Select::from_model(&AUTHOR, &[]);
    whole.order = by(vec![(title, false)]);
    let message = "this query of Author cannot run: whole rows cannot be ordered by something each has many of";
    refused(whole, message, message);
}

#[test]
fn limits() {
    let mut books = ids(&BOOK, vec![]);
    books.limit = Some(10);
    books.offset = 20;
    same(
        books.clone(),
        r#"SELECT "book"."id" FROM "book" LIMIT ?1 OFFSET ?2"#,
    );
    assert_eq!(
        sqlite(books.clone()).params,
        [Value::I64(10), Value::I64(20)]
    );
    books.limit = None;
    both(
        books.clone(),
        r#"SELECT "book"."id" FROM "book" LIMIT -1 OFFSET ?1"#,
        r#"SELECT "book"."id" FROM "book" OFFSET $1"#,
    );
    books.limit = Some(1);
    books.offset = 0;
    same(books.clone(), r#"SELECT "book"."id" FROM "book" LIMIT 1"#);
    books.limit = Some(u64::MAX);
    assert_eq!(postgres(books).params, [Value::I64(i64::MAX)]);
}

#[test]
fn counts() {
    let mut books = Select::from_model(&BOOK, BOOK_ORDERING);
    books.output = Output::Count;
    same(books.clone(), r#"SELECT count(*) FROM "book""#);
    books.distinct = Distinct::Rows;
    books.lock = Some(Lock {
        wait: Wait::Block,
        no_key: false,
        of: Vec::new(),
        tables: Vec::new(),
    });
    same(books.clone(), r#"SELECT count(*) FROM "book""#);
    books.limit = Some(5);
    same(
        books,
        r#"SELECT count(*) FROM (SELECT 1 FROM "book" LIMIT ?1) AS "t1""#,
    );
}

#[test]
fn counts_of_values() {
    let mut titles = values(&BOOK, vec![]);
    titles.output = Output::CountOf(vec![
        col(&BOOK, "title"),
        via(&[&BOOK_AUTHOR], &AUTHOR, "name"),
    ]);
    same(titles.clone(), r#"SELECT count(*) FROM "book""#);
    titles.distinct = Distinct::Rows;
    same(
        titles,
        r#"SELECT count(*) FROM (SELECT DISTINCT "book"."title", "t1"."name" FROM "book" INNER JOIN "author" AS "t1" ON "t1"."id" = "book"."author_id") AS "t2""#,
    );
    let mut many = values(&AUTHOR, vec![]);
    many.output = Output::CountOf(vec![via(&[&AUTHOR_BOOKS], &BOOK, "title")]);
    same(
        many,
        r#"SELECT count(*) FROM (SELECT "t1"."title" FROM "author" LEFT JOIN "book" AS "t1" ON "t1"."author_id" = "author"."id") AS "t2""#,
    );
}

fn sliced() -> Select {
    let mut inner = Select::from_model(&BOOK, &[]);
    inner.order = by(vec![(col(&BOOK, "price"), true)]);
    inner.limit = Some(5);
    inner
}

fn about(inner: Select, output: Output) -> Select {
    let mut outer = Select::from_model(&BOOK, BOOK_ORDERING);
    outer.output = output;
    outer.order = Order::By(vec![]);
    outer.slice = Some(Box::new(inner));
    outer
}

#[test]
fn what_comes_after_a_slice_sees_its_rows() {
    let mut outer = about(sliced(), Output::Exprs(vec![col(&BOOK, "title")]));
    same(
        outer.clone(),
        r#"SELECT "book"."title" FROM "book" ORDER BY "book"."price" DESC LIMIT ?1"#,
    );
    outer.filters = vec![is_true(col(&BOOK, "is_published"))];
    same(
        outer.clone(),
        r#"SELECT "book"."title" FROM "book" WHERE "book"."id" IN (SELECT "t1"."id" FROM "book" AS "t1" ORDER BY "t1"."price" DESC LIMIT ?1) AND "book"."is_published" ORDER BY "book"."price" DESC"#,
    );
    outer.order = by(vec![(col(&BOOK, "title"), false)]);
    outer.limit = Some(2);
    same(
        outer.clone(),
        r#"SELECT "book"."title" FROM "book" WHERE "book"."id" IN (SELECT "t1"."id" FROM "book" AS "t1" ORDER BY "t1"."price" DESC LIMIT ?1) AND "book"."is_published" ORDER BY "book"."title" LIMIT 2"#,
    );
    outer.output = Output::Count;
    same(
        outer,
        r#"SELECT count(*) FROM (SELECT 1 FROM "book" WHERE "book"."id" IN (SELECT "t1"."id" FROM "book" AS "t1" ORDER BY "t1"."price" DESC LIMIT ?1) AND "book"."is_published" LIMIT 2) AS "t2""#,
    );
    same(
        about(sliced(), Output::Count),
        r#"SELECT count(*) FROM (SELECT "book"."id", "book"."title", "book"."subtitle", "book"."author_id", "book"."editor_id", "book"."price", "book"."sales_count", "book"."stock_level", "book"."is_published", "book"."created_at" FROM "book" ORDER BY "book"."price" DESC LIMIT ?1) AS "t1""#,
    );
}

#[test]
fn a_slice_has_the_default_order_of_its_rows() {
    let mut inner = Select::from_model(&BOOK, BOOK_ORDERING);
    inner.limit = Some(5);
    inner.reversed = true;
    let mut outer = about(inner, Output::Exprs(vec![col(&BOOK, "id")]));
    outer.reversed = true;
    both(
        outer,
        r#"SELECT "book"."id" FROM "book" WHERE "book"."id" IN (SELECT "t1"."id" FROM "book" AS "t1" ORDER BY "t1"."sales_count", "t1"."subtitle" DESC NULLS FIRST LIMIT ?1) ORDER BY "book"."sales_count" DESC, "book"."subtitle" NULLS LAST"#,
        r#"SELECT "book"."id" FROM "book" WHERE "book"."id" IN (SELECT "t1"."id" FROM "book" AS "t1" ORDER BY "t1"."sales_count", "t1"."subtitle" DESC LIMIT $1) ORDER BY "book"."sales_count" DESC, "book"."subtitle""#,
    );
}

#[test]
fn slices_within_slices() {
    let mut middle = about(sliced(), Output::Model);
    middle.offset = 2;
    let mut outer = about(middle, Output::Exprs(vec![col(&BOOK, "id")]));
    outer.filters = vec![gt(col(&BOOK, "price"), dec("3"))];
    both(
        outer,
        r#"SELECT "book"."id" FROM "book" WHERE "book"."id" IN (SELECT "t1"."id" FROM "book" AS "t1" WHERE "t1"."id" IN (SELECT "t2"."id" FROM "book" AS "t2" ORDER BY "t2"."price" DESC LIMIT ?1) ORDER BY "t1"."price" DESC LIMIT -1 OFFSET ?2) AND "book"."price" > ?3 ORDER BY "book"."price" DESC"#,
        r#"SELECT "book"."id" FROM "book" WHERE "book"."id" IN (SELECT "t1"."id" FROM "book" AS "t1" WHERE "t1"."id" IN (SELECT "t2"."id" FROM "book" AS "t2" ORDER BY "t2"."price" DESC LIMIT $1) ORDER BY "t1"."price" DESC OFFSET $2) AND "book"."price" > $3 ORDER BY "book"."price" DESC"#,
    );
}

#[test]
fn a_slice_of_values_is_final() {
    let mut inner = values(&BOOK, vec![col(&BOOK, "title")]);
    inner.distinct = Distinct::Rows;
    inner.limit = Some(5);
    let mut outer = about(inner, Output::Exprs(vec![col(&BOOK, "title")]));
    outer.filters = vec![is_true(col(&BOOK, "is_published"))];
    let message = "this query of Book cannot run: a slice of distinct values cannot be filtered or ordered again: filter before `limit`, `offset` and `slice`";
    refused(outer, message, message);
}

#[test]
fn distinct_rows() {
    let mut titles = values(
        &BOOK,
        vec![col(&BOOK, "title"), via(&[&BOOK_AUTHOR], &AUTHOR, "id")],
    );
    titles.distinct = Distinct::Rows;
    titles.order = by(vec![(via(&[&BOOK_AUTHOR], &AUTHOR, "id"), false)]);
    same(
        titles.clone(),
        r#"SELECT DISTINCT "book"."title", "book"."author_id" FROM "book" ORDER BY "book"."author_id""#,
    );
    titles.order = by(vec![(col(&BOOK, "price"), false)]);
    let message = "this query of Book cannot run: distinct rows can be ordered only by what they select: `order_by` or `unordered` first";
    refused(titles, message, message);
    let mut whole = Select::from_model(&AUTHOR, &[]);
    whole.distinct = Distinct::Rows;
    whole.order = by(vec![(col(&AUTHOR, "name"), true)]);
    same(
        whole,
        r#"SELECT DISTINCT "author"."id", "author"."name", "author"."joined_date" FROM "author" ORDER BY "author"."name" DESC"#,
    );
}

#[test]
fn distinct_on_is_of_postgres() {
    let mut books = Select::from_model(&BOOK, BOOK_ORDERING);
    books.distinct = Distinct::On(vec![via(&[&BOOK_AUTHOR], &AUTHOR, "id")]);
    assert_eq!(
        postgres(books.clone()).sql,
        format!(
            r#"SELECT DISTINCT ON ("book"."author_id") {BOOK_COLUMNS} FROM "book" ORDER BY "book"."author_id", "book"."sales_count" DESC, "book"."subtitle""#
        )
    );
    books.order = by(vec![(col(&BOOK, "title"), false)]);
    refused(
        books,
        "SQLite does not support DISTINCT ON",
        "this query of Book cannot run: the ordering must begin with the expressions of `distinct_on`",
    );
}

#[test]
fn locks() {
    let mut books = ids(&BOOK, vec![]);
    books.lock = Some(Lock {
        wait: Wait::Block,
        no_key: true,
        of: Vec::new(),
        tables: Vec::new(),
    });
    both(
        books.clone(),
        r#"SELECT "book"."id" FROM "book""#,
        r#"SELECT "book"."id" FROM "book" FOR NO KEY UPDATE"#,
    );
    books.filters = vec![eq(via(&[&BOOK_EDITOR], &AUTHOR, "name"), text("x"))];
    books.lock = Some(Lock {
        wait: Wait::SkipLocked,
        no_key: false,
        of: Vec::new(),
        tables: Vec::new(),
    });
    assert_eq!(
        postgres(books.clone()).sql,
        r#"SELECT "book"."id" FROM "book" LEFT JOIN "author" AS "t1" ON "t1"."id" = "book"."editor_id" WHERE "t1"."name" = $1 FOR UPDATE OF "book" SKIP LOCKED"#
    );
    let mut of_authors = ids(&BOOK, vec![]);
    of_authors.lock = Some(Lock {
        wait: Wait::Block,
        no_key: false,
        of: path(&[&BOOK_AUTHOR]).into_iter().collect(),
        tables: Vec::new(),
    });
    both(
        of_authors,
        r#"SELECT "book"."id" FROM "book" INNER JOIN "author" AS "t1" ON "t1"."id" = "book"."author_id""#,
        r#"SELECT "book"."id" FROM "book" INNER JOIN "author" AS "t1" ON "t1"."id" = "book"."author_id" FOR UPDATE OF "book", "t1""#,
    );
    books.distinct = Distinct::Rows;
    refused(
        books,
        "SQLite does not support FOR UPDATE SKIP LOCKED",
        "this query of Book cannot run: distinct rows cannot be locked",
    );
}

#[test]
fn subqueries_about_the_same_table_have_another_name() {
    let mut inner = values(&BOOK, vec![col(&BOOK, "title")]);
    inner.filters = vec![gt(col(&BOOK, "price"), dec("5"))];
    inner.order = by(vec![(col(&BOOK, "title"), false)]);
    let member = Expr::In(Box::new(crate::ast::In {
        subject: via(&[&BOOK_AUTHOR], &AUTHOR, "name"),
        members: crate::ast::Members::Select(Box::new(inner)),
    }));
    same(
        ids(&BOOK, vec![member]),
        r#"SELECT "book"."id" FROM "book" INNER JOIN "author" AS "t1" ON "t1"."id" = "book"."author_id" WHERE "t1"."name" IN (SELECT "t2"."title" FROM "book" AS "t2" WHERE "t2"."price" > ?1)"#,
    );
    let count = Select {
        output: Output::Count,
        ..ids(&BOOK, vec![])
    };
    same(
        ids(&AUTHOR, vec![gt(Expr::Scalar(Box::new(count)), int(3))]),
        r#"SELECT "author"."id" FROM "author" WHERE (SELECT count(*) FROM "book") > ?1"#,
    );
}
