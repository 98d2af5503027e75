#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let _ = Book::title.lag(1).or(0);
}
