#[path = "../models.rs"]
mod models;
use models::*;

#[derive(Projection)]
#[projection(Book)]
struct Card {
    title: String,
    stock_level: String,
}

fn main() {}
