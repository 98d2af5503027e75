#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let db = Database::connect("sqlite::memory:").unwrap();
    let day = NaiveDate::MIN;
    let _ = Author::draft().name("Bob").joined_date(day).get_or_create(&db, Book::title);
}
