#[path = "../models.rs"]
mod models;
use models::*;

#[derive(Projection)]
#[projection(Author)]
struct Seller {
    name: String,
    #[projection(annotated)]
    books: i64,
}

fn main() {
    let _ = Author::objects().values::<Seller>();
}
