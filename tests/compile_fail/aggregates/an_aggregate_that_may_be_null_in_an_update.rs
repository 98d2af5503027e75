#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let _ = Book::price.set(Book::price.sum());
}
