#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    for book in Book::objects() {
        drop(book);
    }
}
