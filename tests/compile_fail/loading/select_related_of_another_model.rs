#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let _ = Author::objects().select_related(Book::author);
}
