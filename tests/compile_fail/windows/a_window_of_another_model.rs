#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let _ = Book::title.lag(1).over(order_by(Author::name));
}
