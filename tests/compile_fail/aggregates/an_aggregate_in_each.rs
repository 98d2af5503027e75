#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let _ = Author::objects().values_list(Author::books.each(Book::price.sum()));
}
