use orm::prelude::*;

#[derive(Model)]
struct Author {
    id: i64,
    #[field(on_delete = cascade)]
    name: String,
}

fn main() {}
