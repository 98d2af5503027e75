#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let _ = Book::id.is_in(["one", "two"]);
}
