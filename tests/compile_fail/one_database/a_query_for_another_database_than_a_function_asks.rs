#[path = "../models.rs"]
mod models;
use models::*;
use orm::query::{On, Rows};

fn newest(books: QuerySet<Book, Rows<Book, Book>, On<Postgres>>) -> QuerySet<Book, Rows<Book, Book>, On<Postgres>> {
    books.distinct_on(Book::author).order_by(Book::author)
}

fn main() {
    let books = Book::objects().on(Sqlite);
    let _ = newest(books);
}
