use orm::prelude::*;

#[derive(Embed)]
struct Stamps {
    #[field(auto_now_add)]
    created_at: DateTime<Utc>,
}

#[derive(Model)]
struct Post {
    id: i64,
    #[model(embed)]
    text: Stamps,
    #[model(embed)]
    picture: Stamps,
}

fn main() {}
