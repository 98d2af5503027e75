#[path = "../models.rs"]
mod models;
use models::*;

#[queryset]
impl QuerySet<Book> {
    pub fn by_author(self, author: &Author) -> Self {
        self.filter(Book::author.eq(author))
    }
}

fn main() {
    let _ = Book::objects().by_author(3);
}
