use orm::prelude::*;

#[derive(Model)]
struct Actor {
    id: i64,
    roles: ManyToMany<Role>,
}

#[derive(Model)]
#[model(primary_key = [film, part])]
struct Role {
    film: i64,
    part: i64,
}

fn main() {}
