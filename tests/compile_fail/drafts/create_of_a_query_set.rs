#[path = "../models.rs"]
mod models;
use models::*;

fn main() -> Result<()> {
    let db = Database::connect("sqlite::memory:")?;
    let author = Author::draft().name("Bob");
    Author::objects().create(&db, author)?;
    Ok(())
}
