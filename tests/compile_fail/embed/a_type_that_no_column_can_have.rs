use orm::prelude::*;

struct Duration2;

#[derive(Embed)]
struct Credits {
    length: Duration2,
}

#[derive(Model)]
struct Post {
    id: i64,
    #[model(embed)]
    credits: Credits,
}

fn main() {}
