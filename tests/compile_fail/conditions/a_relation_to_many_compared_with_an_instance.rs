#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let book: Book = any();
    let _ = Author::books.eq(&book);
}

fn any() -> Book {
    loop {}
}
