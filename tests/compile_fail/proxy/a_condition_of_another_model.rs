#[path = "../models.rs"]
mod models;
use models::*;

#[derive(Proxy)]
#[proxy(Book)]
struct Published(Book);

fn main() {
    let _ = Published::objects().filter(Author::name.eq("Ann"));
}
