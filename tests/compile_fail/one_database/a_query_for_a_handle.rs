#[path = "../models.rs"]
mod models;
use models::*;

fn main() -> Result<()> {
    let db = Database::connect("sqlite::memory:")?;
    let _ = Book::objects().on(db);
    Ok(())
}
