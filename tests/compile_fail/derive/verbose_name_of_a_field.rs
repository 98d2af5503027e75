use orm::prelude::*;

#[derive(Model)]
struct Author {
    id: i64,
    #[field(verbose_name = "full name")]
    name: String,
}

fn main() {}
