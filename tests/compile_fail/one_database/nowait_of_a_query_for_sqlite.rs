#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let _ = Book::objects().select_for_update().on(Sqlite).nowait();
}
