#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let db = Database::connect("sqlite::memory:").unwrap();
    let _: Vec<String> = Book::objects().values_list(Book::editor.name).all(&db).unwrap();
}
