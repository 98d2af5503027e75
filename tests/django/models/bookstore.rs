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
    #[reverse(AuthorFriend::from_author)]
    pub friend_links: HasMany<AuthorFriend>,
    #[reverse(BookAuthor::author)]
    pub book_links: HasMany<BookAuthor>,
    #[reverse(Book::contact)]
    pub contact_books: HasMany<Book>,
}

/// `Author.friends`: symmetrical, so each friendship is two rows.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "bookstore_author_friends", unique(fields = [from_author, to_author]))]
pub struct AuthorFriend {
    pub id: i64,
    #[field(on_delete = cascade)]
    pub from_author: ForeignKey<Author>,
    #[field(on_delete = cascade)]
    pub to_author: ForeignKey<Author>,
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
    #[reverse(BookAuthor::book)]
    pub author_links: HasMany<BookAuthor>,
    #[reverse(StoreBook::book)]
    pub store_links: HasMany<StoreBook>,
}

/// `Book.authors`
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "bookstore_book_authors", unique(fields = [book, author]))]
pub struct BookAuthor {
    pub id: i64,
    #[field(on_delete = cascade)]
    pub book: ForeignKey<Book>,
    #[field(on_delete = cascade)]
    pub author: ForeignKey<Author>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "bookstore_store")]
pub struct Store {
    pub id: i64,
    #[field(max_length = 255)]
    pub name: String,
    pub original_opening: DateTime<Utc>,
    pub friday_night_closing: NaiveTime,
    #[reverse(StoreBook::store)]
    pub book_links: HasMany<StoreBook>,
}

/// `Store.books`
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "bookstore_store_books", unique(fields = [store, book]))]
pub struct StoreBook {
    pub id: i64,
    #[field(on_delete = cascade)]
    pub store: ForeignKey<Store>,
    #[field(on_delete = cascade)]
    pub book: ForeignKey<Book>,
}
