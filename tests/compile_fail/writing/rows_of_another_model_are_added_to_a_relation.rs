#[path = "../models.rs"]
mod models;
use models::*;

fn write(db: &Database, bob: &mut Author, eve: &Author) {
    let _ = bob.books.add(db, [eve]);
}

fn main() {}
