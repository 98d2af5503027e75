use orm::prelude::*;

#[derive(SqlType)]
struct Tags(Vec<String>);

fn main() {}
