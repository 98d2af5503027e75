#[path = "../models.rs"]
mod models;
use models::*;

#[queryset]
impl QuerySet<Book> {
    pub fn published(&self) -> QuerySet<Book> {
        self.clone().filter(Book::is_published)
    }
}

fn main() {}
