//! The rows that both databases hold, and the queries that both sides ask of them.

use orm::prelude::*;

use crate::models::{Person, Post};

pub const POSTS: i64 = 10_000;
pub const PEOPLE: i64 = 100;
pub const COLUMNS: &str = "id, title, body, author_id, views, score, published, subtitle";

/// The columns of `post` with the alias of a join.
pub const ALIASED: &str =
    "p.id, p.title, p.body, p.author_id, p.views, p.score, p.published, p.subtitle";

/// What a careful author reads a row into.
pub struct Plain {
    pub _id: i64,
    pub _title: String,
    pub _body: String,
    pub _author: i64,
    pub _views: i32,
    pub _score: f64,
    pub _published: bool,
    pub _subtitle: Option<String>,
}

pub fn title(n: i64) -> String {
    format!("title {n}")
}

pub fn body(n: i64) -> String {
    format!("a body of some forty characters, number {n}")
}

pub fn score(n: i64) -> f64 {
    n as f64 / 7.0
}

/// Fills the tables through the crate.
pub fn fill(db: &Database) -> Result<()> {
    let people = (0..PEOPLE).map(|n| {
        Person::draft()
            .name(format!("person {n}"))
            .email(format!("{n}@example.com"))
            .age(i32::try_from(n).unwrap_or(0))
    });
    Person::objects().bulk_create(db, people)?;
    Post::objects()
        .bulk_create(db, (0..POSTS).map(draft))
        .map(drop)
}

/// The `n`th post.
pub fn draft(n: i64) -> Draft<Post> {
    Post::draft()
        .title(title(n))
        .body(body(n))
        .author(n % PEOPLE + 1)
        .views(i32::try_from(n).unwrap_or(0))
        .score(score(n))
        .published(n % 2 == 0)
        .build()
}

/// Keys in an order that no cache foresees, the same for both sides.
pub fn random_keys() -> impl FnMut() -> i64 + Copy {
    let mut key = 0;
    move || {
        key = (key * 7919 + 13) % POSTS;
        key + 1
    }
}

/// A search form of six fields, of which the first so many are filled in.
pub fn search(fields: usize) -> QuerySet<Post> {
    let filled = |field: usize| (field < fields).then_some(());
    Post::objects()
        .filter(filled(0).map(|()| Post::id.lte(200)))
        .filter(filled(1).map(|()| Post::views.gte(10)))
        .filter(filled(2).map(|()| Post::published.eq(true)))
        .filter(filled(3).map(|()| Post::score.lt(20)))
        .filter(filled(4).map(|()| Post::title.startswith("title 1")))
        .filter(filled(5).map(|()| Post::author.is_in([5, 7, 11, 13, 17])))
        .order_by(Post::id)
        .limit(10)
}
