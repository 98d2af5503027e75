#[path = "../models.rs"]
mod models;
use models::*;

#[derive(Projection)]
struct Card {
    title: String,
}

fn main() {}
