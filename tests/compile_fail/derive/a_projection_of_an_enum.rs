use orm::prelude::*;

#[derive(Model)]
struct Author {
    id: i64,
    name: String,
}

#[derive(Projection)]
#[projection(Author)]
enum Card {
    Name,
}

fn main() {}
