use orm::prelude::*;

#[derive(Model)]
struct Author {
    id: i64,
    draft: String,
}

fn main() {}
