use orm::prelude::*;

#[derive(Embed)]
struct Stamps {
    #[field(primary_key)]
    created_at: DateTime<Utc>,
}

fn main() {}
