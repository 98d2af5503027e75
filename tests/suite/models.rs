//! The models of the suite.

use orm::prelude::*;

use crate::support::day;

/// Somebody who writes or edits books.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(ordering = [name])]
pub struct Author {
    pub id: i64,
    #[field(max_length = 100)]
    pub name: String,
    pub joined_date: NaiveDate,
    pub rating: Option<f64>,
    #[reverse(Book::author)]
    pub books: HasMany<Book>,
    #[reverse(Profile::author)]
    pub profile: HasOne<Profile>,
}

/// What else there is to say of an author.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Profile {
    pub id: i64,
    #[field(on_delete = cascade)]
    pub author: OneToOne<Author>,
    pub bio: String,
}

/// A book, with every kind of option.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(
    ordering = [-sales_count, title],
    index(fields = [author, is_published]),
    index(name = "cheap_books", fields = [price], condition = Book::price.lt(10)),
    unique(fields = [author, title]),
    check(name = "stock_not_negative", condition = Book::stock_level.gte(0)),
)]
pub struct Book {
    pub id: i64,
    #[field(max_length = 200, index)]
    pub title: String,
    pub subtitle: Option<String>,
    #[field(on_delete = cascade)]
    pub author: ForeignKey<Author>,
    #[field(on_delete = set_null)]
    pub editor: Option<ForeignKey<Author>>,
    #[field(max_digits = 6, decimal_places = 2)]
    pub price: Decimal,
    #[field(default = 0)]
    pub sales_count: i32,
    #[field(default = 0)]
    pub stock_level: i32,
    #[field(default = true)]
    pub is_published: bool,
    #[field(auto_now_add)]
    pub created_at: DateTime<Utc>,
    #[field(auto_now)]
    pub updated_at: DateTime<Utc>,
    #[field(generated = Book::price * Book::stock_level, max_digits = 12, decimal_places = 2)]
    pub stock_value: Decimal,
    #[reverse(Review::book)]
    pub reviews: HasMany<Review>,
}

/// What a reader thinks of a book.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Review {
    pub id: i64,
    #[field(on_delete = cascade)]
    pub book: ForeignKey<Book>,
    pub stars: Option<i32>,
    pub text: String,
    pub approved: Option<bool>,
}

/// A tree: a nullable key to itself.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Category {
    pub id: i64,
    #[field(unique)]
    pub name: String,
    #[field(on_delete = cascade)]
    pub parent: Option<ForeignKey<Self>>,
    #[reverse(Category::parent)]
    pub children: HasMany<Category>,
}

/// A moment and a day, for date parts.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Event {
    pub id: i64,
    pub name: String,
    pub at: Option<DateTime<Utc>>,
    pub day: NaiveDate,
    pub clock: NaiveTime,
    pub local: NaiveDateTime,
}

/// A word, for text lookups.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Word {
    pub id: i64,
    pub text: String,
    pub other: Option<String>,
}

/// Numbers, some of them NULL.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Number {
    pub id: i64,
    pub small: i16,
    pub medium: i32,
    pub large: i64,
    pub float: f64,
    #[field(max_digits = 10, decimal_places = 3)]
    pub exact: Decimal,
    pub maybe: Option<i32>,
    pub other: Option<i32>,
}

/// A document of any shape.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Paper {
    pub id: i64,
    pub body: Option<serde_json::Value>,
}

/// A state of mind.
#[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Happy,
    VerySad,
}

/// A size, kept as a number.
#[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq)]
#[db_enum(repr = "i16")]
pub enum Size {
    Small = 1,
    Large = 10,
}

/// An address, checked nowhere but never mistaken for another text.
#[derive(SqlType, Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Email(pub String);

/// Something of the user's own, kept as JSON.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Settings {
    pub theme: String,
    pub sizes: Vec<u8>,
}

/// Every type of column, required and optional.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Everything {
    pub id: i64,
    pub a_bool: bool,
    pub an_i16: i16,
    pub an_i32: i32,
    pub an_i64: i64,
    pub an_f32: f32,
    pub an_f64: f64,
    pub a_text: String,
    pub some_bytes: Vec<u8>,
    #[field(max_digits = 28, decimal_places = 10)]
    pub a_decimal: Decimal,
    pub a_uuid: Uuid,
    pub a_date: NaiveDate,
    pub a_time: NaiveTime,
    pub a_date_time: NaiveDateTime,
    pub a_moment: DateTime<Utc>,
    pub a_duration: Duration,
    pub some_json: serde_json::Value,
    pub some_settings: Json<Settings>,
    pub a_mood: Mood,
    pub a_size: Size,
    pub an_email: Email,
    pub maybe_bool: Option<bool>,
    pub maybe_i16: Option<i16>,
    pub maybe_i32: Option<i32>,
    pub maybe_i64: Option<i64>,
    pub maybe_f32: Option<f32>,
    pub maybe_f64: Option<f64>,
    pub maybe_text: Option<String>,
    pub maybe_bytes: Option<Vec<u8>>,
    #[field(max_digits = 8, decimal_places = 3)]
    pub maybe_decimal: Option<Decimal>,
    pub maybe_uuid: Option<Uuid>,
    pub maybe_date: Option<NaiveDate>,
    pub maybe_time: Option<NaiveTime>,
    pub maybe_date_time: Option<NaiveDateTime>,
    pub maybe_moment: Option<DateTime<Utc>>,
    pub maybe_duration: Option<Duration>,
    pub maybe_json: Option<serde_json::Value>,
    pub maybe_settings: Option<Json<Settings>>,
    pub maybe_mood: Option<Mood>,
    pub maybe_size: Option<Size>,
    pub maybe_email: Option<Email>,
}

/// A column type derives nothing that it does not use.
#[derive(DbEnum)]
pub enum Grade {
    Passed,
    Failed,
}

/// The same of a newtype.
#[derive(SqlType)]
pub struct Score(pub i32);

/// The same of a document.
#[derive(serde::Serialize, serde::Deserialize)]
pub struct Remark {
    pub text: String,
}

/// A model of such columns.
#[derive(Model)]
pub struct Exam {
    pub id: i64,
    pub grade: Grade,
    pub score: Score,
    pub remark: Json<Remark>,
    pub second: Option<Grade>,
}

/// A primary key that is a text.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Country {
    #[field(primary_key, max_length = 2)]
    pub code: String,
    pub name: String,
    #[reverse(City::country)]
    pub cities: HasMany<City>,
}

/// A primary key of another name and column, and a key to a text.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "towns")]
pub struct City {
    #[field(primary_key, column = "city_no")]
    pub number: i32,
    #[field(column = "city name")]
    pub name: String,
    #[field(on_delete = restrict)]
    pub country: ForeignKey<Country>,
}

/// A primary key that is a UUID with a default.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Token {
    #[field(primary_key, default = Uuid::new_v4())]
    pub key: Uuid,
    #[field(db_default = "fresh")]
    pub state: String,
    #[field(db_default = 3)]
    pub tries: i32,
    #[field(default = "nobody".to_owned())]
    pub owner: String,
}

/// Two models that point at each other.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Store {
    pub id: i64,
    #[field(on_delete = set_null)]
    pub manager: Option<ForeignKey<Staff>>,
    pub city: String,
}

/// The other of the two.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Staff {
    pub id: i64,
    pub name: String,
    #[field(on_delete = no_action)]
    pub store: ForeignKey<Store>,
}

/// A row that a default filter hides once it is deleted.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(default_filter = Note::deleted_at.is_null())]
pub struct Note {
    pub id: i64,
    #[field(unique)]
    pub text: String,
    #[field(default = 0)]
    pub views: i32,
    pub deleted_at: Option<DateTime<Utc>>,
}

/// Two authors and five books with what the tests look for: NULLs, a literal `%`, an editor.
pub fn library(db: &Database) -> Result<(Author, Author)> {
    let ann = Author::draft()
        .name("Ann")
        .joined_date(day(2019, 5, 1))
        .rating(4.5)
        .save(db)?;
    let bob = Author::draft()
        .name("Bob")
        .joined_date(day(2021, 2, 3))
        .save(db)?;
    Author::draft()
        .name("Cid")
        .joined_date(day(2022, 1, 1))
        .save(db)?;
    let drafts = [
        Book::draft()
            .title("Joins")
            .author(&ann)
            .editor(&bob)
            .price(dec!(39.90))
            .stock_level(12)
            .sales_count(5)
            .build(),
        Book::draft()
            .title("100% SQL")
            .subtitle("A guide")
            .author(&ann)
            .price(dec!(9.99))
            .sales_count(7)
            .build(),
        Book::draft()
            .title("Dragons")
            .subtitle("A novel")
            .author(&bob)
            .price(dec!(14))
            .stock_level(3)
            .sales_count(40)
            .build(),
        Book::draft()
            .title("dragonflies")
            .author(&bob)
            .price(dec!(8.50))
            .is_published(false)
            .build(),
        Book::draft()
            .title("Élan")
            .author(&bob)
            .editor(&ann)
            .price(dec!(5.25))
            .stock_level(1)
            .sales_count(1)
            .build(),
    ];
    let books = Book::objects().bulk_create(db, drafts)?;
    Review::draft()
        .book(&books[0])
        .stars(5)
        .text("Joined at last")
        .approved(true)
        .save(db)?;
    Review::draft()
        .book(&books[0])
        .stars(2)
        .text("Too long")
        .approved(false)
        .save(db)?;
    Review::draft().book(&books[2]).text("Fire!").save(db)?;
    Ok((ann, bob))
}

/// Something with a time of its own: a default filter that asks the clock, and managers.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(
    ordering = [title],
    default_filter = Offer::ends.gt(now()),
    manager(big = Offer::seats.gte(10), of_ann = Offer::host.name.eq("Ann")),
    manager(with_notes = Offer::notes.any(OfferNote::text.ne(""))),
)]
pub struct Offer {
    pub id: i64,
    pub title: String,
    pub ends: DateTime<Utc>,
    #[field(default = 1)]
    pub seats: i32,
    #[field(on_delete = cascade)]
    pub host: ForeignKey<Author>,
    #[reverse(OfferNote::offer)]
    pub notes: HasMany<OfferNote>,
}

/// A note on an offer, there as long as the offer's host is called so: a default filter with a path.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(default_filter = !OfferNote::offer.host.name.eq("Bob"))]
pub struct OfferNote {
    pub id: i64,
    #[field(on_delete = cascade)]
    pub offer: ForeignKey<Offer>,
    pub text: String,
}

/// A box of letters.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct LetterBox {
    pub id: i64,
    pub name: String,
    #[reverse(Letter::letter_box)]
    pub letters: HasMany<Letter>,
}

/// A row whose larger columns a query may leave out.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(ordering = [title])]
pub struct Letter {
    pub id: i64,
    pub title: String,
    #[field(on_delete = cascade)]
    pub letter_box: ForeignKey<LetterBox>,
    pub body: Deferred<String>,
    pub notes: Deferred<Option<String>>,
    #[field(max_digits = 8, decimal_places = 3, default = dec!(1))]
    pub weight: Deferred<Decimal>,
    #[field(default = Json(Settings { theme: "plain".into(), sizes: vec![1] }))]
    pub settings: Deferred<Json<Settings>>,
    #[field(auto_now)]
    pub changed: Deferred<DateTime<Utc>>,
    #[field(generated = Letter::title.upper())]
    pub heading: Deferred<String>,
    #[reverse(Enclosure::letter)]
    pub enclosures: HasMany<Enclosure>,
}

/// What comes with a letter.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Enclosure {
    pub id: i64,
    #[field(on_delete = cascade)]
    pub letter: ForeignKey<Letter>,
    pub text: Deferred<String>,
}

/// The same with a key of several columns, one of them a text.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(primary_key = [volume, page])]
pub struct Leaf {
    pub volume: String,
    pub page: i32,
    pub text: Deferred<String>,
}

/// The same with a key of another type.
#[derive(Model, Debug, Clone, PartialEq, Eq, Hash)]
pub struct Scroll {
    #[field(primary_key, default = Uuid::new_v4())]
    pub key: Uuid,
    #[field(unique)]
    pub text: Deferred<String>,
}
