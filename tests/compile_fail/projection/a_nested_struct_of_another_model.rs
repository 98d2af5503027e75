#[path = "../models.rs"]
mod models;
use models::*;

#[derive(Projection)]
#[projection(Author)]
struct Name {
    name: String,
}

#[derive(Projection)]
#[projection(Author)]
struct Card {
    name: String,
    books: Vec<Name>,
}

fn main() {}
