#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let _ = |db: &Database| Book::objects().aggregate(db, Book::price);
}
