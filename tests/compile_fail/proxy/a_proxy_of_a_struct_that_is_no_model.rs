use orm::prelude::*;

struct Post {
    id: i64,
}

#[derive(Proxy)]
#[proxy(Post)]
struct Published(Post);

fn main() {}
