//! The models of the benchmarks.

use orm::prelude::*;

/// Somebody who writes.
#[derive(Model, Debug, Clone)]
pub struct Person {
    pub id: i64,
    pub name: String,
    pub email: String,
    pub age: i32,
}

/// Something written: eight columns of common types.
#[derive(Model, Debug, Clone)]
pub struct Post {
    pub id: i64,
    pub title: String,
    pub body: String,
    #[field(on_delete = cascade)]
    pub author: ForeignKey<Person>,
    pub views: i32,
    pub score: f64,
    pub published: bool,
    pub subtitle: Option<String>,
}

/// What somebody says about a post.
#[derive(Model, Debug, Clone)]
pub struct Comment {
    pub id: i64,
    #[field(on_delete = cascade)]
    pub post: ForeignKey<Post>,
    pub body: String,
}

/// Somebody whose articles are loaded as a graph.
#[derive(Model, Debug, Clone)]
pub struct Writer {
    pub id: i64,
    pub name: String,
    pub email: String,
    #[reverse(Article::writer)]
    pub articles: HasMany<Article>,
}

/// The middle of the graph.
#[derive(Model, Debug, Clone)]
pub struct Article {
    pub id: i64,
    #[field(on_delete = cascade)]
    pub writer: ForeignKey<Writer>,
    pub title: String,
    pub body: String,
    pub views: i32,
    #[reverse(Remark::article)]
    pub remarks: HasMany<Remark>,
}

/// The end of the graph.
#[derive(Model, Debug, Clone)]
pub struct Remark {
    pub id: i64,
    #[field(on_delete = cascade)]
    pub article: ForeignKey<Article>,
    pub body: String,
    pub likes: i32,
}

/// Somebody of whom much is counted.
#[derive(Model, Debug, Clone)]
pub struct Member {
    pub id: i64,
    pub name: String,
    #[reverse(Entry::member)]
    pub entries: HasMany<Entry>,
    #[reverse(Vote::member)]
    pub votes: HasMany<Vote>,
}

/// What is counted and averaged.
#[derive(Model, Debug, Clone)]
pub struct Entry {
    pub id: i64,
    #[field(on_delete = cascade)]
    pub member: ForeignKey<Member>,
    pub points: i32,
}

/// What is counted beside.
#[derive(Model, Debug, Clone)]
pub struct Vote {
    pub id: i64,
    #[field(on_delete = cascade)]
    pub member: ForeignKey<Member>,
}
