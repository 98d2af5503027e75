use orm::prelude::*;

#[derive(Model)]
struct Order {
    id: i64,
    #[reverse(Line::order)]
    lines: HasMany<Line>,
}

#[derive(Model)]
struct Line {
    id: i64,
    order: ForeignKey<Order>,
}

fn write(db: &Database, order: &mut Order, line: &Line) {
    let _ = order.lines.remove(db, [line]);
}

fn main() {}
