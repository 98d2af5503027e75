#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let db = Database::connect("sqlite::memory:").unwrap();
    let _ = Author::objects().update(&db, Book::stock_level.set(1));
}
