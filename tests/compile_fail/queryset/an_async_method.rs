#[path = "../models.rs"]
mod models;
use models::*;

#[queryset]
impl QuerySet<Book> {
    pub async fn published(self) -> Self {
        self.filter(Book::is_published)
    }
}

fn main() {}
