#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let _ = |db: &Database| Book::objects().update(db, Book::price.set(Book::price.max().unwrap_or(dec!(0))));
}
