#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    Book::objects().values_list(-Book::title);
}
