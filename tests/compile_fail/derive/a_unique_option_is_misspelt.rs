use orm::prelude::*;

#[derive(Model)]
#[model(unique(filds = [name]))]
struct Author {
    id: i64,
    name: String,
}

fn main() {}
