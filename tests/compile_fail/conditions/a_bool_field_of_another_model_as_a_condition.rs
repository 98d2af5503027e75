#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let _ = Author::objects().filter(Book::is_published);
}
