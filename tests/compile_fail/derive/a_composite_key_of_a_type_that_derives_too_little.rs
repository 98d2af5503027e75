use orm::prelude::*;

#[derive(SqlType, Clone, Debug, PartialEq)]
struct Isbn(String);

#[derive(Model)]
#[model(primary_key = [isbn, copy])]
struct Shelved {
    isbn: Isbn,
    copy: i64,
}

fn main() {}
