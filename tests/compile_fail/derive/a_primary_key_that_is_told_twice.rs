use orm::prelude::*;

#[derive(Model)]
#[model(primary_key = [film, actor])]
struct Cast {
    #[field(primary_key)]
    film: i64,
    actor: i64,
}

fn main() {}
