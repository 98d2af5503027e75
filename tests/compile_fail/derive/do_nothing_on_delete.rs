use orm::prelude::*;

#[derive(Model)]
struct Author {
    id: i64,
    name: String,
}

#[derive(Model)]
struct Book {
    id: i64,
    #[field(on_delete = do_nothing)]
    author: ForeignKey<Author>,
}

fn main() {}
