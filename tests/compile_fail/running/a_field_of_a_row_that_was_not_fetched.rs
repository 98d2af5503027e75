#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let book: Book = any();
    let _ = book.author.name;
}

fn any() -> Book {
    loop {}
}
