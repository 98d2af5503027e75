use orm::prelude::*;

#[derive(Embed)]
struct Stamps {
    #[field(auto_now_add)]
    created_at: DateTime<Utc>,
}

#[derive(Model)]
#[model(ordering = [-stamps.changed_at])]
struct Post {
    id: i64,
    #[model(embed)]
    stamps: Stamps,
}

fn main() {}
