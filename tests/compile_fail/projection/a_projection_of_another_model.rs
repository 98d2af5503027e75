#[path = "../models.rs"]
mod models;
use models::*;

#[derive(Projection)]
#[projection(Author)]
struct Name {
    name: String,
}

fn main() {
    let _ = Book::objects().values::<Name>();
}
