#[path = "../models.rs"]
mod models;
use models::*;

#[queryset]
impl Book {
    pub fn published(self) -> Self {
        self
    }
}

fn main() {}
