#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let titles = Book::objects().on(Sqlite).values_list(Book::title);
    let _ = titles.annotate(Book::id.count()).distinct_on(Book::title);
}
