use orm::prelude::*;

#[derive(Model)]
struct Post {
    id: i64,
    title: String,
    body: Deferred<String>,
}

fn main() {
    let _ = Post::objects().values_list(Post::title).defer(Post::body);
}
