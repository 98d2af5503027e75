use orm::prelude::*;

#[derive(Model)]
#[model(primary_key = [film, actor])]
struct Cast {
    film: i64,
    actor: i64,
    #[reverse(Costume::worn_by)]
    costumes: HasMany<Costume>,
}

#[derive(Model)]
struct Costume {
    id: i64,
    worn_by: ForeignKey<Cast>,
}

fn main() {}
