use orm::prelude::*;

#[derive(Model)]
struct Author {
    id: i64,
    #[field(choices = ["poet", "painter"])]
    kind: String,
}

fn main() {}
