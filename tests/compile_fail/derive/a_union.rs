use orm::prelude::*;

#[derive(Model)]
union Author {
    id: i64,
    number: i64,
}

fn main() {}
