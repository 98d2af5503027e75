use orm::prelude::*;

#[derive(Model)]
struct Author {
    id: i64,
    #[field(column = "name")]
    first: String,
    name: String,
}

fn main() {}
