use orm::prelude::*;

#[derive(Model)]
struct Book {
    id: Option<i64>,
    title: String,
}

fn main() {}
