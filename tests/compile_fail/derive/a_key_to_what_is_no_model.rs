use orm::prelude::*;

struct Author;

#[derive(Model)]
struct Book {
    id: i64,
    #[field(on_delete = cascade)]
    author: ForeignKey<Author>,
}

fn main() {}
