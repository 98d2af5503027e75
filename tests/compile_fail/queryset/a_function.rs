#[path = "../models.rs"]
mod models;
use models::*;

#[queryset]
pub fn published(books: QuerySet<Book>) -> QuerySet<Book> {
    books.filter(Book::is_published)
}

fn main() {}
