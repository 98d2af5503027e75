#[path = "../models.rs"]
mod models;
use models::*;

#[deny(unused_must_use)]
fn main() {
    Book::objects().filter(Book::is_published);
}
