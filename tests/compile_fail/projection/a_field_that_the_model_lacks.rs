#[path = "../models.rs"]
mod models;
use models::*;

#[derive(Projection)]
#[projection(Book)]
struct Card {
    titel: String,
}

fn main() {}
