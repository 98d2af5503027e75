#[path = "../models.rs"]
mod models;
use models::*;

fn main() -> Result<()> {
    let db = Database::connect("sqlite::memory:")?;
    let bob = Author::objects().one(&db)?;
    let _ = Book::draft().author(bob);
    Ok(())
}
