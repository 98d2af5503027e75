use orm::prelude::*;

struct Content {
    title: String,
}

#[derive(Model)]
struct Article {
    #[model(parent)]
    content: Parent<Content>,
    body: String,
}

fn main() {}
