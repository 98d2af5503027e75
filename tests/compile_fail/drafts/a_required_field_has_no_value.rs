#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let db = Database::connect("sqlite::memory:").unwrap();
    let _ = Author::draft().name("Bob").save(&db);
}
