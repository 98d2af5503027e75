#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let _ = Author::objects().filter(Author::books.count().gt("many"));
}
