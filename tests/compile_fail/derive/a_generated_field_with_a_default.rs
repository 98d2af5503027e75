use orm::prelude::*;

#[derive(Model)]
struct Author {
    id: i64,
    #[field(generated = Author::id * 2, default = 1)]
    twice: i64,
}

fn main() {}
