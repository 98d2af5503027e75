#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let _ = order_by(Book::price).rows(-1..1);
}
