use orm::prelude::*;

#[derive(Model)]
#[model(ordering = [nmae])]
struct Author {
    id: i64,
    #[field(uniqe)]
    name: String,
    #[field(max_length = 5)]
    age: i32,
}

fn main() {}
