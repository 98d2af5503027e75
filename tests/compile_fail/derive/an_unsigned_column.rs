use orm::prelude::*;

#[derive(Model)]
struct Author {
    id: i64,
    age: u64,
}

fn main() {}
