use orm::prelude::*;

struct Author {
    id: i64,
}

#[derive(Embed)]
struct Credits {
    author: ForeignKey<Author>,
}

fn main() {}
