#[path = "../models.rs"]
mod models;
use models::*;

#[queryset]
impl QuerySet<Book> {
    pub fn published(self) -> Self {
        self.filter(Book::is_published)
    }

    pub(crate) fn sold_out(self) -> Self {
        self.filter(Book::stock_level.eq(0))
    }
}

fn main() {}
