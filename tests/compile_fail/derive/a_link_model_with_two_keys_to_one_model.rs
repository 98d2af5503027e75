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

#[derive(Model)]
struct Membership {
    id: i64,
    team: ForeignKey<Team>,
    person: ForeignKey<Person>,
    inviter: Option<ForeignKey<Person>>,
}

fn main() {}
