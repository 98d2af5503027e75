use orm::prelude::*;

#[derive(Model)]
struct Author {
    id: i64,
    name: String,
}

#[derive(Model)]
#[model(check(name = "named", condition = Author::name.ne("")))]
struct Book {
    id: i64,
    title: String,
}

fn main() {}
