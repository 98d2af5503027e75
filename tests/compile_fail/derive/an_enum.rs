use orm::prelude::*;

#[derive(Model)]
enum Author {
    Known,
    Unknown,
}

fn main() {}
