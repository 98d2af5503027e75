#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let _ = Author::joined_date.in_tz("Europe/Amsterdam");
}
