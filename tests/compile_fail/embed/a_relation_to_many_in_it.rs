use orm::prelude::*;

#[derive(Model)]
struct Author {
    id: i64,
}

#[derive(Embed)]
struct Credits {
    authors: ManyToMany<Author>,
}

fn main() {}
