#[path = "../models.rs"]
mod models;
use models::*;

#[derive(Proxy)]
#[proxy(Book)]
struct Published(Author);

fn main() {}
