use orm::prelude::*;

#[derive(Model)]
struct Post {
    id: i64,
    tags: Vec<String>,
}

fn main() {}
