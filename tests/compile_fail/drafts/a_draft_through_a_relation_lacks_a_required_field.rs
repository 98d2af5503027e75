#[path = "../models.rs"]
mod models;
use models::*;

fn write(db: &Database, bob: &Author) {
    let _ = bob.books.draft().title("SQL").save(db);
}

fn main() {}
