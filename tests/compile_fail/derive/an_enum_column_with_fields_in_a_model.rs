use orm::prelude::*;

#[derive(DbEnum)]
enum Shape {
    Circle(f64),
    Square,
}

#[derive(Model)]
struct Drawing {
    id: i64,
    shape: Shape,
}

fn main() {}
