use orm::prelude::*;

#[derive(Model)]
struct Person {
    id: i64,
    name: String,
}

#[derive(Model)]
struct User {
    id: i64,
    #[field(through = Follow)]
    follows: ManyToMany<User>,
}

#[derive(Model)]
struct Follow {
    id: i64,
    follower: ForeignKey<User>,
    followed: ForeignKey<User>,
    since: ForeignKey<Person>,
}

fn main() {}
