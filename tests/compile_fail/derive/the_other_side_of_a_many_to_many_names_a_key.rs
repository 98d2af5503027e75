use orm::prelude::*;

#[derive(Model)]
struct Person {
    id: i64,
    name: String,
}

#[derive(Model)]
struct Team {
    id: i64,
    captain: ForeignKey<Player>,
}

#[derive(Model)]
struct Player {
    id: i64,
    #[reverse(Team::captain)]
    teams: ManyToMany<Team>,
}

fn main() {}
