#[path = "../models.rs"]
mod models;
use models::*;

fn main() -> Result<()> {
    let db = Database::connect("sqlite::memory:")?;
    let _ = Author::objects().update_or_create(&db, Author::name.set("Bob"))?;
    Ok(())
}
