use orm::prelude::*;

#[derive(Model)]
struct Content {
    id: i64,
    title: String,
    #[field(default)]
    rank: i32,
}

#[derive(Model)]
#[model(unique(fields = [content.title, body]))]
struct Article {
    #[model(parent)]
    content: Parent<Content>,
    body: String,
}

fn main() {}
