#[path = "../models.rs"]
mod models;
use models::*;

#[deny(unused_must_use)]
fn main() {
    Book::draft().title("SQL").price(10);
}
