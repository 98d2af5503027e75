#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let _ = Book::objects().union_all(Author::objects());
}
