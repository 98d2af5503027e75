#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let _ = |db: &Database| Author::objects().aggregate(db, (Author::id.count(), Book::price.sum()));
}
