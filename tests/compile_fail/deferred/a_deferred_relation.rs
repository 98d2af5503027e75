use orm::prelude::*;

#[derive(Model)]
struct User {
    id: i64,
}

#[derive(Model)]
struct Post {
    id: i64,
    user: Deferred<ForeignKey<User>>,
}

fn main() {}
