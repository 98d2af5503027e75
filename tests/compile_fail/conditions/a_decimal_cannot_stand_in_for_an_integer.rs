#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let _ = coalesce((Book::stock_level, Book::price));
}
