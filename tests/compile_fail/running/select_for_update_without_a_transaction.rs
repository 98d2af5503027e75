#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let db = Database::connect("sqlite::memory:").unwrap();
    let _ = Book::objects().select_for_update().all(&db);
}
