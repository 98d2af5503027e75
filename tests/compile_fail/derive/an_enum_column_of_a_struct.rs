use orm::prelude::*;

#[derive(DbEnum, Debug, Clone, PartialEq)]
struct Mood {
    happy: bool,
}

fn main() {}
