use orm::prelude::*;

#[derive(Model)]
struct Post {
    id: i64,
}

#[derive(Proxy)]
#[proxy(Post)]
struct Published(Post);

#[derive(Model)]
struct Comment {
    id: i64,
    post: ForeignKey<Published>,
}

fn main() {}
