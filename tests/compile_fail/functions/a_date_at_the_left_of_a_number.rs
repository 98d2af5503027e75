#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let today = Utc::now().date_naive();
    Book::objects().values_list(today - Book::stock_level);
}
