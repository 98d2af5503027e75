use orm::prelude::*;

#[derive(Embed)]
enum Stamps {
    Created,
}

fn main() {}
