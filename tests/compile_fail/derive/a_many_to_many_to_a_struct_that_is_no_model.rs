use orm::prelude::*;

#[derive(Model)]
struct Person {
    id: i64,
    name: String,
}

#[derive(Model)]
struct Team {
    id: i64,
    members: ManyToMany<Player>,
}

struct Player {
    id: i64,
}

fn main() {}
