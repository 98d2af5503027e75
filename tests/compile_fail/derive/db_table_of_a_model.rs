use orm::prelude::*;

#[derive(Model)]
#[model(db_table = "authors")]
struct Author {
    id: i64,
    name: String,
}

fn main() {}
