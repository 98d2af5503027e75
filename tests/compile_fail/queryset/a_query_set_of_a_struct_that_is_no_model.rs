#[path = "../models.rs"]
mod models;
use models::*;

struct Card;

#[queryset]
impl QuerySet<Card> {
    pub fn nothing(self) -> Self {
        self.none()
    }
}

fn main() {}
