#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let _ = Author::objects().annotate(Author::books.sum(Book::title));
}
