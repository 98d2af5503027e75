#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let both = Book::objects().union(Book::objects());
    let _ = both.filter(Book::is_published);
}
