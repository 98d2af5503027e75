use orm::prelude::*;

#[derive(Model)]
struct Author {
    id: i64,
    #[field(db_column = "full_name")]
    name: String,
}

fn main() {}
