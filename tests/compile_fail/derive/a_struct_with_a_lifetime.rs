use orm::prelude::*;

#[derive(Model)]
struct Author<'a> {
    id: i64,
    name: &'a str,
}

fn main() {}
