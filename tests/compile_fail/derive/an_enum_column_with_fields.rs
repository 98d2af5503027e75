use orm::prelude::*;

#[derive(DbEnum, Debug, Clone, PartialEq)]
enum Mood {
    Happy,
    Other(String),
}

fn main() {}
