use orm::prelude::*;

#[derive(Model)]
#[model(primary_key = [film, actor])]
struct Cast {
    film: i64,
    actor: Option<i64>,
}

fn main() {}
