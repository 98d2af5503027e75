#[path = "../models.rs"]
mod models;
use models::*;

fn main() -> Result<()> {
    let db = Database::connect("sqlite::memory:")?;
    let bob = Author::objects().one(&db)?;
    let _ = Book::author.set(bob);
    Ok(())
}
