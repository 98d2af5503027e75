use orm::prelude::*;

#[derive(DbEnum, Debug, Clone, Copy)]
pub enum Mood {
    Happy,
    Sad,
}

#[derive(Model, Serialize)]
pub struct Day {
    pub id: i64,
    pub mood: Mood,
}

fn main() {}
