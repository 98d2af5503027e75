//! A bookstore from models to answers.
//!
//! `cargo run --example bookstore` runs it on an embedded SQLite file. The same program runs on
//! PostgreSQL: `cargo run --features postgres --example bookstore -- postgres://user:pw@localhost/shop`.
#![allow(missing_docs, reason = "the names of the fields say what they are")]

use orm::prelude::*;

/// Somebody who writes books.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(ordering = [name])]
pub struct Author {
    pub id: i64,
    #[field(max_length = 100)]
    pub name: String,
    #[field(unique)]
    pub email: String,
    pub joined_date: NaiveDate,
    #[reverse(Book::author)]
    pub books: HasMany<Book>,
}

/// What a book is about.
#[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum Genre {
    Computing,
    Fantasy,
    Travel,
}

/// A book in the store.
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
    pub genre: Genre,
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
}

/// What a page of the catalogue shows of a book: each field is checked against the models.
#[derive(Projection, Debug)]
#[projection(Book)]
struct Card {
    title: String,
    #[projection(Book::author.name)]
    author: String,
    #[projection(Book::editor.name)]
    editor: Option<String>,
    price: Decimal,
}

fn main() -> Result<()> {
    let url = std::env::args().nth(1).unwrap_or_else(|| {
        // A file of its own, made anew in each run.
        let path = std::env::temp_dir().join("orm-bookstore.db");
        for file in [
            &path,
            &path.with_extension("db-wal"),
            &path.with_extension("db-shm"),
        ] {
            let _ = std::fs::remove_file(file);
        }
        format!("sqlite://{}", path.display())
    });
    let db = Database::connect(&url)?;
    db.create_tables()?;
    Author::objects().delete(&db)?;

    fill(&db)?;
    ask(&db)?;
    write(&db)?;
    println!("\nAll of it worked.");
    Ok(())
}

fn day(year: i32, month: u32, day: u32) -> Result<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, day).ok_or_else(|| Error::custom("no such day"))
}

/// Rows to be are drafts: one without a required field does not compile.
fn fill(db: &Database) -> Result<()> {
    let ann = Author::draft()
        .name("Ann Lee")
        .email("ann@example.com")
        .joined_date(day(2019, 5, 1)?)
        .save(db)?;
    let bob = Author::draft()
        .name("Bob Day")
        .email("bob@example.com")
        .joined_date(day(2021, 2, 3)?)
        .save(db)?;
    let (again, created) = Author::draft()
        .name("Bob")
        .email("bob@example.com")
        .joined_date(day(2024, 1, 1)?)
        .get_or_create(db, Author::email)?;
    assert!(!created && again == bob);

    let books = Book::objects().bulk_create(
        db,
        [
            Book::draft()
                .title("Joins for All")
                .genre(Genre::Computing)
                .author(&ann)
                .editor(&bob)
                .price(dec!(39.90))
                .stock_level(12)
                .build(),
            Book::draft()
                .title("The 50% Dragon")
                .genre(Genre::Fantasy)
                .author(&bob)
                .price(dec!(8.50))
                .stock_level(3)
                .sales_count(120)
                .build(),
            Book::draft()
                .title("Dragons of Élan")
                .subtitle("A journey")
                .genre(Genre::Fantasy)
                .author(&bob)
                .price(dec!(14))
                .sales_count(40)
                .build(),
            Book::draft()
                .title("Slow Trains")
                .genre(Genre::Travel)
                .author(&ann)
                .price(dec!(9.99))
                .is_published(false)
                .build(),
        ],
    )?;
    println!(
        "{} books, the first worth {} in stock",
        books.len(),
        books[0].stock_value
    );
    Ok(())
}

/// Paths, lookups and conditions are checked by the compiler; nothing runs but where `db` is passed.
fn ask(db: &Database) -> Result<()> {
    let recent = Book::objects()
        .filter(Book::author.joined_date.year().gt(2020))
        .order_by(Book::title)
        .all(db)?;
    println!("\nBy authors who joined after 2020:");
    for book in &recent {
        println!("  {} ({:?}), {}", book.title, book.genre, book.price);
    }

    let percent = Book::objects()
        .filter(Book::title.contains("50%"))
        .count(db)?;
    let elan = Book::objects()
        .filter(Book::title.icontains("élan"))
        .exists(db)?;
    println!("\nTitles with a literal 50%: {percent}; something about Élan: {elan}");

    println!("\nThe catalogue:");
    for card in Book::objects()
        .filter(Book::is_published)
        .order_by((Book::price.desc(), Book::title))
        .values::<Card>()
        .all(db)?
    {
        let editor = card
            .editor
            .map(|name| format!(", edited by {name}"))
            .unwrap_or_default();
        println!(
            "  {:>6}  {} by {}{editor}",
            card.price, card.title, card.author
        );
    }

    let fantasy = Author::objects()
        .filter(Author::books.any(Book::genre.eq(Genre::Fantasy) & Book::price.lt(10)));
    let names: Vec<String> = fantasy.values_list(Author::name).all(db)?;
    println!("\nAuthors of cheap fantasy: {names:?}");
    Ok(())
}

/// Changes in the database, on instances, and in transactions.
fn write(db: &Database) -> Result<()> {
    let raised = Book::objects()
        .filter(Book::is_published)
        .update(db, Book::price.set(Book::price * dec!(1.10)))?;
    let shelf = case()
        .when(Book::stock_level.eq(0), "ordered")
        .when(Book::price.lt(10), "front")
        .otherwise("back");
    let shelves = Book::objects()
        .order_by(Book::title)
        .values_list((Book::title, shelf))
        .all(db)?;
    println!("\n{raised} prices raised; the shelves: {shelves:?}");

    let sold = db.atomic(|tx| {
        let mut book = Book::objects()
            .select_for_update()
            .get(tx, Book::title.eq("Joins for All"))?;
        book.update(
            tx,
            (
                Book::stock_level.set(Book::stock_level - 2),
                Book::sales_count.set(Book::sales_count + 2),
            ),
        )?;
        Ok(book)
    })?;
    println!(
        "{}: {} left, worth {}",
        sold.title, sold.stock_level, sold.stock_value
    );

    let too_many = Book::objects().update(db, Book::stock_level.set(Book::stock_level - 100));
    println!(
        "Selling what is not there: {}",
        too_many
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default()
    );

    let (gone, log) = db.capture(|db| Book::objects().filter(!Book::is_published).delete(db))?;
    println!("{gone} unpublished book removed by {} statement", log.len());
    Ok(())
}
