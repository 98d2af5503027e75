use orm::prelude::*;

#[derive(Model)]
#[model(primary_key = [shelf, place])]
struct Content {
    shelf: i64,
    place: i64,
}

#[derive(Model)]
struct Article {
    #[model(parent)]
    content: Parent<Content>,
    body: String,
}

fn main() {}
