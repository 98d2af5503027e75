use orm::prelude::*;

#[derive(Model)]
struct Author {
    id: i64,
    #[reverse(Author::id)]
    name: String,
}

fn main() {}
