#[path = "../models.rs"]
mod models;
use models::*;

#[derive(Proxy)]
#[proxy(Book)]
struct Published(Book);

fn titles(_: QuerySet<Book>) {}

fn main() {
    titles(Published::objects());
}
