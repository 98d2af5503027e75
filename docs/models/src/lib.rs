//! The models of the documentation's examples, and a small bookstore of them in memory.
#![forbid(unsafe_code)]

pub use orm;
pub use orm::prelude::*;

/// Somebody who writes or edits books.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(ordering = [name])]
pub struct Author {
    /// The key.
    pub id: i64,
    /// The name.
    #[field(max_length = 100)]
    pub name: String,
    /// The day of the contract.
    pub joined_date: NaiveDate,
    /// What they wrote.
    #[reverse(Book::author)]
    pub books: HasMany<Book>,
}

/// A book in the store.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(
    ordering = [title],
    unique(fields = [author, title]),
    check(name = "stock_not_negative", condition = Book::stock_level.gte(0)),
)]
pub struct Book {
    /// The key.
    pub id: i64,
    /// The title.
    #[field(max_length = 200, index)]
    pub title: String,
    /// A second title.
    pub subtitle: Option<String>,
    /// Who wrote it.
    #[field(on_delete = cascade)]
    pub author: ForeignKey<Author>,
    /// Who edited it.
    #[field(on_delete = set_null)]
    pub editor: Option<ForeignKey<Author>>,
    /// What it costs.
    #[field(max_digits = 6, decimal_places = 2)]
    pub price: Decimal,
    /// How many were sold.
    #[field(default = 0)]
    pub sales_count: i32,
    /// How many are there.
    #[field(default = 0)]
    pub stock_level: i32,
    /// Whether it is out.
    #[field(default = true)]
    pub is_published: bool,
    /// What it is about.
    pub tags: ManyToMany<Tag>,
    /// When it was entered.
    #[field(auto_now_add)]
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    #[field(auto_now)]
    pub updated_at: DateTime<Utc>,
}

/// A text with parts that are long and seldom read.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Article {
    /// The key.
    pub id: i64,
    /// The title.
    pub title: String,
    /// The text.
    pub body: Deferred<String>,
    /// What the editors say of it.
    pub notes: Deferred<Option<String>>,
}

/// A word that books are found by.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Tag {
    /// The key.
    pub id: i64,
    /// The word.
    #[field(max_length = 50, unique)]
    pub name: String,
    /// The books that have it.
    #[reverse(Book::tags)]
    pub books: ManyToMany<Book>,
}

/// A topic below another.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Topic {
    /// The key.
    pub id: i64,
    /// The name.
    pub name: String,
    /// The topic above.
    #[field(on_delete = cascade)]
    pub parent: Option<ForeignKey<Self>>,
}

/// A document and what is told of it.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Page {
    /// The key.
    pub id: i64,
    /// Whatever there is to tell.
    pub meta: serde_json::Value,
}

/// A bookstore in memory: two authors, four books and two tags, both of the book "Rust".
///
/// # Errors
/// The database's.
pub fn bookstore() -> Result<Database> {
    let db = Database::connect("sqlite::memory:")?;
    db.create_tables()?;
    let day = NaiveDate::from_ymd_opt(2020, 2, 29).ok_or(Error::custom("no such day"))?;
    let bob = Author::draft().name("Bob").joined_date(day).save(&db)?;
    let eve = Author::draft().name("Eve").joined_date(day).save(&db)?;
    let books = [
        Book::draft()
            .title("SQL")
            .author(&bob)
            .price(dec!(10.00))
            .stock_level(5)
            .build(),
        Book::draft()
            .title("Rust")
            .author(&bob)
            .editor(&eve)
            .price(dec!(42.50))
            .subtitle("A guide")
            .build(),
        Book::draft()
            .title("Dunes")
            .author(&eve)
            .price(dec!(7.90))
            .subtitle("A novel")
            .sales_count(3)
            .build(),
        Book::draft()
            .title("Draft")
            .author(&eve)
            .price(dec!(1))
            .is_published(false)
            .build(),
    ];
    let mut books = Book::objects().bulk_create(&db, books)?;
    let tags = ["code", "new"].map(|name| Tag::draft().name(name));
    let tags = Tag::objects().bulk_create(&db, tags)?;
    books[1].tags.add(&db, &tags)?;
    Ok(db)
}
