#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let _ = Book::price.gt(9.99);
}
