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
    id: i64,
    #[model(parent)]
    content: ForeignKey<Content>,
}

fn main() {}
