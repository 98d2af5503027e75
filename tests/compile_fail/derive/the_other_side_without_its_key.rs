use orm::prelude::*;

#[derive(Model)]
struct Author {
    id: i64,
    books: HasMany<Author>,
}

fn main() {}
