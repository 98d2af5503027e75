//! The models that the cases of wrong queries are about.
#![allow(dead_code)]

pub use orm::prelude::*;

#[derive(Model, Debug, Clone)]
pub struct Author {
    pub id: i64,
    pub name: String,
    pub joined_date: NaiveDate,
    #[reverse(Book::author)]
    pub books: HasMany<Book>,
}

#[derive(Model, Debug, Clone)]
pub struct Book {
    pub id: i64,
    pub title: String,
    pub subtitle: Option<String>,
    #[field(on_delete = cascade)]
    pub author: ForeignKey<Author>,
    #[field(on_delete = set_null)]
    pub editor: Option<ForeignKey<Author>>,
    pub price: Decimal,
    #[field(default = 0)]
    pub stock_level: i32,
    #[field(default = true)]
    pub is_published: bool,
    #[field(generated = Book::stock_level * 2)]
    pub doubled: i32,
}
