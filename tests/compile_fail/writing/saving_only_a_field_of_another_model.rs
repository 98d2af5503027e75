#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let db = Database::connect("sqlite::memory:").unwrap();
    let mut book = Book::objects().first(&db).unwrap().unwrap();
    let _ = book.save_only(&db, Author::name);
}
