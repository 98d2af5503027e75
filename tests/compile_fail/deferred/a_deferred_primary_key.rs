use orm::prelude::*;

#[derive(Model)]
struct Post {
    id: Deferred<i64>,
    body: String,
}

fn main() {}
