#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let author = subquery(|book: Outer<Book, _>| {
        Author::objects().filter(Author::id.eq(book.author)).values_list(Author::name).limit(1)
    });
    let _ = Book::title.set(author);
}
