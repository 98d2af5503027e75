#[path = "../models.rs"]
mod models;
use models::*;

#[derive(Proxy)]
#[proxy(Book, ordering = [-prize])]
struct Published(Book);

fn main() {}
