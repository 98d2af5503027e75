#[path = "../models.rs"]
mod models;
use models::*;

#[derive(Projection)]
#[projection(Book)]
struct Card {
    #[projection(Author::name)]
    title: String,
}

fn main() {}
