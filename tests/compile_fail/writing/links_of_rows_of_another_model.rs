use orm::prelude::*;

#[derive(Model)]
struct Post {
    id: i64,
    tags: ManyToMany<Tag>,
}

#[derive(Model)]
struct Tag {
    id: i64,
    name: String,
}

fn main() {
    let db = Database::connect("sqlite::memory:").unwrap();
    let mut post = Post::objects().get(&db, Post::id.eq(1)).unwrap();
    let other = Post::objects().all(&db).unwrap();
    let _ = post.tags.add(&db, &other);
}
