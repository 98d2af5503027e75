use orm::prelude::*;

#[derive(Model)]
struct Author {
    id: i64,
    #[field(blank = true)]
    name: String,
}

fn main() {}
