#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let _ = Book::objects().on(Sqlite).filter(Book::is_published).on(Postgres);
}
