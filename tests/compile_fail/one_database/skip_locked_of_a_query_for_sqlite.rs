#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let _ = Book::objects().on(Sqlite).select_for_update().skip_locked();
}
