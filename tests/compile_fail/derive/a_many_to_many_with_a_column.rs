use orm::prelude::*;

#[derive(Model)]
struct Person {
    id: i64,
    name: String,
}

#[derive(Model)]
struct Team {
    id: i64,
    #[field(column = "person_id")]
    members: ManyToMany<Person>,
}

fn main() {}
