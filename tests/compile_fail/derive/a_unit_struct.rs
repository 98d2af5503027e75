use orm::prelude::*;

#[derive(Model)]
struct Author;

fn main() {}
