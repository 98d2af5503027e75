//! Authors, publishers, books and stores: the models of Django's own aggregation tests.

use orm::prelude::*;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "bookstore_author")]
pub struct Author {
    pub id: i64,
    #[field(max_length = 100)]
    pub name: String,
    pub age: i32,
    pub rating: Option<f64>,
    #[field(symmetrical)]
    pub friends: ManyToMany<Self>,
    #[reverse(Book::authors)]
    pub books: ManyToMany<Book>,
    #[reverse(Book::contact)]
    pub contact_books: HasMany<Book>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "bookstore_publisher")]
pub struct Publisher {
    pub id: i64,
    #[field(max_length = 255)]
    pub name: String,
    pub num_awards: i32,
    pub duration: Option<Duration>,
    #[reverse(Book::publisher)]
    pub books: HasMany<Book>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "bookstore_book")]
pub struct Book {
    pub id: i64,
    #[field(max_length = 9)]
    pub isbn: String,
    #[field(max_length = 255)]
    pub name: String,
    pub pages: i32,
    pub rating: f64,
    #[field(max_digits = 6, decimal_places = 2)]
    pub price: Decimal,
    pub pubdate: NaiveDate,
    #[field(on_delete = cascade)]
    pub contact: ForeignKey<Author>,
    #[field(on_delete = cascade)]
    pub publisher: ForeignKey<Publisher>,
    pub authors: ManyToMany<Author>,
    #[reverse(Store::books)]
    pub stores: ManyToMany<Store>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "bookstore_store")]
pub struct Store {
    pub id: i64,
    #[field(max_length = 255)]
    pub name: String,
    pub original_opening: DateTime<Utc>,
    pub friday_night_closing: NaiveTime,
    pub books: ManyToMany<Book>,
}
