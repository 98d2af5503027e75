#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let _ = Author::objects().values_list(subquery(Book::objects().values_list(Book::title).limit(1)));
}
