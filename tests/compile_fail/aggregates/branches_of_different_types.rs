#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let _ = case().when(Book::is_published, Book::price).otherwise("none");
}
