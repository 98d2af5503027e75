#[path = "../models.rs"]
mod models;
use models::*;

#[derive(Model, Debug, Clone)]
pub struct Paper {
    pub id: i64,
    pub body: serde_json::Value,
}

fn main() {
    let _ = Paper::objects().filter(Paper::body.key("pages").gt(5));
}
