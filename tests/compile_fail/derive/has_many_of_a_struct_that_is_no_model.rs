use orm::prelude::*;

struct Book {
    id: i64,
    author: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Author {
    id: i64,
    #[reverse(Book::author)]
    books: HasMany<Book>,
}

fn main() {}
