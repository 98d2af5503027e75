use orm::prelude::*;

#[derive(Model)]
struct Author {
    id: i64,
    name: String,
}

#[derive(Model)]
struct Book {
    id: i64,
    #[field(on_delete = SET_NULL)]
    editor: Option<ForeignKey<Author>>,
}

fn main() {}
