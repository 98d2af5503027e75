use orm::prelude::*;

#[derive(Model)]
struct Author<T> {
    id: i64,
    name: T,
}

fn main() {}
