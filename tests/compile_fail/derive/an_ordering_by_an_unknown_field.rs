use orm::prelude::*;

#[derive(Model)]
#[model(ordering = [-nmae])]
struct Author {
    id: i64,
    name: String,
}

fn main() {}
