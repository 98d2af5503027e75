#[path = "../models.rs"]
mod models;
use models::*;

struct Title {
    title: String,
}

#[derive(Projection)]
#[projection(Author)]
struct Card {
    books: Vec<Title>,
}

fn main() {}
