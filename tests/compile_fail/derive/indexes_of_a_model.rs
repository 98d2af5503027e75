use orm::prelude::*;

#[derive(Model)]
#[model(indexes = [name])]
struct Author {
    id: i64,
    name: String,
}

fn main() {}
