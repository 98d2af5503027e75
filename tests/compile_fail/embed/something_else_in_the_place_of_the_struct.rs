use orm::prelude::*;

#[derive(Embed)]
struct Place {
    street: String,
    #[field(default)]
    floor: i16,
}

#[derive(Model)]
struct House {
    id: i64,
    #[model(embed)]
    place: Place,
}

fn build(db: &Database) {
    let _ = House::draft().place("Elm").save(db);
}

fn main() {}
