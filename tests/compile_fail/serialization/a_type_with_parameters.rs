use orm::prelude::*;

#[derive(Serialize)]
pub struct Page<T> {
    pub rows: Vec<T>,
    pub next: Option<i64>,
}

fn main() {}
