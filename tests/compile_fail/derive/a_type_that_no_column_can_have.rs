use orm::prelude::*;

#[derive(Model)]
struct Author {
    id: i64,
    tags: std::collections::BTreeMap<String, String>,
}

fn main() {}
