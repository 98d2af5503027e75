use orm::prelude::*;

#[derive(Model)]
struct Tag {
    id: i64,
    name: String,
}

#[derive(Model)]
struct Post {
    id: i64,
    tags: ManyToMany<Tag>,
}

fn main() {}
