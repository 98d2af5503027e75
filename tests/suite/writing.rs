//! Writing: drafts, instances, query sets, many rows at once, and what is refused.

use std::thread;

use orm::prelude::*;

use crate::models::*;
use crate::support::{day, moment, suite};

fn everything() -> Draft<Everything> {
    let time = NaiveTime::from_hms_micro_opt(23, 59, 59, 999_999).expect("a time");
    let settings = Settings {
        theme: "dark".to_owned(),
        sizes: vec![1, 2],
    };
    Everything::draft()
        .a_bool(true)
        .an_i16(i16::MIN)
        .an_i32(i32::MAX)
        .an_i64(i64::MIN)
        .an_f32(0.1)
        .an_f64(-1.5e300)
        .a_text("it's \"quoted\" \\ and 😀\n")
        .some_bytes(vec![0, 255, 39])
        .a_decimal(dec!(-123456789012345678.0123456789))
        .a_uuid(Uuid::from_u128(0x1234_5678_9abc_def0_1234_5678_9abc_def0))
        .a_date(day(2024, 2, 29))
        .a_time(time)
        .a_date_time(day(1, 1, 1).and_time(time))
        .a_moment(moment("2024-02-29T12:00:00.000001Z"))
        .a_duration(Duration::microseconds(-90_000_000_001))
        .some_json(json!({"b": [1, null, "x"], "a": {"deep": 1.5}}))
        .some_settings(Json(settings))
        .a_mood(Mood::VerySad)
        .a_size(Size::Large)
        .an_email(Email("ann@example.com".to_owned()))
        .build()
}

/// Documents of types of its own.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Themed {
    pub id: i64,
    pub settings: Json<Settings>,
    pub maybe: Option<Json<Settings>>,
    pub sizes: Json<Vec<i32>>,
}

suite! {
    fn rows_of_a_batch_may_point_at_later_ones(db) {
        let category = |id: i64, parent: Option<i64>| {
            Category::draft().id(id).name(format!("Category {id}")).parent(&parent.map(ForeignKey::<Category>::new)).build()
        };
        let drafts = [category(3, Some(1)), category(4, Some(3)), category(1, Some(9)), category(9, None), category(2, Some(2))];
        let created = Category::objects().bulk_create(db, drafts)?;
        let keys = |rows: &[Category]| -> Vec<_> { rows.iter().map(|row| (row.id, row.parent.id())).collect() };
        assert_eq!(keys(&created), [(3, Some(1)), (4, Some(3)), (1, Some(9)), (9, None), (2, Some(2))]);
        assert_eq!(keys(&Category::objects().order_by(Category::id).all(db)?), [(1, Some(9)), (2, Some(2)), (3, Some(1)), (4, Some(3)), (9, None)]);
        let written = Category::objects().bulk_create_with(db, [category(20, Some(21)), category(21, None)], BulkCreate::new())?;
        assert_eq!(written, 2);
        // What is in no batch is nowhere.
        let nowhere = Category::objects().bulk_create(db, [category(30, Some(31)), category(31, Some(77))]);
        assert!(matches!(nowhere, Err(Error::ForeignKeyViolation { .. })), "{nowhere:?}");
    }

    fn deletes_count_what_was_asked_for(db) {
        let root = Category::draft().name("root").save(db)?;
        let child = Category::draft().name("child").parent(&root).save(db)?;
        Category::draft().name("grandchild").parent(&child).save(db)?;
        Category::draft().name("other").save(db)?;
        // One of them takes the others along, that were asked for too.
        assert_eq!(Category::objects().filter(Category::name.ne("other")).delete(db)?, 3);
        assert_eq!(Category::objects().count(db)?, 1);
        let root = Category::draft().name("root").save(db)?;
        Category::draft().name("child").parent(&root).save(db)?;
        // And one that was not.
        assert_eq!(Category::objects().filter(Category::name.eq("root")).delete(db)?, 1);
        assert_eq!(Category::objects().delete(db)?, 1);
    }

    fn an_update_sees_the_rows_as_they_were(db) {
        let root = Category::draft().name("a").save(db)?;
        let branch = Category::draft().name("b").parent(&root).save(db)?;
        Category::draft().name("c").parent(&branch).save(db)?;
        Category::objects().update(db, Category::name.set(concat((Category::parent.name, "/", Category::name))))?;
        let names: Vec<String> = Category::objects().order_by(Category::id).values_list(Category::name).all(db)?;
        assert_eq!(names, ["/a", "a/b", "b/c"]);
        let has_children = !Category::children.is_empty();
        Category::objects().update(db, Category::name.set(
            case().when(Category::parent.children.any(Category::name.eq("a/b")) & has_children, "middle").otherwise(Category::name)))?;
        let names: Vec<String> = Category::objects().order_by(Category::id).values_list(Category::name).all(db)?;
        assert_eq!(names, ["/a", "middle", "b/c"]);
    }

    fn every_type_comes_back_as_it_was(db) {
        let saved = everything().save(db)?;
        let read = Everything::objects().get(db, Everything::id.eq(saved.id))?;
        assert_eq!(read, saved);
        assert_eq!(read.a_decimal, dec!(-123456789012345678.0123456789));
        assert_eq!((read.a_mood, read.a_size), (Mood::VerySad, Size::Large));
        assert_eq!(read.a_duration, Duration::microseconds(-90_000_000_001));
        assert_eq!(read.maybe_text, None);
        let full = read.to_draft().build();
        let all = Everything::objects().bulk_create(db, [full.clone(), full])?;
        assert_eq!(Everything::objects().order_by(Everything::id).all(db)?[1..], all[..]);
        assert_eq!(all[0].an_f32, 0.1);
    }

    fn a_document_is_made_of_its_value(db) {
        let settings = || Settings { theme: "light".to_owned(), sizes: vec![3] };
        Themed::draft().settings(settings()).maybe(settings()).sizes(vec![1, 2]).save(db)?;
        Themed::draft().settings(Json(settings())).maybe(Json(settings())).sizes(Json(vec![1, 2])).save(db)?;
        for row in Themed::objects().all(db)? {
            assert_eq!((row.settings, row.maybe, row.sizes), (Json(settings()), Some(Json(settings())), Json(vec![1, 2])));
        }
        let none = Themed::draft().settings(settings()).maybe(None).sizes(Vec::new()).save(db)?;
        assert_eq!((none.maybe, none.sizes), (None, Json(vec![])));
    }

    fn every_optional_type_comes_back_as_it_was(db) {
        let mut row = everything().save(db)?;
        row.maybe_bool = Some(false);
        row.maybe_i16 = Some(row.an_i16);
        row.maybe_i32 = Some(row.an_i32);
        row.maybe_i64 = Some(row.an_i64);
        row.maybe_f32 = Some(row.an_f32);
        row.maybe_f64 = Some(row.an_f64);
        row.maybe_text = Some(String::new());
        row.maybe_bytes = Some(Vec::new());
        row.maybe_decimal = Some(dec!(99999.125));
        row.maybe_uuid = Some(row.a_uuid);
        row.maybe_date = Some(row.a_date);
        row.maybe_time = Some(row.a_time);
        row.maybe_date_time = Some(row.a_date_time);
        row.maybe_moment = Some(row.a_moment);
        row.maybe_duration = Some(row.a_duration);
        row.maybe_json = Some(serde_json::Value::Null);
        row.maybe_settings = Some(row.some_settings.clone());
        row.maybe_mood = Some(Mood::Happy);
        row.maybe_size = Some(Size::Small);
        row.maybe_email = Some(row.an_email.clone());
        row.save(db)?;
        assert_eq!(Everything::objects().one(db)?, row);
        assert_eq!(Everything::objects().filter(Everything::maybe_mood.eq(Mood::Happy) & Everything::maybe_email.eq(Email("ann@example.com".to_owned()))).count(db)?, 1);
        assert_eq!(Everything::objects().filter(Everything::an_email.icontains("ANN@") & Everything::maybe_decimal.gt(dec!(99999.1))).count(db)?, 1);
        assert_eq!(Everything::objects().filter(Everything::maybe_uuid.eq(row.a_uuid) & Everything::some_bytes.eq(vec![0, 255, 39])).count(db)?, 1);
        assert_eq!(Everything::objects().filter(Everything::a_decimal.eq(dec!(-123456789012345678.0123456789))).count(db)?, 1);
        assert_eq!(Everything::objects().filter(Everything::a_decimal.lt(dec!(-123456789012345678.0123456788))).count(db)?, 1);
        assert_eq!(Everything::objects().filter(Everything::a_size.is_in([Size::Large])).count(db)?, 1);
    }

    fn column_types_derive_nothing_else(db) {
        let remark = || Json(Remark { text: "Well done".into() });
        let mut exam = Exam::draft().grade(Grade::Passed).score(Score(7)).remark(remark()).save(db)?;
        assert!(exam.second.is_none());
        exam.second = Some(Grade::Failed);
        exam.save(db)?;
        let found = Exam::objects()
            .filter(Exam::grade.eq(Grade::Passed) & Exam::score.gt(Score(6)) & Exam::second.is_in([Grade::Failed]))
            .one(db)?;
        assert_eq!((found.id, found.score.0, &*found.remark.text), (exam.id, 7, "Well done"));
        Exam::objects().update(db, (Exam::score.set(Score(8)), Exam::second.set(None)))?;
        exam.refresh(db)?;
        assert!(exam.score.0 == 8 && exam.second.is_none());
        let grades: Vec<Grade> = Exam::objects().values_list(Exam::grade).all(db)?;
        assert!(matches!(grades[..], [Grade::Passed]));
    }

    fn a_saved_draft_is_the_row_as_it_is(db) {
        let (ann, _) = library(db)?;
        let book = Book::draft().title("New").author(&ann).price(10).stock_level(3).save(db)?;
        assert_eq!(Book::objects().get(db, Book::id.eq(book.id))?, book);
        assert_eq!(book.price.to_string(), "10.00");
        assert_eq!(book.stock_value, dec!(30));
        assert!(book.is_published && book.sales_count == 0);
        assert!((Utc::now() - book.created_at).abs() < Duration::minutes(5));
        let chosen = Author::draft().id(70_000).name("Seventy").joined_date(day(2020, 1, 1)).save(db)?;
        assert_eq!(chosen.id, 70_000);
    }

    fn save_writes_all_fields_and_auto_now(db) {
        library(db)?;
        let mut book = Book::objects().get(db, Book::title.eq("Joins"))?;
        let (created, updated) = (book.created_at, book.updated_at);
        book.stock_level -= 2;
        book.subtitle = Some("more".to_owned());
        book.save(db)?;
        assert!(book.updated_at > updated && book.created_at == created);
        assert_eq!(book.stock_value, dec!(399));
        assert_eq!(Book::objects().get(db, Book::id.eq(book.id))?, book);
        book.title = "lost".to_owned();
        book.sales_count = 77;
        book.save_only(db, (Book::sales_count,))?;
        let again = Book::objects().get(db, Book::id.eq(book.id))?;
        assert_eq!((again.title.as_str(), again.sales_count), ("Joins", 77));
        book.refresh_only(db, Book::title)?;
        assert_eq!(book.title, "Joins");
    }

    fn update_of_an_instance_happens_in_the_database(db) {
        library(db)?;
        let mut book = Book::objects().get(db, Book::title.eq("Joins"))?;
        let mut same = book.clone();
        book.update(db, Book::sales_count.set(Book::sales_count + 1))?;
        same.update(db, (Book::sales_count.set(Book::sales_count + 1), Book::title.set(Book::title.upper())))?;
        assert_eq!((book.sales_count, same.sales_count, same.title.as_str()), (6, 7, "JOINS"));
        book.refresh(db)?;
        assert_eq!(book, same);
    }

    fn a_row_that_is_gone_is_an_error(db) {
        library(db)?;
        let mut book = Book::objects().get(db, Book::title.eq("Joins"))?;
        let mut same = book.clone();
        let again = book.clone();
        book.clone().delete(db)?;
        assert!(matches!(book.save(db), Err(Error::DoesNotExist { model: "Book" })));
        assert!(matches!(book.save_only(db, Book::title), Err(Error::DoesNotExist { .. })));
        assert!(matches!(same.update(db, Book::stock_level.set(0)), Err(Error::DoesNotExist { .. })));
        assert!(matches!(same.refresh(db), Err(Error::DoesNotExist { .. })));
        assert!(matches!(same.refresh_only(db, Book::title), Err(Error::DoesNotExist { .. })));
        assert!(matches!(again.delete(db), Err(Error::DoesNotExist { .. })));
    }

    fn update_of_a_query_set(db) {
        library(db)?;
        let raised = Book::objects().filter(Book::is_published).update(db, Book::price.set(Book::price * dec!(1.10)))?;
        assert_eq!(raised, 4);
        let prices: Vec<Decimal> = Book::objects().order_by(Book::id).values_list(Book::price).all(db)?;
        assert_eq!(prices, [dec!(43.89), dec!(10.99), dec!(15.40), dec!(8.50), dec!(5.78)]);
        let labels = case().when(Book::price.gt(20), "dear").when(!Book::is_published, "hidden").otherwise("fair");
        assert_eq!(Book::objects().update(db, (Book::subtitle.set(labels), Book::stock_level.set(1)))?, 5);
        let subtitles: Vec<Option<String>> = Book::objects().order_by(Book::id).values_list(Book::subtitle).all(db)?;
        assert_eq!(subtitles.into_iter().flatten().collect::<Vec<_>>(), ["dear", "fair", "fair", "hidden", "fair"]);
        assert_eq!(Book::objects().filter(Book::author.name.eq("Bob")).update(db, Book::title.set(concat((Book::author.name, "'s ", Book::title))))?, 3);
        assert!(Book::objects().filter(Book::title.eq("Bob's Élan")).exists(db)?);
        assert_eq!(Book::objects().filter(Book::author.books.title.eq("Joins")).update(db, Book::subtitle.set(None))?, 2);
        assert_eq!(Book::objects().filter(Book::subtitle.is_null()).count(db)?, 2);
        let bob = Author::objects().get(db, Author::name.eq("Bob"))?;
        assert_eq!(Book::objects().update(db, (Book::author.set(&bob), Book::editor.set(None)))?, 5);
        assert_eq!(Book::objects().filter(Book::editor.is_null() & Book::author.eq(&bob)).count(db)?, 5);
        assert_eq!(Book::objects().order_by(Book::id).limit(2).update(db, Book::editor.set(Book::author))?, 2);
        assert_eq!(Book::objects().filter(Book::editor.eq(&bob)).count(db)?, 2);
    }

    fn delete_of_a_query_set_cascades_in_the_database(db) {
        let (ann, _) = library(db)?;
        assert_eq!(Book::objects().filter(!Book::is_published).delete(db)?, 1);
        let (n, log) = db.capture(|db| Author::objects().filter(Author::name.eq("Ann")).delete(db))?;
        assert_eq!((n, log.len()), (1, 1));
        assert_eq!(Book::objects().filter(Book::author.eq(ann.id)).count(db)?, 0);
        assert_eq!(Review::objects().count(db)?, 1);
        assert_eq!(Book::objects().filter(Book::editor.is_not_null()).count(db)?, 0);
        assert_eq!(Book::objects().filter(Book::author.name.eq("Bob")).delete(db)?, 2);
    }

    fn on_delete_restrict_set_null_and_cycles(db) {
        let swiss = Country::draft().code("CH").name("Switzerland").save(db)?;
        City::draft().name("Bern").country(&swiss).save(db)?;
        assert!(matches!(swiss.delete(db), Err(Error::ForeignKeyViolation { .. })));
        let mut store = Store::draft().city("Bern").save(db)?;
        let mia = Staff::draft().name("Mia").store(&store).save(db)?;
        store.manager = Some((&mia).into());
        store.save(db)?;
        assert_eq!(Staff::objects().filter(Staff::store.manager.name.eq("Mia")).count(db)?, 1);
        assert!(matches!(Store::objects().delete(db), Err(Error::ForeignKeyViolation { .. })));
        mia.delete(db)?;
        store.refresh(db)?;
        assert_eq!(store.manager, None);
    }

    fn constraints_are_errors_of_their_own(db) {
        let (ann, _) = library(db)?;
        let taken = Book::draft().title("Joins").author(&ann).price(1).save(db);
        let Err(Error::UniqueViolation { fields, .. }) = taken else { panic!("{taken:?}") };
        assert_eq!(fields, ["author", "title"]);
        let negative = Book::objects().update(db, Book::stock_level.set(-1));
        assert!(matches!(&negative, Err(Error::CheckViolation { constraint, .. }) if constraint == "stock_not_negative"), "{negative:?}");
        let nobody = Book::draft().title("Nobody's").author(-5).price(1).save(db);
        assert!(matches!(nobody, Err(Error::ForeignKeyViolation { .. })), "{nobody:?}");
        let null = db.execute("UPDATE book SET title = NULL", ());
        assert!(matches!(null, Err(Error::NotNullViolation { .. })), "{null:?}");
    }

    fn a_column_is_set_once(db) {
        library(db)?;
        let twice = (Book::stock_level.set(1), Book::title.set("x"), Book::stock_level.set(Book::stock_level + 1));
        let refused = Book::objects().update(db, twice);
        let Err(Error::Validation { model: "Book", errors }) = refused else {
            panic!("{refused:?}");
        };
        assert_eq!((errors.len(), &*errors[0].field, &*errors[0].message), (1, "stock_level", "set twice"));
        let mut joins = Book::objects().get(db, Book::title.eq("Joins"))?;
        let refused = joins.update(db, (Book::author.set(joins.author.id()), Book::author.set(joins.author.id())));
        assert!(matches!(refused, Err(Error::Validation { .. })), "{refused:?}");
        // In a list of fields one that is named twice is there once.
        joins.stock_level = 77;
        joins.save_only(db, (Book::stock_level, Book::stock_level))?;
        assert_eq!(Book::objects().bulk_update(db, [&joins], (Book::stock_level, Book::title, Book::stock_level))?, 1);
        assert_eq!(Book::objects().filter(Book::stock_level.eq(77)).count(db)?, 1);
    }

    fn what_does_not_fit_is_refused_before_any_sql(db) {
        let (ann, _) = library(db)?;
        let mut joins = Book::objects().get(db, Book::title.eq("Joins"))?;
        let ((), log) = db.capture(|db| {
            let long = "é".repeat(201);
            for refused in [
                Book::draft().title(&long).author(&ann).price(1).save(db),
                Book::draft().title("x").author(&ann).price(dec!(10000)).save(db),
                Book::draft().title("x").author(&ann).price(dec!(1.005)).save(db),
            ] {
                assert!(matches!(&refused, Err(Error::Validation { model: "Book", .. })), "{refused:?}");
                assert!(!refused.expect_err("refused").to_string().contains("éé"));
            }
            joins.title = long;
            let field = |error: Error| error.field_errors()[0].field.clone();
            assert_eq!(field(joins.save(db).expect_err("refused")), "title");
            assert_eq!(field(Book::objects().update(db, Book::price.set(dec!(123456))).expect_err("refused")), "price");
            assert_eq!(field(Book::objects().bulk_update(db, [&joins], Book::title).expect_err("refused")), "title");
            Ok(())
        })?;
        assert_eq!(log.len(), 0);
        assert_eq!(Book::draft().title("é".repeat(200)).author(&ann).price(dec!(9999.99)).save(db)?.price, dec!(9999.99));
        assert_eq!(Book::draft().title("zeros").author(&ann).price(dec!(1.5000)).save(db)?.price, dec!(1.5));
    }

    fn bulk_create_of_very_many_rows_is_in_order_and_atomic(db) {
        let drafts = (0..100_000).map(|n| Word::draft().text(format!("word {n}")));
        let words = Word::objects().bulk_create(db, drafts)?;
        assert_eq!(words.len(), 100_000);
        assert!(words.windows(2).all(|pair| pair[0].id < pair[1].id));
        assert_eq!(Word::objects().get(db, Word::id.eq(words[77_777].id))?.text, "word 77777");
        let clash = ["a", "b", "a"].map(|name| Category::draft().name(name));
        assert!(matches!(Category::objects().bulk_create(db, clash), Err(Error::UniqueViolation { .. })));
        assert_eq!(Category::objects().count(db)?, 0);
        assert_eq!(Category::objects().bulk_create(db, Vec::<Draft<Category>>::new())?, []);
    }

    fn bulk_create_of_drafts_with_different_fields(db) {
        let drafts = [
            Token::draft().build(),
            Token::draft().state("used").build(),
            Token::draft().state("used").tries(9).owner("ann").build(),
            Token::draft().tries(1).build(),
        ];
        let tokens = Token::objects().bulk_create(db, drafts)?;
        let seen: Vec<_> = tokens.iter().map(|token| (token.state.as_str(), token.tries, token.owner.as_str())).collect();
        assert_eq!(seen, [("fresh", 3, "nobody"), ("used", 3, "nobody"), ("used", 9, "ann"), ("fresh", 1, "nobody")]);
        for token in &tokens {
            assert_eq!(&Token::objects().get(db, Token::key.eq(token.key))?, token);
        }
    }

    fn bulk_create_with_conflicts(db) {
        let (ann, bob) = library(db)?;
        let drafts = || vec![
            Book::draft().title("Joins").author(&ann).price(1).stock_level(8).build(),
            Book::draft().title("Fresh").author(&bob).price(2).build(),
        ];
        let ignoring = BulkCreate::new().batch_size(1).ignore_conflicts();
        assert_eq!(Book::objects().bulk_create_with(db, drafts(), ignoring)?, 1);
        assert_eq!(Book::objects().get(db, Book::title.eq("Joins"))?.price, dec!(39.90));
        let updating = BulkCreate::new().on_conflict((Book::author, Book::title)).update((Book::price, Book::stock_level));
        assert_eq!(Book::objects().bulk_create_with(db, drafts(), updating)?, 2);
        let joins = Book::objects().get(db, Book::title.eq("Joins"))?;
        assert_eq!((joins.price, joins.stock_level, joins.sales_count), (dec!(1), 8, 5));
        assert!(matches!(Book::objects().bulk_create_with(db, drafts(), BulkCreate::new()), Err(Error::UniqueViolation { .. })));
    }

    fn bulk_update_writes_each_row_its_own(db) {
        library(db)?;
        let mut books = Book::objects().order_by(Book::id).all(db)?;
        for (n, book) in books.iter_mut().enumerate() {
            book.price = Decimal::from(n) / dec!(4);
            book.subtitle = (n % 2 == 0).then(|| format!("number {n}"));
        }
        assert_eq!(Book::objects().bulk_update(db, &books, (Book::price, Book::subtitle))?, 5);
        let read = Book::objects().order_by(Book::id).all(db)?;
        assert_eq!(read[3].price, dec!(0.75));
        assert_eq!(read.iter().map(|book| &book.subtitle).collect::<Vec<_>>(), books.iter().map(|book| &book.subtitle).collect::<Vec<_>>());
        assert_eq!(Book::objects().bulk_update(db, Vec::<Book>::new(), Book::price)?, 0);
    }

    fn get_or_create_and_update_or_create(db) {
        let (ann, created) = Author::draft().name("Ann").joined_date(day(2020, 1, 1)).get_or_create(db, Author::name)?;
        assert!(created);
        let (same, created) = Author::draft().name("Ann").joined_date(day(2021, 1, 1)).get_or_create(db, (Author::name,))?;
        assert!(!created && same == ann);
        let (same, created) = Author::draft().name("ann").joined_date(day(2021, 1, 1)).get_or_create_by(db, Author::name.iexact("ANN"))?;
        assert!(!created && same == ann);
        let (new, created) = Author::draft().name("Ann").joined_date(day(2021, 1, 1)).update_or_create(db, Author::name)?;
        assert!(!created && new.id == ann.id && new.joined_date == day(2021, 1, 1));
        let (book, created) = Book::draft().title("A").author(&ann).price(1).update_or_create(db, (Book::author, Book::title))?;
        assert!(created);
        let before = book.updated_at;
        let (book, created) = Book::draft().title("A").author(&ann).price(2).update_or_create(db, (Book::author, Book::title))?;
        assert!(!created && book.price == dec!(2) && book.updated_at > before);
        let (book, created) = Book::draft().title("A").author(&ann).price(3)
            .update_or_create_with(db, (Book::author, Book::title), Book::sales_count.set(Book::sales_count + 1))?;
        assert!(!created && book.price == dec!(2) && book.sales_count == 1);
        Author::draft().name("Ann").joined_date(day(2020, 1, 1)).save(db)?;
        let many = Author::draft().name("Ann").joined_date(day(2020, 1, 1)).get_or_create(db, Author::name);
        assert!(matches!(many, Err(Error::MultipleObjects { model: "Author" })));
        Category::draft().name("x").save(db)?;
        let parent = Category::objects().one(db)?;
        let other = Category::draft().name("x").parent(&parent).get_or_create(db, Category::parent);
        assert!(matches!(other, Err(Error::UniqueViolation { .. })), "{other:?}");
        let (root, created) = Category::draft().name("x").get_or_create(db, (Category::parent, Category::name))?;
        assert!(!created && root.parent.is_none());
        let unset = Category::draft().name("y").get_or_create(db, Category::id);
        assert!(matches!(unset, Err(Error::InvalidQuery { model: "Category", .. })), "{unset:?}");
    }

    fn many_threads_get_or_create_one_row(db) {
        let results: Vec<Result<(Category, bool)>> = thread::scope(|scope| {
            let threads: Vec<_> = (0..16).map(|_| scope.spawn(|| Category::draft().name("one").get_or_create(db, Category::name))).collect();
            threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
        });
        let created = results.into_iter().collect::<Result<Vec<_>>>()?.into_iter().filter(|(_, created)| *created).count();
        assert_eq!((created, Category::objects().count(db)?), (1, 1));
    }

    fn many_threads_update_or_create_one_row(db) {
        let results: Vec<Result<(Note, bool)>> = thread::scope(|scope| {
            let threads: Vec<_> = (0..16).map(|n| scope.spawn(move || {
                Note::draft().text("one").views(n).update_or_create_with(db, Note::text, Note::views.set(Note::views + 1))
            })).collect();
            threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
        });
        let created = results.into_iter().collect::<Result<Vec<_>>>()?.into_iter().filter(|(_, created)| *created).count();
        assert_eq!((created, Note::objects().count(db)?), (1, 1));
    }

    fn repeated_rows_of_a_batch_are_written_in_turn(db) {
        let (ann, _) = library(db)?;
        let mut joins = Book::objects().get(db, Book::title.eq("Joins"))?;
        let mut again = joins.clone();
        (joins.stock_level, again.stock_level) = (20, 30);
        assert_eq!(Book::objects().bulk_update(db, [&joins, &again], Book::stock_level)?, 1);
        assert_eq!(Book::objects().get(db, Book::id.eq(joins.id))?.stock_level, 30);
        let draft = |price: i64| Book::draft().title("Twice").author(&ann).price(price).build();
        let upsert = BulkCreate::new().on_conflict((Book::author, Book::title)).update(Book::price);
        assert_eq!(Book::objects().bulk_create_with(db, [draft(1), draft(2), draft(3)], upsert)?, 3);
        assert_eq!(Book::objects().get(db, Book::title.eq("Twice"))?.price, dec!(3));
    }

    fn computed_values_keep_within_their_columns(db) {
        library(db)?;
        let long = (0..8).fold(Book::title.lower(), |text, _| concat((&text, &text)));
        assert!(Book::objects().update(db, Book::title.set(long)).is_err());
        assert!(Book::objects().update(db, Book::price.set(Book::price * 10_000)).is_err());
        assert_eq!(Book::objects().filter(Book::price.gt(100)).count(db)?, 0);
    }

    fn now_is_one_moment_for_all_rows(db) {
        library(db)?;
        Book::objects().update(db, Book::created_at.set(now()))?;
        assert_eq!(Book::objects().values_list(Book::created_at).distinct().count(db)?, 1);
    }

    fn create_tables_twice_changes_nothing(db) {
        library(db)?;
        db.create_tables()?;
        assert_eq!(Book::objects().count(db)?, 5);
    }
}
