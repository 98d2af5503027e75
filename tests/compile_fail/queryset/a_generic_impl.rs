#[path = "../models.rs"]
mod models;
use models::*;

#[queryset]
impl<M: Model> QuerySet<M> {
    pub fn nothing(self) -> Self {
        self.none()
    }
}

fn main() {}
