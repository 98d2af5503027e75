#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let _ = Book::raw("SELECT * FROM book WHERE id = ?", 1);
}
