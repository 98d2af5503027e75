use orm::prelude::*;

#[derive(SqlType, Debug, Clone, PartialEq)]
enum Name {
    First,
}

fn main() {}
