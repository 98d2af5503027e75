use orm::prelude::*;

#[derive(Embed)]
struct Size {
    width: u32,
    unit: String,
}

#[derive(Model)]
#[model(ordering = [size.unit], check(name = "small", condition = Board::size.unit.ne("km")))]
struct Board {
    id: i64,
    #[model(embed)]
    size: Size,
}

fn boards(db: &Database) {
    let _ = Board::objects().filter(Board::size.unit.eq("cm")).all(db);
    let _ = Board::draft().size(Size { width: 1, unit: "cm".into() }).save(db);
}

fn main() {}
