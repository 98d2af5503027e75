use orm::prelude::*;

#[derive(Model)]
struct Author {
    id: i64,
    #[reverse(Book::author)]
    book: HasOne<Book>,
}

#[derive(Model)]
struct Book {
    id: i64,
    author: ForeignKey<Author>,
}

fn main() {}
