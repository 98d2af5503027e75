#[path = "../models.rs"]
mod models;
use models::*;

#[derive(Proxy)]
struct Published(Book);

fn main() {}
