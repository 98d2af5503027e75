#[path = "../models.rs"]
mod models;
use models::*;

#[queryset]
impl QuerySet<Book> {
    pub fn published(self) -> Self {
        self.filter(Book::is_published)
    }
}

fn main() {
    let _ = Author::objects().published();
}
