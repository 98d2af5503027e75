use orm::prelude::*;

#[derive(DbEnum, Debug, Clone, PartialEq)]
#[db_enum(rper = "i16")]
enum Mood {
    Happy,
}

fn main() {}
