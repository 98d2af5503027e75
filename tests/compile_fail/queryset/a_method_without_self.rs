#[path = "../models.rs"]
mod models;
use models::*;

#[queryset]
impl QuerySet<Book> {
    pub fn published() -> QuerySet<Book> {
        Book::objects().filter(Book::is_published)
    }
}

fn main() {}
