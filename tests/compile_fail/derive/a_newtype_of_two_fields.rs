use orm::prelude::*;

#[derive(SqlType, Debug, Clone, PartialEq)]
struct Name(String, String);

fn main() {}
