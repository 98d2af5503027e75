#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let _ = Book::doubled.set(4);
}
