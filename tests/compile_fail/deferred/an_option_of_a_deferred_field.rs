use orm::prelude::*;

#[derive(Model)]
struct Post {
    id: i64,
    body: Option<Deferred<String>>,
}

fn main() {}
