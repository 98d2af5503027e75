#[path = "../models.rs"]
mod models;
use models::*;

#[derive(Projection)]
#[projection(Author)]
struct Seller {
    name: String,
    #[projection(annotated)]
    sold: Option<i64>,
}

fn main() {
    let _ = Author::objects().annotate(Author::books.count()).values::<Seller>();
}
