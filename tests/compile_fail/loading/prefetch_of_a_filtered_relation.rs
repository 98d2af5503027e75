#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let published = Author::books.filter(Book::is_published);
    let _ = Author::objects().prefetch_related(published);
}
