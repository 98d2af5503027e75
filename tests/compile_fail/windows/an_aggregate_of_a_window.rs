#[path = "../models.rs"]
mod models;
use models::*;

fn main() {}

fn sum(number: Expr<Book, i64, orm::expr::Windowed>) {
    let _ = number.sum();
}
