use orm::prelude::*;

#[derive(Model)]
struct Content {
    id: i64,
    title: String,
    #[field(default)]
    rank: i32,
}

#[derive(Model)]
struct Article {
    #[model(parent)]
    #[field(on_delete = restrict)]
    content: Parent<Content>,
}

fn main() {}
