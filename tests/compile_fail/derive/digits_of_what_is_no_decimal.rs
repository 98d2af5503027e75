use orm::prelude::*;

#[derive(Model)]
struct Author {
    id: i64,
    #[field(max_digits = 5)]
    name: String,
}

fn main() {}
