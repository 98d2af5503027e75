use orm::prelude::*;

#[derive(Model)]
#[model(primary_key = [film, actor])]
struct Cast {
    film: i64,
    actor: i64,
}

#[derive(Model)]
struct Costume {
    id: i64,
    worn_by: Option<OneToOne<Cast>>,
}

fn main() {}
