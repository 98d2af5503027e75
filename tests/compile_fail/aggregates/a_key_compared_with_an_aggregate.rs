#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let _ = Book::objects().filter(Book::author.eq(Book::id.max()));
}
