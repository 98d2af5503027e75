use orm::prelude::*;

#[derive(Model)]
#[model(unique_together = [series, number])]
struct Volume {
    id: i64,
    series: String,
    number: i32,
}

fn main() {}
