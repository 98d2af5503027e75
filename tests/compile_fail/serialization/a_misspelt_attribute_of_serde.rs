use orm::prelude::*;

#[derive(Model, Serialize)]
pub struct Day {
    pub id: i64,
    #[serde(renam = "feeling")]
    pub mood: String,
}

fn main() {}
