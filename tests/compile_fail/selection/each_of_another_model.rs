#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let _ = Author::objects().values_list(Author::books.filter(Book::price.gt(5)).each(Author::name));
}
