use orm::prelude::*;

#[derive(Model)]
#[model(index(feilds = [name]))]
struct Author {
    id: i64,
    name: String,
}

fn main() {}
