#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let _ = Author::joined_date.eq("2020-02-29");
}
