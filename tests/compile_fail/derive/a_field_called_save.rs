use orm::prelude::*;

#[derive(Model)]
struct Author {
    id: i64,
    save: bool,
}

fn main() {}
