use orm::prelude::*;

#[derive(Model)]
#[model(check(name = "named", conditon = Author::name.ne("")))]
struct Author {
    id: i64,
    name: String,
}

fn main() {}
