#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let _ = Book::objects().values_list((Book::title, row_number()));
}
