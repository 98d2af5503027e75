use orm::prelude::*;

#[derive(Model)]
#[model(unique(fields = [name, mail]))]
struct Author {
    id: i64,
    name: String,
}

fn main() {}
