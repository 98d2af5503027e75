#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let _ = Author::objects().filter(exists(Book::objects().filter(Book::price.gt(40))));
}
