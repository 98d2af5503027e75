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
    content: Parent<Content>,
    body: String,
}

fn main() {
    let _ = Article::draft().content("title").body("..");
}
