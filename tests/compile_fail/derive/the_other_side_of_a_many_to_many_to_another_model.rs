use orm::prelude::*;

#[derive(Model)]
struct Person {
    id: i64,
    name: String,
}

#[derive(Model)]
struct Team {
    id: i64,
    members: ManyToMany<Person>,
}

#[derive(Model)]
struct Player {
    id: i64,
    #[reverse(Team::members)]
    teams: ManyToMany<Team>,
}

fn main() {}
