#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let _ = Author::books.any(Book::price.max().gt(3));
}
