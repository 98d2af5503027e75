use orm::prelude::*;

#[derive(Model)]
struct Author {
    name: String,
}

fn main() {}
