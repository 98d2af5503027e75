#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let _ = Book::stock_level.set(Book::stock_level.lag(1).or(0).over(order_by(Book::id)));
}
