#[path = "../models.rs"]
mod models;
use models::*;

#[derive(Proxy)]
#[proxy(Book, filter = Book::is_published)]
struct Published(Book);

fn main() {}
