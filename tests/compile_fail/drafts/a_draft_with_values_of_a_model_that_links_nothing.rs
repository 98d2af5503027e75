use orm::prelude::*;

#[derive(Model)]
struct Team {
    id: i64,
    name: String,
    #[field(through = Membership)]
    members: ManyToMany<Person>,
}

#[derive(Model)]
struct Person {
    id: i64,
    name: String,
}

#[derive(Model)]
struct Membership {
    id: i64,
    team: ForeignKey<Team>,
    person: ForeignKey<Person>,
    role: String,
}

fn write(db: &Database, team: &Team) {
    let _ = team.members.draft_with(Team::name.set("coach")).name("Ann").save(db);
}

fn main() {}
