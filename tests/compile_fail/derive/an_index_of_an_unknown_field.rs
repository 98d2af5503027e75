use orm::prelude::*;

#[derive(Model)]
#[model(index(fields = [nmae]))]
struct Author {
    id: i64,
    name: String,
}

fn main() {}
