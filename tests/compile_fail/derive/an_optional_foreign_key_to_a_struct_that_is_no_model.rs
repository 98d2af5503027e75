use orm::prelude::*;

struct Author {
    id: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
struct Book {
    id: i64,
    author: Option<ForeignKey<Author>>,
}

fn main() {}
