use orm::prelude::*;

#[derive(Model)]
#[model(ordering = [title.length])]
struct Post {
    id: i64,
    title: String,
}

fn main() {}
