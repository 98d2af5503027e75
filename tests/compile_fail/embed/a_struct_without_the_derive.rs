use orm::prelude::*;

struct Stamps {
    created_at: DateTime<Utc>,
}

#[derive(Model)]
struct Post {
    id: i64,
    #[model(embed)]
    stamps: Stamps,
}

fn main() {}
