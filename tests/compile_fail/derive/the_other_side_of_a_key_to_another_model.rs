use orm::prelude::*;

#[derive(Model)]
struct Author {
    id: i64,
    #[reverse(Book::publisher)]
    books: HasMany<Book>,
}

#[derive(Model)]
struct Publisher {
    id: i64,
}

#[derive(Model)]
struct Book {
    id: i64,
    #[field(on_delete = cascade)]
    publisher: ForeignKey<Publisher>,
}

fn main() {}
