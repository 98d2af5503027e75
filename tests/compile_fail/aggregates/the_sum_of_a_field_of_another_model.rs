#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let _ = Author::books.sum(Author::id);
}
