#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let _ = Author::objects().filter(exists(|author: Outer<Author, _>| {
        Book::objects().filter(Book::author.eq(author.id)).select_for_update()
    }));
}
