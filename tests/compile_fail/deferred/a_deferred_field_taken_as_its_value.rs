use orm::prelude::*;

#[derive(Model)]
struct Post {
    id: i64,
    title: String,
    body: Deferred<String>,
}

fn main() {
    let db = Database::connect("sqlite::memory:").unwrap();
    let post = Post::objects().first(&db).unwrap().unwrap();
    let _: String = post.body;
}
