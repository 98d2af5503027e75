#[path = "../models.rs"]
mod models;
use models::*;

fn main() {
    let _ = recursive(Book::objects().values_list(Book::id), |id| {
        Book::objects().filter(Book::id.gt(id)).values_list(Book::title)
    });
}
