use orm::prelude::*;

#[derive(Model)]
struct Order {
    id: i64,
    #[reverse(Line::order)]
    lines: HasMany<Line>,
}

#[derive(Model)]
struct Product {
    id: i64,
}

#[derive(Model)]
struct Line {
    id: i64,
    order: ForeignKey<Order>,
    product: ForeignKey<Product>,
    quantity: i32,
}

fn write(db: &Database, order: &Order) {
    let _ = order.lines.draft().quantity(2).save(db);
}

fn main() {}
