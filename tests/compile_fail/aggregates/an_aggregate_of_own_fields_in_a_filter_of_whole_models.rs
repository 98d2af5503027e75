#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let _ = Book::objects().filter(Book::price.avg().gt(3));
}
