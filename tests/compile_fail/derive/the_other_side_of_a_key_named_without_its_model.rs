use orm::prelude::*;

#[derive(Model)]
struct Author {
    id: i64,
    #[reverse(author)]
    books: HasMany<Book>,
}

#[derive(Model)]
struct Book {
    id: i64,
    author: ForeignKey<Author>,
}

fn main() {}
