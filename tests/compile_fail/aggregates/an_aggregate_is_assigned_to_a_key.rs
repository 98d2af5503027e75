#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let _ = Book::author.set(Book::id.max());
}
