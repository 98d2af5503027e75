#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let _ = Book::objects().values_list(concat((Book::title, " ", Book::stock_level)));
}
