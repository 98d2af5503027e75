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
    #[projection(Book::author)]
    author: Name,
}

fn main() {}
