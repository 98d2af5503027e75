use orm::prelude::*;

#[derive(Model)]
struct Author {
    id: i64,
    #[field(auto_now)]
    name: String,
}

fn main() {}
