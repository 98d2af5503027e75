use orm::prelude::*;

#[derive(Model)]
struct Author {
    id: i64,
    #[field(max_digits = 5, decimal_places = 2)]
    name: String,
}

fn main() {}
