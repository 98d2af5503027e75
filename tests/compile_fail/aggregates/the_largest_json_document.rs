#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let _ = |value: Expr<Book, serde_json::Value>| value.max();
}
