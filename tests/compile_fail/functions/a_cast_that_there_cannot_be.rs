#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let _ = Book::is_published.cast::<NaiveDate>();
}
