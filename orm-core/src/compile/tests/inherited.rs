//! Whole rows that are in several tables.

use super::schema::*;
use super::{both, same};
use crate::ast::{
    ArithmeticOp, DefaultOrder, Expr, Lock, Order, Output, Select, Update, Wait, way_back,
};
use crate::schema::{ModelSchema, ParentSchema, PathNode, RelationKind, RelationSchema};
use crate::value::ColumnType::{I32, Text};

/// An article is a content, and a report is an article.
pub static CONTENT: ModelSchema = model(
    "Content",
    "content",
    &[key(0), field(1, "title", Text), field(2, "rank", I32)],
);
pub static ARTICLE: ModelSchema = ModelSchema {
    parent: Some(&ARTICLE_PARENT),
    ..model(
        "Article",
        "article",
        &[
            relation(0, "content_id", &ARTICLE_CONTENT),
            field(1, "body", Text),
        ],
    )
};
pub static REPORT: ModelSchema = ModelSchema {
    parent: Some(&REPORT_PARENT),
    ..model(
        "Report",
        "report",
        &[
            relation(0, "article_id", &REPORT_ARTICLE),
            field(1, "year", I32),
        ],
    )
};

static ARTICLE_CONTENT: RelationSchema = part("content", article, content);
static REPORT_ARTICLE: RelationSchema = part("article", report, article);
static CONTENT_ARTICLE: RelationSchema = RelationSchema::of_parent("content", &ARTICLE_CONTENT);
static ARTICLE_REPORT: RelationSchema = RelationSchema::of_parent("article", &REPORT_ARTICLE);
static ARTICLE_PARENT: ParentSchema = parent(&CONTENT, &TO_CONTENT, &TO_ARTICLE);
static REPORT_PARENT: ParentSchema = parent(&ARTICLE, &UP_TO_ARTICLE, &TO_REPORT);
static TO_CONTENT: PathNode = step(&ARTICLE_CONTENT);
static TO_ARTICLE: PathNode = step(&CONTENT_ARTICLE);
static UP_TO_ARTICLE: PathNode = step(&REPORT_ARTICLE);
static TO_REPORT: PathNode = step(&ARTICLE_REPORT);

const fn part(
    name: &'static str,
    from: fn() -> &'static ModelSchema,
    to: fn() -> &'static ModelSchema,
) -> RelationSchema {
    RelationSchema {
        kind: RelationKind::OneToOne,
        ..points(name, from, to, 0, false)
    }
}

const fn step(relation: &'static RelationSchema) -> PathNode {
    PathNode {
        parent: None,
        relation,
    }
}

const fn parent(
    model: &'static ModelSchema,
    path: &'static PathNode,
    back: &'static PathNode,
) -> ParentSchema {
    ParentSchema {
        model,
        path,
        back,
        default_value: |_| None,
    }
}

fn content() -> &'static ModelSchema {
    &CONTENT
}

fn article() -> &'static ModelSchema {
    &ARTICLE
}

fn report() -> &'static ModelSchema {
    &REPORT
}

fn whole(model: &'static ModelSchema) -> Select {
    let mut select = Select::from_model(model, &[]);
    select.order = Order::By(Vec::new());
    select
}

const ARTICLE_COLUMNS: &str = r#""article"."content_id", "article"."body", "article"."content_id", "t1"."title", "t1"."rank" FROM "article" INNER JOIN "content" AS "t1" ON "t1"."id" = "article"."content_id""#;

#[test]
fn whole_rows_have_the_columns_of_all_their_tables() {
    same(whole(&ARTICLE), &format!("SELECT {ARTICLE_COLUMNS}"));
    let mut report = whole(&REPORT);
    report.appended = vec![int(7)];
    assert_eq!((report.width(), report.related_at()), (8, 8));
    same(
        report,
        r#"SELECT "report"."article_id", "report"."year", "report"."article_id", "t1"."body", "report"."article_id", "t2"."title", "t2"."rank", ?1 FROM "report" INNER JOIN "article" AS "t1" ON "t1"."content_id" = "report"."article_id" INNER JOIN "content" AS "t2" ON "t2"."id" = "report"."article_id""#,
    );
    // The key is that of the row itself, and what is asked of the parent is joined once.
    let mut found = whole(&ARTICLE);
    found.filters = vec![eq(via(&[&ARTICLE_CONTENT], &CONTENT, "title"), text("A"))];
    same(
        found,
        &format!(r#"SELECT {ARTICLE_COLUMNS} WHERE "t1"."title" = ?1"#),
    );
}

#[test]
fn what_asks_for_no_rows_joins_nothing() {
    let mut count = whole(&ARTICLE);
    count.output = Output::Count;
    same(count, r#"SELECT count(*) FROM "article""#);
    same(
        values(
            &ARTICLE,
            vec![
                col(&ARTICLE, "body"),
                via(&[&ARTICLE_CONTENT], &CONTENT, "id"),
            ],
        ),
        r#"SELECT "article"."body", "article"."content_id" FROM "article""#,
    );
}

#[test]
fn an_order_may_be_the_parents() {
    const BY_RANK: &[DefaultOrder] = &[DefaultOrder {
        field: 4,
        descending: true,
    }];
    let mut articles = Select::from_model(&ARTICLE, BY_RANK);
    same(
        articles.clone(),
        &format!(r#"SELECT {ARTICLE_COLUMNS} ORDER BY "t1"."rank" DESC"#),
    );
    articles.left_out = vec![1, 3];
    articles.limit = Some(1);
    same(
        articles,
        r#"SELECT "article"."content_id", NULL, "article"."content_id", NULL, "t1"."rank" FROM "article" INNER JOIN "content" AS "t1" ON "t1"."id" = "article"."content_id" ORDER BY "t1"."rank" DESC LIMIT 1"#,
    );
}

#[test]
fn rows_are_locked_in_all_their_tables() {
    let mut locked = whole(&REPORT);
    locked.output = Output::Model;
    locked.lock = Some(Lock {
        wait: Wait::Block,
        no_key: false,
        of: Vec::new(),
        tables: Vec::new(),
    });
    let sql = r#"SELECT "report"."article_id", "report"."year", "report"."article_id", "t1"."body", "report"."article_id", "t2"."title", "t2"."rank" FROM "report" INNER JOIN "article" AS "t1" ON "t1"."content_id" = "report"."article_id" INNER JOIN "content" AS "t2" ON "t2"."id" = "report"."article_id""#;
    let lock = r#" FOR UPDATE OF "report", "t1", "t2""#;
    both(locked, sql, &format!("{sql}{lock}"));
}

/// A value of a report as one of its article's content, which an update of contents can set.
fn of_content(mut value: Expr) -> Expr {
    let back = way_back(&TO_ARTICLE, Some(&TO_REPORT));
    value.rebase(back);
    value
}

#[test]
fn a_value_of_a_row_is_one_of_its_parents() {
    let up = &[&REPORT_ARTICLE, &ARTICLE_CONTENT];
    let sum = Expr::arithmetic(
        ArithmeticOp::Add,
        via(up, &CONTENT, "rank"),
        col(&REPORT, "year"),
        I32,
    );
    let mut rows = whole(&CONTENT);
    rows.filters = vec![gt(col(&CONTENT, "rank"), int(1))];
    let update = Update {
        rows,
        assignments: vec![
            (2, of_content(sum)),
            (1, of_content(via(&up[..1], &ARTICLE, "body"))),
        ],
        returning: vec![],
    };
    // The way there and back is none.
    both(
        update,
        r#"UPDATE "content" SET "rank" = orm_add("content"."rank", (SELECT "t1"."year" FROM "article" LEFT JOIN "report" AS "t1" ON "t1"."article_id" = "article"."content_id" WHERE "article"."content_id" = "content"."id"), 32), "title" = (SELECT "article"."body" FROM "article" WHERE "article"."content_id" = "content"."id") WHERE "content"."rank" > ?1"#,
        r#"UPDATE "content" SET "rank" = "content"."rank" + (SELECT "t1"."year" FROM "article" LEFT JOIN "report" AS "t1" ON "t1"."article_id" = "article"."content_id" WHERE "article"."content_id" = "content"."id"), "title" = (SELECT "article"."body" FROM "article" WHERE "article"."content_id" = "content"."id") WHERE "content"."rank" > $1"#,
    );
}
