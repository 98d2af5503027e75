use orm::prelude::*;

#[derive(Model)]
struct Content {
    id: i64,
    title: String,
}

#[derive(Model)]
struct Article {
    #[model(parent)]
    content: Parent<Content>,
    words: i32,
}

fn main() {
    let _ = Article::objects().only(Article::content.title);
}
