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

fn main() {
    let _ = House::objects().filter(House::place.stret.eq("Elm"));
}
