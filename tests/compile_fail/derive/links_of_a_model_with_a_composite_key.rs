use orm::prelude::*;

#[derive(Model)]
#[model(primary_key = [film, part])]
struct Role {
    film: i64,
    part: i64,
    actors: ManyToMany<Actor>,
}

#[derive(Model)]
struct Actor {
    id: i64,
}

fn main() {}
