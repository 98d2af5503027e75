use orm::prelude::*;

#[derive(Model)]
#[model(manager(published = Post::published))]
struct Post {
    id: i64,
    published: bool,
}

fn main() {
    let _ = Post::objects().filter(Post::published);
}
