#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let _ = Author::name.set(Author::books.title);
}
