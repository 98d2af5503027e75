use orm::prelude::*;

#[derive(Model)]
struct Person {
    id: i64,
    name: String,
}

#[derive(Model)]
struct Team {
    id: i64,
    #[field(through = Membership)]
    members: ManyToMany<Person>,
}

struct Membership {
    team: ForeignKey<Team>,
    person: ForeignKey<Person>,
}

fn main() {}
