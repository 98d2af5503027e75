#[path = "../models.rs"]
mod models;
use models::*;

#[derive(Projection)]
#[projection(Author)]
struct Name {
    name: String,
}

#[derive(Projection)]
#[projection(Book)]
struct Card {
    editor: Name,
}

fn main() {}
