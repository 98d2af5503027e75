use orm::prelude::*;

#[derive(Model)]
struct Content {
    id: i64,
    title: String,
    #[field(default)]
    rank: i32,
}

#[derive(Model)]
struct Person {
    id: i64,
}

#[derive(Model)]
struct Article {
    #[model(parent)]
    content: Parent<Content>,
    #[model(parent)]
    person: Parent<Person>,
}

fn main() {}
