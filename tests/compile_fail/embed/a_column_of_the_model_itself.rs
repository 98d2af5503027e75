use orm::prelude::*;

#[derive(Embed)]
struct Stamps {
    #[field(auto_now_add)]
    created_at: DateTime<Utc>,
}

#[derive(Model)]
struct Post {
    id: i64,
    created_at: DateTime<Utc>,
    #[model(embed)]
    stamps: Stamps,
}

fn main() {}
