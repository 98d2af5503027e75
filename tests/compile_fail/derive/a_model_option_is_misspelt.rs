use orm::prelude::*;

#[derive(Model)]
#[model(tabel = "authors")]
struct Author {
    id: i64,
    name: String,
}

fn main() {}
