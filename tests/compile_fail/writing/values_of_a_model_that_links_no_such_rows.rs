use orm::prelude::*;

#[derive(Model)]
struct Team {
    id: i64,
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

fn write(db: &Database, team: &mut Team, ann: &Person) {
    let _ = team.members.add_with(db, [ann], Person::name.set("coach"));
}

fn main() {}
