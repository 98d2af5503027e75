#[path = "../models.rs"]
mod models;
use models::*;

#[derive(Projection)]
#[projection(Book)]
struct Title {
    title: String,
}

#[derive(Projection)]
#[projection(Author)]
struct Card {
    books: Title,
}

fn main() {}
