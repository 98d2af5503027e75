use orm::prelude::*;

#[derive(Model)]
#[model(primary_key = [film, aktor])]
struct Cast {
    film: i64,
    actor: i64,
}

fn main() {}
