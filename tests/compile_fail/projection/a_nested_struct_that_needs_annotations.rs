#[path = "../models.rs"]
mod models;
use models::*;

#[derive(Projection)]
#[projection(Author)]
struct Seller {
    name: String,
    #[projection(annotated)]
    books: i64,
}

#[derive(Projection)]
#[projection(Book)]
struct Card {
    title: String,
    author: Seller,
}

fn main() {}
