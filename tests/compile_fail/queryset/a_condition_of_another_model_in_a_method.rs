#[path = "../models.rs"]
mod models;
use models::*;

#[queryset]
impl QuerySet<Book> {
    pub fn by_bob(self) -> Self {
        self.filter(Author::name.eq("Bob"))
    }
}

fn main() {}
