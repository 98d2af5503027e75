#[path = "../models.rs"]
mod models;
use models::*;

fn main() {}

fn unite(prices: QuerySet<Book, orm::query::Flat<Decimal>>) {
    let _ = Book::objects().values_list(Book::title).union(prices);
}
