#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let book: Book = unimplemented();
    let _ = Book::id.eq(&book);
}

fn unimplemented() -> Book {
    loop {}
}
