#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let _ = exists(|author: Outer<Author, _>| {
        Author::objects().filter(Author::books.any(Book::title.eq(author.name)))
    });
}
