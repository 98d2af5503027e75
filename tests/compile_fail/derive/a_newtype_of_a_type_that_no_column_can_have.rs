use orm::prelude::*;

struct Point {
    x: f64,
    y: f64,
}

#[derive(SqlType)]
struct Place(Point);

#[derive(Model)]
struct City {
    id: i64,
    place: Place,
}

fn main() {}
