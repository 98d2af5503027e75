use orm::prelude::*;

#[derive(SqlType)]
struct BookId(i64);

#[derive(Model)]
struct Book {
    id: BookId,
    title: String,
}

fn main() {}
