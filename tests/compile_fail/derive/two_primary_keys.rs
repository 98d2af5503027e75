use orm::prelude::*;

#[derive(Model)]
struct Author {
    #[field(primary_key)]
    code: String,
    #[field(primary_key)]
    number: i64,
}

fn main() {}
