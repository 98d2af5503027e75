#[path = "../models.rs"]
mod models;
use models::*;

fn main() -> Result<()> {
    let db = Database::connect("sqlite::memory:")?;
    Author::objects().with(Author::books.author.books).all(&db)?;
    Ok(())
}
