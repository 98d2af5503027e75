use orm::prelude::*;

#[derive(Model)]
#[model(primary_key = [film, actor])]
struct Cast {
    film: i64,
    actor: i64,
}

fn main() -> orm::Result<()> {
    let db = Database::connect("sqlite::memory:")?;
    Cast::draft().film(1).save(&db)?;
    Ok(())
}
