use orm::prelude::*;

#[derive(Model)]
struct Author {
    id: i64,
    #[reverse(Paper::author)]
    books: HasMany<Book>,
}

#[derive(Model)]
struct Book {
    id: i64,
    author: ForeignKey<Author>,
}

#[derive(Model)]
struct Paper {
    id: i64,
    author: ForeignKey<Author>,
}

fn main() {}
