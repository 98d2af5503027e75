use orm::prelude::*;

#[derive(Model)]
struct Author {
    id: i64,
    #[field(max_lenght = 100)]
    name: String,
}

fn main() {}
