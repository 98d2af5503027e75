//! What it costs to build a query and to print it, without a database.

use orm::prelude::*;

use crate::harness::Harness;
use crate::models::{Comment, Post};

/// Runs every case.
pub fn run(harness: &Harness) -> Result<()> {
    harness.alone("build: a query by key", || {
        Post::objects().filter(Post::id.eq(7))
    });
    harness.alone("build: a query over two joins", two_joins);
    for (name, dialect) in [
        ("SQLite", Dialect::Sqlite),
        ("PostgreSQL", Dialect::Postgres),
    ] {
        let query = two_joins();
        harness.alone(&format!("print: a query over two joins, {name}"), || {
            query.to_sql(dialect)
        });
        harness.alone(
            &format!("build and print: a query over two joins, {name}"),
            || two_joins().to_sql(dialect),
        );
    }
    Ok(())
}

fn two_joins() -> QuerySet<Comment> {
    Comment::objects()
        .filter(Comment::post.author.age.gt(50))
        .filter(Comment::post.views.gt(9_000))
        .order_by(Comment::post.views)
        .limit(10)
}
