#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let number = row_number().over(order_by(Book::price));
    let _ = Author::objects().filter(Author::books.any(number.eq(1)));
}
