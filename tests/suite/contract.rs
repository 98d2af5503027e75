//! Code as the documentation's overview writes it: it must compile and do what is said beside it.

use chrono::NaiveDate;
use orm::prelude::*;
use rust_decimal::Decimal;

use crate::models::{Author, Book, City, Country, Event, Note, Review, library};
use crate::support::{day, dialect, suite};

/// A user, for the examples of writing.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct User {
    pub id: i64,
    #[field(unique)]
    pub email: String,
    pub name: String,
    #[field(default = true)]
    pub is_active: bool,
}

/// A post, with a key that is called otherwise and a status.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Post {
    pub id: i64,
    #[field(on_delete = cascade)]
    pub author: ForeignKey<User>,
    pub slug: String,
    #[field(default = false)]
    pub published: bool,
    #[field(default = 0)]
    pub views: i32,
    #[field(default = "draft")]
    pub status: String,
    #[field(default = 0.5)]
    pub discount: f64,
}

/// Columns whose names are those of methods.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Odd {
    pub id: i64,
    #[field(path = save_)]
    pub save: i32,
    #[field(path = draft_)]
    pub draft: bool,
    pub update: Option<String>,
    pub filter: i32,
    pub r#type: String,
    pub delete: i32,
}

suite! {
    fn instances_are_rows_that_exist(db) {
        let date = day(2020, 2, 29);
        let bob = Author::draft().name("Bob").joined_date(date).save(db)?;
        let book = Book::draft().title("A").author(&bob).price(dec!(10.00)).save(db)?;
        assert_eq!((book.author.id(), book.price), (bob.id, dec!(10)));

        let (author, created) = Author::draft().name("Django Dev").joined_date(date).get_or_create(db, Author::name)?;
        assert!(created && author.id != bob.id);
        let (user, created) = User::draft().email("u@example.com").name("Jane").update_or_create(db, User::email)?;
        assert!(created && user.is_active);
        let (same, created) = User::draft().email("u@example.com").name("Janet").update_or_create(db, User::email)?;
        assert!(!created && same.id == user.id && same.name == "Janet");
        let (_, created) = Post::draft().author(&user).slug("a").get_or_create(db, (Post::author, Post::slug))?;
        assert!(created);

        let drafts: Vec<Draft<Book>> = ["B", "C"].map(|title| Book::draft().title(title).author(&bob).price(1).build()).into();
        let books: Vec<Book> = Book::objects().bulk_create(db, drafts)?;
        assert_eq!(books.len(), 2);

        let mut book = Book::objects().get(db, Book::id.eq(book.id))?;
        book.stock_level += 1;
        book.save(db)?;
        book.save_only(db, (Book::stock_level,))?;
        book.update(db, Book::sales_count.set(Book::sales_count + 1))?;
        book.refresh(db)?;
        assert_eq!((book.stock_level, book.sales_count), (1, 1));
        book.delete(db)?;
        assert_eq!(Book::objects().count(db)?, 2);
    }

    fn changes_in_the_database(db) {
        library(db)?;
        let n = Book::objects().filter(Book::is_published).update(db, Book::price.set(Book::price * dec!(1.10)))?;
        assert_eq!(n, 4);
        Book::objects().update(db, (Book::stock_level.set(0), Book::title.set(Book::title.upper())))?;
        let user = User::draft().email("a").name("A").save(db)?;
        for (slug, published, views) in [("viral", true, 5000), ("published", true, 5), ("draft", false, 9999)] {
            Post::draft().author(user.id).slug(slug).published(published).views(views).save(db)?;
        }
        Post::objects().update(db, Post::status.set(
            case().when(Post::published & Post::views.gt(1000), "viral").when(Post::published, "published").otherwise("draft")))?;
        assert_eq!(Post::objects().filter(Post::status.eq(Post::slug)).count(db)?, 3);
        let off: Vec<f64> = Post::objects().limit(1).values_list(1 - Post::discount).all(db)?;
        assert_eq!(off, [0.5]);
        assert_eq!(Post::objects().filter((1 - Post::discount).lt(1)).count(db)?, 3);
        let books = Book::objects().all(db)?;
        Book::objects().bulk_update(db, &books, (Book::price,))?;
        assert_eq!(Book::objects().filter(!Book::is_published).delete(db)?, 1);
    }

    fn reading_as_it_is_shown(db) {
        let (bob, _) = library(db)?;
        let _: Vec<Book> = Book::objects().all(db)?;
        let _: Option<Book> = Book::objects().filter(Book::is_published).first(db)?;
        let _: Option<Book> = Book::objects().latest(db, Book::created_at)?;
        let _: HashMap<i64, Book> = Book::objects().in_bulk(db, [1, 2, 3])?;
        let _: (String, Vec<orm::value::Value>) = Book::objects().to_sql(Dialect::Postgres)?;
        Book::objects()
            .filter(Book::author.joined_date.year().gt(2020))
            .exclude(Book::title.icontains("draft"))
            .order_by((Book::price.desc().nulls_last(), Book::title))
            .reverse().distinct()
            .limit(5).offset(10).slice(10..15)
            .none().all(db)?;
        let _ = Book::stock_level.eq(0) | !Book::is_published;
        let _ = Book::stock_level.gt(Book::sales_count * 2);
        let _ = (Book::author.eq(&bob), Book::author.eq(bob.id), Book::subtitle.is_null(), Book::editor.name.is_null());
        let ids: Vec<i64> = vec![1, 2, 3];
        let _ = (Book::id.is_in([1, 2, 3]), Book::id.is_in(ids), Book::author.is_in(Author::objects().filter(Author::name.eq("x"))));
        let (name, email): (Option<String>, Option<&str>) = (Some("jan".to_owned()), None);
        let mut q = Condition::<User>::all();
        if let Some(name) = name {
            q &= User::name.icontains(name);
        }
        assert_eq!(User::objects().filter(q).filter(email.map(|e| User::email.iexact(e))).count(db)?, 0);
        let _ = (Book::subtitle.eq(None), Book::subtitle.eq(Some("x")), !Book::subtitle.eq("x"), Book::subtitle.ne("x"));
        let _ = Author::books.any(Book::title.eq("x") & Book::price.gt(3));
        let _: Vec<(String, String, Option<String>)> = Book::objects().values_list((Book::title, Book::author.name, Book::editor.name)).all(db)?;
        let _: Vec<String> = Book::objects().values_list(Book::title).distinct().all(db)?;
        let _: Vec<serde_json::Map<String, serde_json::Value>> = Book::objects().values_json((Book::title, Book::author.name)).all(db)?;
        let users = User::raw("SELECT * FROM user_ WHERE is_active = ?", (true,));
        let _ = users;
        let _: Vec<(i64, String)> = db.query::<(i64, String)>("SELECT id, name FROM author", ())?;
        for book in Book::objects().iterator(db)? {
            let _: Book = book?;
        }
    }

    fn lookups_on_every_type(db) {
        library(db)?;
        assert_eq!(Book::objects().filter(Book::price.range(dec!(5)..=dec!(10))).count(db)?, 3);
        assert_eq!(Book::objects().filter(Book::price.range(5..=10)).count(db)?, 3);
        assert_eq!(Author::objects().filter(Author::joined_date.range(day(2021, 1, 1)..=day(2021, 12, 31))).count(db)?, 1);
        assert_eq!(Author::objects().filter(Author::rating.gt(4)).count(db)?, 1);
        assert_eq!(Author::objects().filter(Author::rating.gt(4.4)).count(db)?, 1);
        assert_eq!(Review::objects().filter(Review::stars.is_in([2, 5])).count(db)?, 2);
        assert_eq!(Review::objects().filter(Review::approved.eq(Some(true))).count(db)?, 1);
        assert_eq!(Book::objects().filter(Book::is_published.eq(false)).count(db)?, 1);
        assert_eq!(Book::objects().filter(Book::author.name.startswith("A") & Book::author.joined_date.month().eq(5)).count(db)?, 2);
        assert_eq!(Book::objects().filter(Book::title.lower().contains("drag")).count(db)?, 2);
        assert_eq!(Book::objects().filter(Book::created_at.date().eq(Utc::now().date_naive()) | Book::created_at.hour().gte(0)).count(db)?, 5);
        assert_eq!(Event::objects().filter(Event::at.time().is_null()).count(db)?, 0);
        let title: &String = &"Joins".to_owned();
        assert_eq!(Book::objects().filter(Book::title.eq(title) & Book::title.eq(title.clone()) & Book::title.eq("Joins")).count(db)?, 1);
    }

    fn a_column_may_have_the_name_of_a_method(db) {
        let mut odd = Odd::draft().save_(1).draft_(true).filter(2).r#type("x").delete(3).update("u").save(db)?;
        odd.save += 1;
        odd.save(db)?;
        odd.update(db, Odd::save_.set(Odd::save_ + 1))?;
        assert_eq!(odd.save, 3);
        assert_eq!(Odd::objects().filter(Odd::draft_ & Odd::save_.eq(3) & Odd::r#type.eq("x") & Odd::delete.eq(3)).count(db)?, 1);
    }

    fn errors_say_what_they_concern(db) {
        let none = Book::objects().get(db, Book::id.eq(1)).expect_err("no book");
        assert_eq!(none.to_string(), "no Book matches");
        let swiss = Country::draft().code("CH").name("Switzerland").save(db)?;
        City::draft().name("Bern").country(&swiss).save(db)?;
        let needed = Country::objects().delete(db).expect_err("restricted");
        assert!(matches!(needed, Error::ForeignKeyViolation { .. }), "{needed:?}");
        Note::draft().text("secret").save(db)?;
        let taken = Note::draft().text("secret").save(db).expect_err("taken");
        assert!(matches!(taken, Error::UniqueViolation { .. }) && !taken.to_string().contains("secret"), "{taken}");
        let shown = db.query::<(i32,)>("SELECT CAST(? AS integer) + CAST(? AS integer)", ("SECRET", 1));
        assert!(!format!("{shown:?}").contains("SECRET"), "{shown:?}");
        let broken = db.execute("SELEKT", ()).expect_err("no SQL");
        assert!(matches!(broken, Error::Database { .. }), "{broken:?}");
        let unsupported = Book::objects().distinct_on(Book::author).to_sql(Dialect::Sqlite).expect_err("SQLite");
        assert!(matches!(unsupported, Error::Unsupported { backend: "SQLite", .. }));
        let _ = (dialect(db), Decimal::ONE, NaiveDate::MIN);
    }
}
