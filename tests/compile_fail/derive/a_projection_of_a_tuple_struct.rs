use orm::prelude::*;

#[derive(Model)]
struct Author {
    id: i64,
    name: String,
}

#[derive(Projection)]
#[projection(Author)]
struct Card(String);

fn main() {}
