#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let book: Book = any();
    let _ = Book::draft().author(&book);
}

fn any() -> Book {
    loop {}
}
