use orm::prelude::*;

#[derive(Model)]
#[model(primary_key = [isbn])]
struct Book {
    isbn: String,
    title: String,
}

fn main() {}
