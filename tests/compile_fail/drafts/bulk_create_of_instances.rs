#[path = "../models.rs"]
mod models;
use models::*;

fn main() -> Result<()> {
    let db = Database::connect("sqlite::memory:")?;
    let books = Book::objects().all(&db)?;
    Book::objects().bulk_create(&db, books)?;
    Ok(())
}
