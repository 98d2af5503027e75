#[path = "../models.rs"]
mod models;
use models::*;

fn main() {}

fn unite(subtitles: QuerySet<Book, orm::query::Flat<Option<String>>>) {
    let _ = Book::objects().values_list(Book::title).union(subtitles);
}
