use orm::prelude::*;

#[derive(Model)]
struct Content {
    id: i64,
    title: String,
}

#[derive(Model)]
struct Post {
    id: i64,
    content: Parent<Content>,
}

fn main() {}
