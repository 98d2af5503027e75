#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let titles = Author::books.array_agg(Book::title);
    let _ = Author::objects().filter(titles.eq(vec!["SQL".to_owned()]));
}
