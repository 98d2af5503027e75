#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let _ = Book::objects().filter((Book::is_published, Book::price.gt(5)));
}
