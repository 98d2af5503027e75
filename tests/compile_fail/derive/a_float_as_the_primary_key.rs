use orm::prelude::*;

#[derive(Model)]
struct Book {
    id: f64,
    title: String,
}

fn main() {}
