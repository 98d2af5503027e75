use orm::prelude::*;

#[derive(Model)]
struct Author(i64, String);

fn main() {}
