use orm::prelude::*;

#[derive(Model)]
struct Author {
    id: i64,
    #[reverse(Book::author)]
    books: HasMany<Book>,
}

#[derive(Model)]
struct Book {
    id: i64,
    title: String,
}

fn main() {}
