#[path = "../models.rs"]
mod models;
use models::*;

fn main() -> Result<()> {
    let db = Database::connect("sqlite::memory:")?;
    let (author, created) = Author::objects().get_or_create(&db, Author::name.eq("Bob"))?;
    Ok(())
}
