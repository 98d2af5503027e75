#[path = "../models.rs"]
mod models;
use models::*;

#[derive(Proxy)]
#[proxy(Book, default_filter = Author::name.eq("Ann"))]
struct Published(Book);

fn main() {}
