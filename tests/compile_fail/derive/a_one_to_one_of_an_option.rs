use orm::prelude::*;

#[derive(Model)]
struct Author {
    id: i64,
    name: String,
}

#[derive(Model)]
struct Profile {
    id: i64,
    author: OneToOne<Option<Author>>,
}

fn main() {}
