//! Aggregates, groups, and values of a relation's rows.

use super::schema::*;
use super::{both, refused, same};
use crate::ast::builtin::aggregates;
use crate::ast::{Aggregate, Expr, Grouping, Order, Output, Related, Select, Update};
use crate::schema::RelationSchema;
use crate::value::ColumnType;

fn count(expr: Expr) -> Expr {
    Expr::aggregate(&aggregates::COUNT, vec![expr], ColumnType::I64)
}

fn rows() -> Expr {
    Expr::aggregate(&aggregates::COUNT_ROWS, Vec::new(), ColumnType::I64)
}

fn sum(expr: Expr) -> Expr {
    Expr::aggregate(&aggregates::SUM_SHORT, vec![expr], ColumnType::I64)
}

fn with(mut expr: Expr, change: impl Fn(&mut Aggregate)) -> Expr {
    expr.each_aggregate_mut(&mut |aggregate| change(aggregate));
    expr
}

fn related(steps: &[&'static RelationSchema], filters: Vec<Expr>, value: Expr) -> Expr {
    let path = path(steps).unwrap();
    Expr::Related(Box::new(Related {
        path,
        filters,
        limited: false,
        value,
    }))
}

fn book(name: &str) -> Expr {
    col(&BOOK, name)
}

/// Groups: the first expressions are selected, the others annotated.
fn groups(
    model: &'static crate::schema::ModelSchema,
    selected: Vec<Expr>,
    annotated: Vec<Expr>,
) -> Select {
    let grouping = Grouping {
        selected: selected.len(),
        ..Grouping::default()
    };
    let mut select = values(model, selected.into_iter().chain(annotated).collect());
    select.grouping = Some(Box::new(grouping));
    select
}

#[test]
fn all_rows_together() {
    same(
        values(&BOOK, vec![rows(), sum(book("sales_count"))]),
        r#"SELECT count(*), sum("book"."sales_count") FROM "book""#,
    );
    // What is never NULL is not looked at.
    let counts = vec![
        count(book("id")),
        count(book("subtitle")),
        with(count(book("title")), |of| of.distinct = true),
    ];
    same(
        values(&BOOK, counts),
        r#"SELECT count(*), count("book"."subtitle"), count(DISTINCT "book"."title") FROM "book""#,
    );
    let published = with(rows(), |of| of.filter = Some(is_true(book("is_published"))));
    same(
        values(
            &BOOK,
            vec![
                published,
                with(rows(), |of| of.filter = Some(Expr::Constant(true))),
            ],
        ),
        r#"SELECT count(*) FILTER (WHERE "book"."is_published"), count(*) FROM "book""#,
    );
    let mut having = values(&BOOK, vec![rows()]);
    having.filters = vec![gt(rows(), int(3)), gt(book("stock_level"), int(0))];
    same(
        having,
        r#"SELECT count(*) FROM "book" WHERE "book"."stock_level" > ?1 HAVING count(*) > ?2"#,
    );
}

#[test]
fn every_function() {
    let of = |function, args, column_type| Expr::aggregate(function, args, column_type);
    let price = || vec![book("price")];
    let numbers = vec![
        of(&aggregates::SUM_LONG, vec![book("id")], ColumnType::I64),
        of(&aggregates::AVG_INTEGER, vec![book("id")], ColumnType::F64),
        of(&aggregates::SUM_DECIMAL, price(), ColumnType::Decimal),
        of(&aggregates::AVG_DECIMAL, price(), ColumnType::Decimal),
        of(
            aggregates::variance(ColumnType::Decimal),
            price(),
            ColumnType::F64,
        ),
        of(
            aggregates::std_dev(ColumnType::I32),
            vec![book("stock_level")],
            ColumnType::F64,
        ),
        of(
            aggregates::std_dev_sample(ColumnType::F64),
            vec![book("stock_level")],
            ColumnType::F64,
        ),
        of(&aggregates::MAX, price(), ColumnType::Decimal),
    ];
    both(
        values(&BOOK, numbers.clone()),
        r#"SELECT orm_sum("book"."id"), avg("book"."id"), orm_dec_sum("book"."price"), orm_dec_avg("book"."price", ?1), orm_exact_variance("book"."price"), orm_exact_std_dev("book"."stock_level"), orm_std_dev_sample(CAST("book"."stock_level" AS REAL)), max("book"."price") FROM "book""#,
        r#"SELECT CAST(sum("book"."id") AS bigint), (CAST(sum("book"."id") AS double precision) / count("book"."id")), sum("book"."price"), avg("book"."price"), CAST(var_pop(trim_scale("book"."price")) AS double precision), sqrt(CAST(var_pop("book"."stock_level") AS double precision)), stddev_samp(CAST("book"."stock_level" AS double precision)), max("book"."price") FROM "book""#,
    );
    let distinct = numbers
        .into_iter()
        .map(|of| with(of, |of| of.distinct = true))
        .collect();
    both(
        values(&BOOK, distinct),
        r#"SELECT orm_sum(DISTINCT "book"."id"), avg(DISTINCT "book"."id"), orm_dec_sum(DISTINCT "book"."price"), orm_dec_div(orm_dec_sum(DISTINCT "book"."price"), count(DISTINCT "book"."price"), ?1), orm_exact_variance(DISTINCT "book"."price"), orm_exact_std_dev(DISTINCT "book"."stock_level"), orm_std_dev_sample(DISTINCT CAST("book"."stock_level" AS REAL)), max("book"."price") FROM "book""#,
        r#"SELECT CAST(sum(DISTINCT "book"."id") AS bigint), (CAST(sum(DISTINCT "book"."id") AS double precision) / count(DISTINCT "book"."id")), sum(DISTINCT "book"."price"), avg(DISTINCT "book"."price"), CAST(var_pop(DISTINCT trim_scale("book"."price")) AS double precision), sqrt(CAST(var_pop(DISTINCT "book"."stock_level") AS double precision)), stddev_samp(DISTINCT CAST("book"."stock_level" AS double precision)), max("book"."price") FROM "book""#,
    );
    let titles = || {
        of(
            &aggregates::STRING_AGG,
            vec![book("title"), text(", ")],
            ColumnType::Text,
        )
    };
    let by_price = with(titles(), |of| of.order = terms(vec![(book("price"), true)]));
    both(
        values(
            &BOOK,
            vec![by_price, with(titles(), |of| of.distinct = true)],
        ),
        r#"SELECT group_concat("book"."title", ?1 ORDER BY "book"."price" DESC), orm_join(json_group_array(DISTINCT "book"."title" ORDER BY "book"."title"), ?1) FROM "book""#,
        r#"SELECT string_agg("book"."title", $1 ORDER BY "book"."price" DESC), string_agg(DISTINCT "book"."title", $1 ORDER BY "book"."title") FROM "book""#,
    );
    let lists = || {
        let title = vec![book("title")];
        of(&aggregates::ARRAY_AGG, title, ColumnType::Array)
    };
    let by_price = with(lists(), |of| {
        of.order = terms(vec![(book("price"), true)]);
        of.filter = Some(is_true(book("is_published")));
    });
    both(
        values(
            &BOOK,
            vec![by_price, with(lists(), |of| of.distinct = true)],
        ),
        r#"SELECT orm_array_agg("book"."title" ORDER BY "book"."price" DESC) FILTER (WHERE "book"."is_published"), orm_array_agg(DISTINCT "book"."title" ORDER BY "book"."title") FROM "book""#,
        r#"SELECT array_agg("book"."title" ORDER BY "book"."price" DESC) FILTER (WHERE "book"."is_published"), array_agg(DISTINCT "book"."title" ORDER BY "book"."title") FROM "book""#,
    );
    // A computed decimal may be a number or a text.
    let half = Expr::arithmetic(
        crate::ast::ArithmeticOp::Mul,
        book("price"),
        dec("0.5"),
        ColumnType::Decimal,
    );
    both(
        values(
            &BOOK,
            vec![of(&aggregates::MIN, vec![half], ColumnType::Decimal)],
        ),
        r#"SELECT min(CAST(orm_dec_mul("book"."price", ?1) AS TEXT) COLLATE orm_decimal) FROM "book""#,
        r#"SELECT min("book"."price" * $1) FROM "book""#,
    );
}

fn terms(terms: Vec<(Expr, bool)>) -> Vec<crate::ast::OrderTerm> {
    match by(terms) {
        Order::By(terms) => terms,
        Order::Default(_) => Vec::new(),
    }
}

#[test]
fn groups_with_conditions_on_rows_and_on_groups() {
    let mut names = groups(
        &BOOK,
        vec![via(&[&BOOK_AUTHOR], &AUTHOR, "name")],
        vec![count(book("id"))],
    );
    names.filters = vec![gt(count(book("id")), int(1)), is_true(book("is_published"))];
    names.order = by(vec![(count(book("id")), true)]);
    same(
        names,
        r#"SELECT "t1"."name", count(*) FROM "book" INNER JOIN "author" AS "t1" ON "t1"."id" = "book"."author_id" WHERE "book"."is_published" GROUP BY "t1"."name" HAVING count(*) > ?1 ORDER BY count(*) DESC"#,
    );
    // A key is the same with the parameters in it.
    let half = || {
        Expr::arithmetic(
            crate::ast::ArithmeticOp::Mul,
            book("price"),
            dec("0.5"),
            ColumnType::Decimal,
        )
    };
    let mut halves = groups(&BOOK, vec![half()], vec![rows()]);
    halves.order = by(vec![(half(), false)]);
    both(
        halves,
        r#"SELECT orm_dec_mul("book"."price", ?1), count(*) FROM "book" GROUP BY CAST(orm_dec_mul("book"."price", ?1) AS TEXT) COLLATE orm_decimal ORDER BY CAST(orm_dec_mul("book"."price", ?1) AS TEXT) COLLATE orm_decimal"#,
        r#"SELECT "book"."price" * $1, count(*) FROM "book" GROUP BY "book"."price" * $1 ORDER BY "book"."price" * $1"#,
    );
    let count = Select {
        output: Output::CountOf(vec![book("title"), rows()]),
        ..groups(&BOOK, vec![book("title")], vec![rows()])
    };
    same(
        count,
        r#"SELECT count(*) FROM (SELECT "book"."title", count(*) FROM "book" GROUP BY "book"."title") AS "t1""#,
    );
}

#[test]
fn what_is_no_key_is_refused() {
    let mut select = groups(&BOOK, vec![book("title")], vec![rows()]);
    select.order = by(vec![(book("price"), false)]);
    let message = "this query of Book cannot run: `price` stands outside of an aggregate, and is none of the expressions that the rows are grouped by";
    refused(select, message, message);
    let mut select = Select::from_model(&BOOK, &[]);
    select.filters = vec![gt(rows(), int(3))];
    let message = "this query of Book cannot run: an aggregate of the query's rows has no value in one of them: group by `values_list` first, or use `aggregate`";
    refused(select, message, message);
    let message = "this query of Book cannot run: an aggregate of aggregates is taken of the rows of a query that has those: use `aggregate_rows`";
    refused(values(&BOOK, vec![sum(rows())]), message, message);
}

#[test]
fn values_of_related_rows_are_joined() {
    let books = || related(&[&AUTHOR_BOOKS], vec![], rows());
    let dear = related(
        &[&AUTHOR_BOOKS],
        vec![gt(book("price"), dec("10"))],
        sum(book("sales_count")),
    );
    let reviews = related(&[&AUTHOR_BOOKS, &BOOK_REVIEWS], vec![], rows());
    let mut authors = Select::from_model(&AUTHOR, &[]);
    authors.appended = vec![books(), dear, reviews];
    authors.filters = vec![gt(books(), int(3))];
    authors.order = by(vec![(books(), true)]);
    same(
        authors,
        r#"SELECT "author"."id", "author"."name", "author"."joined_date", coalesce("t1"."c2", 0), "t2"."c2", coalesce("t3"."c2", 0) FROM "author" LEFT JOIN (SELECT "book"."author_id" AS "c1", count(*) AS "c2" FROM "book" GROUP BY "book"."author_id") AS "t1" ON "t1"."c1" = "author"."id" LEFT JOIN (SELECT "book"."author_id" AS "c1", sum("book"."sales_count") AS "c2" FROM "book" WHERE "book"."price" > ?1 GROUP BY "book"."author_id") AS "t2" ON "t2"."c1" = "author"."id" LEFT JOIN (SELECT "book"."author_id" AS "c1", count(*) AS "c2" FROM "book" INNER JOIN "review" AS "t4" ON "t4"."book_id" = "book"."id" GROUP BY "book"."author_id") AS "t3" ON "t3"."c1" = "author"."id" WHERE coalesce("t1"."c2", 0) > ?2 ORDER BY coalesce("t1"."c2", 0) DESC"#,
    );
}

#[test]
fn values_of_related_rows_of_few_rows_are_subqueries() {
    let books = || related(&[&AUTHOR_BOOKS], vec![], rows());
    let mut few = Select::from_model(&AUTHOR, &[]);
    few.appended = vec![books()];
    few.limit = Some(5);
    same(
        few,
        r#"SELECT "author"."id", "author"."name", "author"."joined_date", (SELECT count(*) FROM "book" WHERE "book"."author_id" = "author"."id") FROM "author" LIMIT ?1"#,
    );
    let mut one = Select::from_model(&AUTHOR, &[]);
    one.appended = vec![books()];
    one.filters = vec![eq(col(&AUTHOR, "id"), int(1))];
    same(
        one,
        r#"SELECT "author"."id", "author"."name", "author"."joined_date", (SELECT count(*) FROM "book" WHERE "book"."author_id" = "author"."id") FROM "author" WHERE "author"."id" = ?1"#,
    );
    let update = Update {
        rows: Select {
            filters: vec![gt(books(), int(1))],
            ..Select::from_model(&AUTHOR, &[])
        },
        assignments: vec![(1, text("x"))],
        returning: Vec::new(),
    };
    same(
        update,
        r#"UPDATE "author" SET "name" = ?1 WHERE (SELECT count(*) FROM "book" WHERE "book"."author_id" = "author"."id") > ?2"#,
    );
}

#[test]
fn aggregates_of_different_rows_do_not_count_each_other() {
    let books = related(&[&AUTHOR_BOOKS], vec![], rows());
    same(
        values(
            &AUTHOR,
            vec![
                sum(via(&[&AUTHOR_BOOKS], &BOOK, "sales_count")),
                count(col(&AUTHOR, "id")),
            ],
        ),
        r#"SELECT "t3"."c1", "t1"."c1" FROM (SELECT count(*) AS "c1" FROM "author") AS "t1" INNER JOIN (SELECT sum("t2"."sales_count") AS "c1" FROM "author" LEFT JOIN "book" AS "t2" ON "t2"."author_id" = "author"."id") AS "t3" ON TRUE"#,
    );
    same(
        groups(
            &AUTHOR,
            vec![col(&AUTHOR, "joined_date")],
            vec![books.clone(), count(col(&AUTHOR, "id"))],
        ),
        r#"SELECT "t1"."c1", coalesce("t3"."c2", 0), "t1"."c2" FROM (SELECT "author"."joined_date" AS "c1", count(*) AS "c2" FROM "author" GROUP BY "author"."joined_date") AS "t1" LEFT JOIN (SELECT "author"."joined_date" AS "c1", count(*) AS "c2" FROM "author" INNER JOIN "book" AS "t2" ON "t2"."author_id" = "author"."id" GROUP BY "author"."joined_date") AS "t3" ON "t1"."c1" = "t3"."c1""#,
    );
    // Selected first, it is a value of one row, and a key.
    same(
        groups(&AUTHOR, vec![books], vec![rows()]),
        r#"SELECT coalesce("t1"."c2", 0), count(*) FROM "author" LEFT JOIN (SELECT "book"."author_id" AS "c1", count(*) AS "c2" FROM "book" GROUP BY "book"."author_id") AS "t1" ON "t1"."c1" = "author"."id" GROUP BY coalesce("t1"."c2", 0)"#,
    );
    same(
        groups(
            &BOOK,
            vec![book("subtitle")],
            vec![rows(), count(via(&[&BOOK_REVIEWS], &REVIEW, "id"))],
        ),
        r#"SELECT "t1"."c1", "t1"."c2", "t3"."c2" FROM (SELECT "book"."subtitle" AS "c1", count(*) AS "c2" FROM "book" GROUP BY "book"."subtitle") AS "t1" INNER JOIN (SELECT "book"."subtitle" AS "c1", count("t2"."id") AS "c2" FROM "book" LEFT JOIN "review" AS "t2" ON "t2"."book_id" = "book"."id" GROUP BY "book"."subtitle") AS "t3" ON coalesce("t1"."c1", '') = coalesce("t3"."c1", '') AND ("t1"."c1" IS NULL) = ("t3"."c1" IS NULL)"#,
    );
}

#[test]
fn groups_that_are_narrowed_stay() {
    let mut narrowed = groups(&BOOK, vec![book("author_id")], vec![rows()]);
    narrowed.narrow(vec![sum(book("sales_count"))]);
    same(
        narrowed.clone(),
        r#"SELECT sum("book"."sales_count") FROM "book" GROUP BY "book"."author_id""#,
    );
    narrowed.filters = vec![gt(rows(), int(1))];
    narrowed.narrow(vec![rows(), book("author_id")]);
    same(
        narrowed,
        r#"SELECT count(*), "book"."author_id" FROM "book" GROUP BY "book"."author_id" HAVING count(*) > ?1"#,
    );
    let mut other = groups(&BOOK, vec![book("author_id")], vec![rows()]);
    other.narrow(vec![book("title")]);
    let message = "this query of Book cannot run: `title` stands outside of an aggregate, and is none of the expressions that the rows are grouped by";
    refused(other, message, message);
}

#[test]
fn rows_behind_related_rows_have_a_subquery_of_their_own() {
    let sold = || related(&[&AUTHOR_BOOKS], vec![], sum(book("sales_count")));
    let stars = || {
        let stars = via(&[&BOOK_REVIEWS], &REVIEW, "rating");
        related(&[&AUTHOR_BOOKS], vec![], sum(stars))
    };
    same(
        values(&AUTHOR, vec![sold(), stars()]),
        r#"SELECT "t1"."c2", "t2"."c2" FROM "author" LEFT JOIN (SELECT "book"."author_id" AS "c1", sum("book"."sales_count") AS "c2" FROM "book" GROUP BY "book"."author_id") AS "t1" ON "t1"."c1" = "author"."id" LEFT JOIN (SELECT "book"."author_id" AS "c1", sum("t3"."rating") AS "c2" FROM "book" LEFT JOIN "review" AS "t3" ON "t3"."book_id" = "book"."id" GROUP BY "book"."author_id") AS "t2" ON "t2"."c1" = "author"."id""#,
    );
}
