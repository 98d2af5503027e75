use orm::prelude::*;

#[derive(Model)]
struct Author {
    id: i64,
    #[field(db_index = true)]
    name: String,
}

fn main() {}
