#[path = "../models.rs"]
mod models;
use models::*;

fn main() -> Result<()> {
    let db = Database::connect("sqlite::memory:")?;
    Book::objects().on(Sqlite).explain_analyze(&db)?;
    Ok(())
}
