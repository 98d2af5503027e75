#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let _ = Book::subtitle.eq(Some(5));
}
