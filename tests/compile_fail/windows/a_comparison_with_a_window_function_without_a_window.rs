#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let _ = Book::objects().filter(Book::stock_level.gt(row_number()));
}
