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
