use orm::prelude::*;

#[derive(Model)]
#[model(constraints = [unique(name)])]
struct Author {
    id: i64,
    name: String,
}

fn main() {}
