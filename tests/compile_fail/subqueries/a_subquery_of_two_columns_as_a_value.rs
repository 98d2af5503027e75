#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let _ = subquery(|author: Outer<Author, _>| {
        Book::objects().filter(Book::author.eq(author.id)).values_list((Book::title, Book::price)).limit(1)
    });
}
