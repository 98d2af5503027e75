use orm::prelude::*;

#[derive(Model)]
struct Author {
    id: i64,
    #[field(null = true)]
    name: String,
}

fn main() {}
