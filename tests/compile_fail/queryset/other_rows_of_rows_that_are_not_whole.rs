#[path = "../models.rs"]
mod models;
use models::*;

#[queryset]
impl QuerySet<Book> {
    pub fn titles(self) -> QuerySet<Book, orm::query::Flat<String>> {
        self.values_list(Book::title)
    }
}

fn main() {
    let _ = Book::objects().values_list(Book::price).titles();
}
