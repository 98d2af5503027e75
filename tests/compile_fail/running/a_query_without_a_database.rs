#[path = "../models.rs"]
mod models;
use models::*;

fn main() -> Result<()> {
    let _ = Book::objects().all()?;
    Ok(())
}
