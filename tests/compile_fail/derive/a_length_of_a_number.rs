use orm::prelude::*;

#[derive(Model)]
struct Author {
    id: i64,
    #[field(max_length = 5)]
    age: i32,
}

fn main() {}
