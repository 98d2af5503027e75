#[path = "../models.rs"]
mod models;
use models::*;

#[derive(Proxy)]
#[proxy(Book)]
struct Published(Book, i32);

fn main() {}
