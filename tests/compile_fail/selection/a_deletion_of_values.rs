#[path = "../models.rs"]
mod models;
use models::*;

fn main() -> Result<()> {
    let db = Database::connect("sqlite::memory:")?;
    Book::objects().values_list(Book::title).delete(&db)?;
    Ok(())
}
