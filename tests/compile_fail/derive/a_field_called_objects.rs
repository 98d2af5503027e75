use orm::prelude::*;

#[derive(Model)]
struct Author {
    id: i64,
    objects: String,
}

fn main() {}
