#[path = "../models.rs"]
mod models;
use models::*;

#[derive(Projection)]
#[projection(Book)]
struct Card {
    title: String,
    #[projection(Book::editor.name)]
    editor: String,
}

fn main() {}
