use orm::prelude::*;

#[derive(Model)]
struct Book {
    id: u64,
    title: String,
}

fn main() {}
