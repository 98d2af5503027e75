//! Reading: rows, their order, slices, other shapes, streams.

use orm::prelude::*;

use crate::models::*;
use crate::support::{day, dialect, suite};

#[derive(Projection, Debug, PartialEq)]
#[projection(Book)]
struct Card {
    title: String,
    subtitle: Option<String>,
    #[projection(Book::author.name)]
    author: String,
    #[projection(Book::editor.name)]
    editor: Option<String>,
    #[projection(Book::price * 2)]
    double: Decimal,
    #[projection(Book::title.length())]
    length: Option<i32>,
}

suite! {
    fn all_get_one_first_last(db) {
        library(db)?;
        assert_eq!(Book::objects().all(db)?.iter().map(|book| book.title.as_str()).collect::<Vec<_>>(),
            ["Dragons", "100% SQL", "Joins", "Élan", "dragonflies"]);
        let joins = Book::objects().get(db, Book::title.eq("Joins"))?;
        assert_eq!(joins.price, dec!(39.90));
        assert_eq!(Book::objects().filter(Book::title.eq("Joins")).one(db)?, joins);
        assert!(matches!(Book::objects().get(db, Book::id.eq(-1)), Err(Error::DoesNotExist { model: "Book" })));
        assert!(matches!(Book::objects().one(db), Err(Error::MultipleObjects { model: "Book" })));
        assert_eq!(Book::objects().first(db)?.map(|book| book.title).as_deref(), Some("Dragons"));
        assert_eq!(Book::objects().last(db)?.map(|book| book.title).as_deref(), Some("dragonflies"));
        assert_eq!(Book::objects().order_by(Book::price).last(db)?.map(|book| book.title).as_deref(), Some("Joins"));
        assert_eq!(Book::objects().filter(Book::price.lt(0)).first(db)?, None);
        let by_key = Review::objects().first(db)?.expect("a review");
        assert_eq!(by_key.text, "Joined at last");
        assert_eq!(Review::objects().last(db)?.expect("a review").text, "Fire!");
    }

    fn latest_and_earliest_pass_over_nulls(db) {
        library(db)?;
        assert_eq!(Author::objects().latest(db, Author::joined_date)?.map(|a| a.name).as_deref(), Some("Cid"));
        assert_eq!(Author::objects().earliest(db, Author::joined_date)?.map(|a| a.name).as_deref(), Some("Ann"));
        assert_eq!(Author::objects().latest(db, Author::rating)?.map(|a| a.name).as_deref(), Some("Ann"));
        assert_eq!(Author::objects().filter(Author::name.ne("Ann")).latest(db, Author::rating)?, None);
        assert_eq!(Review::objects().earliest(db, (Review::stars, Review::id))?.map(|r| r.text).as_deref(), Some("Too long"));
    }

    fn order_and_the_place_of_nulls(db) {
        library(db)?;
        let by = |query: QuerySet<Book>| query.values_list(Book::title).all(db);
        assert_eq!(by(Book::objects().order_by((Book::subtitle, Book::id)))?, ["100% SQL", "Dragons", "Joins", "dragonflies", "Élan"]);
        assert_eq!(by(Book::objects().order_by((Book::subtitle.desc(), Book::id)))?, ["Joins", "dragonflies", "Élan", "Dragons", "100% SQL"]);
        assert_eq!(by(Book::objects().order_by((Book::subtitle.asc().nulls_first(), Book::id)))?, ["Joins", "dragonflies", "Élan", "100% SQL", "Dragons"]);
        assert_eq!(by(Book::objects().order_by((Book::subtitle.desc().nulls_last(), Book::id)))?, ["Dragons", "100% SQL", "Joins", "dragonflies", "Élan"]);
        assert_eq!(by(Book::objects().order_by((Book::subtitle, Book::id)).reverse())?, ["Élan", "dragonflies", "Joins", "Dragons", "100% SQL"]);
        assert_eq!(by(Book::objects().order_by((Book::subtitle.asc().nulls_first(), Book::id)).reverse())?, ["Dragons", "100% SQL", "Élan", "dragonflies", "Joins"]);
        assert_eq!(by(Book::objects().order_by(Book::price).reverse().reverse().limit(1))?, ["Élan"]);
        assert_eq!(by(Book::objects().order_by((Book::author.name.desc(), Book::price)))?, ["Élan", "dragonflies", "Dragons", "100% SQL", "Joins"]);
        assert_eq!(by(Book::objects().order_by((Book::editor.name, Book::id)))?, ["Élan", "Joins", "100% SQL", "Dragons", "dragonflies"]);
        assert_eq!(by(Book::objects().order_by(Book::price * Book::stock_level - 1).limit(0))?.len(), 0);
        assert!(Book::objects().is_ordered() && !Book::objects().unordered().is_ordered());
        assert!(!Review::objects().is_ordered());
        let keyed: Vec<i64> = Book::objects().order_by((Book::author, Book::id)).values_list(Book::author).all(db)?;
        assert!(keyed.is_sorted());
    }

    fn a_minus_at_the_front_is_a_direction(db) {
        library(db)?;
        let all = |order: QuerySet<Book>| -> Result<Vec<i64>> { order.values_list(Book::id).all(db) };
        let books = Book::objects;
        assert_eq!(all(books().order_by((-Book::price, Book::id)))?, all(books().order_by((Book::price.desc(), Book::id)))?);
        // Texts, dates, truth values and keys have no negative, but a direction.
        assert_eq!(all(books().order_by((-Book::subtitle, Book::id)))?, all(books().order_by((Book::subtitle.desc(), Book::id)))?);
        assert_eq!(all(books().order_by((-Book::created_at, -Book::id)))?, all(books().order_by((Book::created_at.desc(), Book::id.desc())))?);
        assert_eq!(all(books().order_by((-Book::is_published, Book::id)))?, all(books().order_by((Book::is_published.desc(), Book::id)))?);
        assert_eq!(all(books().order_by((-Book::author, Book::id)))?, all(books().order_by((Book::author.desc(), Book::id)))?);
        assert_eq!(all(books().order_by((-Book::editor.name, Book::id)))?, all(books().order_by((Book::editor.name.desc(), Book::id)))?);
        // NULLs stand where `desc` has them, and with a word of their own where that says.
        let (by_minus, by_desc) = ((-Author::rating, Author::id), (Author::rating.desc(), Author::id));
        let names = |authors: QuerySet<Author>| authors.values_list(Author::name).all(db);
        assert_eq!(names(Author::objects().order_by(by_minus))?, names(Author::objects().order_by(by_desc))?);
        assert_eq!(all(books().order_by(((-Book::subtitle).nulls_last(), Book::id)))?, all(books().order_by((Book::subtitle.desc().nulls_last(), Book::id)))?);
        // Expressions, selected ones too; the smallest number has no negative, and needs none.
        let left = Book::stock_level - Book::sales_count;
        let rows = books().values_list((Book::id, &left));
        assert_eq!(rows.clone().order_by((-&left, Book::id)).all(db)?, rows.order_by((left.desc(), Book::id)).all(db)?);
        assert_eq!(all(books().order_by((-Book::title.lower(), Book::id)))?, all(books().order_by((Book::title.lower().desc(), Book::id)))?);
        let first = books().order_by(Book::id).first(db)?.unwrap();
        books().filter(Book::id.eq(first.id)).update(db, (Book::sales_count.set(i32::MIN), Book::stock_level.set(0)))?;
        assert_eq!(books().order_by((-Book::sales_count, Book::id)).last(db)?.unwrap().id, first.id);
        assert!(matches!(books().values_list(-Book::sales_count).all(db), Err(Error::OutOfRange { .. })));
        let sql = |order: QuerySet<Book>| order.values_list(Book::id).to_sql(Dialect::Postgres).map(|(sql, _)| sql);
        assert_eq!(sql(books().order_by(-Book::price))?, r#"SELECT "book"."id" FROM "book" ORDER BY "book"."price" DESC"#);
        assert_eq!(sql(books().order_by((-Book::price).asc()))?, r#"SELECT "book"."id" FROM "book" ORDER BY -"book"."price""#);
    }

    fn slices(db) {
        library(db)?;
        let titles = |query: QuerySet<Book>| -> Result<Vec<String>> { Ok(query.all(db)?.into_iter().map(|book| book.title).collect()) };
        let by_id = || Book::objects().order_by(Book::id);
        assert_eq!(titles(by_id().limit(2))?, ["Joins", "100% SQL"]);
        assert_eq!(titles(by_id().limit(2).offset(3))?, ["dragonflies", "Élan"]);
        assert_eq!(titles(by_id().offset(3).limit(2))?, ["dragonflies", "Élan"]);
        assert_eq!(titles(by_id().offset(4))?, ["Élan"]);
        assert_eq!(titles(by_id().slice(1..3))?, ["100% SQL", "Dragons"]);
        assert_eq!(titles(by_id().slice(1..).slice(1..=2))?, ["Dragons", "dragonflies"]);
        assert_eq!(titles(by_id().slice(1..4).slice(2..9))?, ["dragonflies"]);
        assert_eq!(titles(by_id().slice(1..4).offset(2))?, ["dragonflies"]);
        assert_eq!(titles(by_id().slice(..2).limit(9))?, ["Joins", "100% SQL"]);
        assert_eq!(titles(by_id().slice(3..3))?.len(), 0);
        assert_eq!(titles(by_id().limit(0))?.len(), 0);
    }

    fn what_comes_after_a_slice_sees_its_rows(db) {
        library(db)?;
        let titles = |query: QuerySet<Book>| -> Result<Vec<String>> { Ok(query.all(db)?.into_iter().map(|book| book.title).collect()) };
        let three = || Book::objects().order_by(Book::id).limit(3);
        assert_eq!(titles(three().filter(Book::author.name.eq("Bob")))?, ["Dragons"]);
        assert_eq!(titles(three().order_by(Book::price))?, ["100% SQL", "Dragons", "Joins"]);
        assert_eq!(titles(three().reverse())?, ["Dragons", "100% SQL", "Joins"]);
        assert_eq!(titles(three().exclude(Book::subtitle.is_null()))?, ["100% SQL", "Dragons"]);
        assert_eq!(three().last(db)?.map(|book| book.title).as_deref(), Some("Dragons"));
        assert_eq!(three().first(db)?.map(|book| book.title).as_deref(), Some("Joins"));
        assert_eq!(three().count(db)?, 3);
        assert_eq!(three().filter(Book::price.lt(10)).count(db)?, 1);
        assert_eq!(Book::objects().offset(3).count(db)?, 2);
        assert!(three().exists(db)? && !Book::objects().offset(9).exists(db)?);
        assert_eq!(three().update(db, Book::stock_level.set(99))?, 3);
        assert_eq!(Book::objects().filter(Book::stock_level.eq(99)).count(db)?, 3);
        assert_eq!(three().delete(db)?, 3);
        assert_eq!(Book::objects().count(db)?, 2);
    }

    fn a_slice_keeps_its_rows_whatever_is_selected(db) {
        library(db)?;
        // By the default ordering the first is "Dragons", by key it is "Joins".
        let first = || Book::objects().limit(1);
        assert_eq!(first().values_list(Book::title).all(db)?, ["Dragons"]);
        assert_eq!(first().values_json(Book::title).all(db)?[0]["title"], "Dragons");
        assert_eq!(Review::objects().filter(Review::book.is_in(first())).values_list(Review::text).all(db)?, ["Fire!"]);
        assert_eq!(Book::objects().filter(Book::id.is_in(first().values_list(Book::id))).one(db)?.title, "Dragons");
        let two = || Author::objects().order_by(Author::name.desc()).limit(2);
        assert_eq!(two().values_list(Author::books.title).count(db)?, 4);
        assert_eq!(two().values_list(Author::books.title).all(db)?.len(), 4);
        assert!(!Book::objects().values_list(Book::is_published).distinct().offset(2).exists(db)?);
        assert!(Author::objects().values_list(Author::books.title).offset(5).exists(db)?);
        assert!(!Author::objects().values_list(Author::books.title).offset(6).exists(db)?);
    }

    fn rows_ordered_by_a_condition(db) {
        library(db)?;
        let titles: Vec<String> = Book::objects().order_by((Book::price.gt(10), Book::title)).values_list(Book::title).all(db)?;
        assert_eq!(titles, ["100% SQL", "dragonflies", "Élan", "Dragons", "Joins"]);
    }

    fn rows_ordered_by_what_is_the_same_for_all(db) {
        library(db)?;
        for constant in [Condition::<Book>::all(), Book::title.is_in([""; 0])] {
            let query = Book::objects().order_by((constant.desc(), Book::id)).values_list(Book::id);
            assert_eq!(query.all(db)?.len(), 5);
        }
    }

    fn a_slice_keeps_the_models_order_when_turned_round(db) {
        library(db)?;
        let best = Book::objects().limit(3);
        assert_eq!(best.clone().values_list(Book::title).all(db)?, ["Dragons", "100% SQL", "Joins"]);
        let turned = best.reverse();
        assert!(turned.is_ordered());
        assert_eq!(turned.all(db)?[0].title, "Joins");
        assert_eq!(turned.clone().values_list(Book::title).all(db)?, ["Joins", "100% SQL", "Dragons"]);
        assert_eq!(turned.limit(2).filter(Book::price.lt(100)).values_list(Book::title).last(db)?.as_deref(), Some("100% SQL"));
    }

    fn distinct_values_are_ordered_by_a_selected_expression_whatever_is_in_it(db) {
        library(db)?;
        let shelf = |least: i64| case().when(Book::price.gt(least), "dear").otherwise("cheap");
        let shelves = |least: i64| Book::objects().values_list(shelf(10)).distinct().order_by(shelf(least).desc()).all(db);
        assert_eq!(shelves(10)?, ["dear", "cheap"]);
        // The same shape, but not what is selected.
        assert!(matches!(shelves(11), Err(Error::InvalidQuery { .. })));
        assert_eq!(shelves(10)?, ["dear", "cheap"]);
        let reviewed = Book::reviews.any(Review::stars.gt(1));
        let query = Book::objects().values_list((&reviewed, Book::author.name)).distinct();
        let rows: Vec<(bool, String)> = query.order_by((reviewed.desc(), Book::author.name)).all(db)?;
        assert_eq!(rows, [(true, "Ann".into()), (false, "Ann".into()), (false, "Bob".into())]);
    }

    fn distinct_values_differ_by_value(db) {
        for body in [json!({"a": 1, "b": [1.5]}), json!({"b": [1.50], "a": 1.0}), json!(2), json!(2.0)] {
            Paper::draft().body(body).save(db)?;
        }
        let bodies = Paper::objects().values_list(Paper::body).distinct();
        assert_eq!((bodies.all(db)?.len(), bodies.count(db)?), (2, 2));
        assert_eq!(bodies.order_by(Paper::body).first(db)?.flatten(), Some(json!(2)));
    }

    fn distinct_on_keeps_its_rows_when_turned_round(db) {
        library(db)?;
        let query = Book::objects().filter(Book::author.name.eq("Ann")).distinct_on(Book::author).order_by((Book::author, Book::title.desc()));
        if dialect(db) == Dialect::Postgres {
            assert_eq!(query.one(db)?.title, "Joins");
            assert_eq!(query.last(db)?.map(|book| book.title).as_deref(), Some("Joins"));
        }
    }

    fn a_condition_after_a_filter_does_not_depend_on_order(db) {
        library(db)?;
        let one = Book::objects().filter(Book::price.gt(8)).exclude(Book::is_published).filter(Book::author.name.eq("Bob"));
        let two = Book::objects().filter(Book::author.name.eq("Bob")).filter(!Book::is_published & Book::price.gt(8));
        assert_eq!(one.all(db)?, two.all(db)?);
        assert_eq!(one.count(db)?, 1);
    }

    fn distinct_rows(db) {
        library(db)?;
        let names: Vec<String> = Book::objects().values_list(Book::author.name).distinct().order_by(Book::author.name).all(db)?;
        assert_eq!(names, ["Ann", "Bob"]);
        assert_eq!(Book::objects().values_list(Book::author.name).distinct().count(db)?, 2);
        assert_eq!(Book::objects().values_list(Book::author.name).count(db)?, 5);
        let refused = Book::objects().values_list(Book::author.name).distinct().order_by(Book::price).all(db);
        assert!(matches!(refused, Err(Error::InvalidQuery { model: "Book", .. })), "{refused:?}");
        assert_eq!(Book::objects().distinct().all(db)?.len(), 5);
        let counted: Vec<i32> = Book::objects().values_list(Book::title.length()).distinct().order_by(Book::title.length()).all(db)?;
        assert_eq!(counted, [4, 5, 7, 8, 11]);
        let dearest = Book::objects().distinct_on(Book::author).order_by((Book::author, Book::price.desc())).all(db);
        match dialect(db) {
            Dialect::Postgres => assert_eq!(dearest?.iter().map(|book| book.title.as_str()).collect::<Vec<_>>(), ["Joins", "Dragons"]),
            _ => assert!(matches!(dearest, Err(Error::Unsupported { backend: "SQLite", .. })), "{dearest:?}"),
        }
    }

    fn none_sends_no_query(db) {
        library(db)?;
        let ((), log) = db.capture(|db| {
            assert_eq!(Book::objects().none().all(db)?, []);
            assert_eq!(Book::objects().none().count(db)?, 0);
            assert!(!Book::objects().none().exists(db)?);
            assert_eq!(Book::objects().none().update(db, Book::stock_level.set(1))?, 0);
            assert_eq!(Book::objects().none().delete(db)?, 0);
            assert_eq!(Book::objects().none().iterator(db)?.count(), 0);
            Ok(())
        })?;
        assert_eq!(log.len(), 0);
        assert_eq!(Author::objects().filter(Author::id.is_in(Author::objects().none().values_list(Author::id))).count(db)?, 0);
    }

    fn values_list_of_one_and_of_many(db) {
        library(db)?;
        let rows: Vec<(String, String, Option<String>)> =
            Book::objects().order_by(Book::id).values_list((Book::title, Book::author.name, Book::editor.name)).all(db)?;
        assert_eq!(rows[0], ("Joins".to_owned(), "Ann".to_owned(), Some("Bob".to_owned())));
        assert_eq!(rows[1].2, None);
        let (sql, _) = Book::objects().values_list((Book::author.name, Book::author.joined_date, Book::author.id)).to_sql(dialect(db))?;
        assert_eq!(sql.matches("JOIN").count(), 1, "{sql}");
        let one: Vec<(Decimal,)> = Book::objects().order_by(Book::price).limit(1).values_list((Book::price,)).all(db)?;
        assert_eq!(one, [(dec!(5.25),)]);
        let title: Option<String> = Book::objects().order_by(Book::title.length()).values_list(Book::title).first(db)?;
        assert_eq!(title.as_deref(), Some("Élan"));
        assert_eq!(Book::objects().filter(Book::title.eq("Joins")).values_list(Book::price).one(db)?, dec!(39.90));
        let sixteen = (Book::id, Book::id, Book::id, Book::id, Book::id, Book::id, Book::id, Book::id,
            Book::id, Book::id, Book::id, Book::id, Book::id, Book::id, Book::id, Book::title);
        assert_eq!(Book::objects().values_list(sixteen).all(db)?.len(), 5);
    }

    fn values_list_to_the_many_side_gives_a_row_for_each(db) {
        library(db)?;
        let rows: Vec<(String, Option<String>, Option<Decimal>)> = Author::objects()
            .values_list((Author::name, Author::books.title, Author::books.price)).order_by((Author::name, Author::books.id)).all(db)?;
        assert_eq!(rows.len(), 6);
        assert_eq!(rows[0], ("Ann".to_owned(), Some("Joins".to_owned()), Some(dec!(39.90))));
        assert_eq!(rows[5], ("Cid".to_owned(), None, None));
        assert_eq!(Author::objects().values_list((Author::name, Author::books.title)).count(db)?, 6);
    }

    fn values_json(db) {
        library(db)?;
        let rows = Book::objects().order_by(Book::id)
            .values_json((Book::title, Book::price, Book::author.name, Book::editor, Book::subtitle, Book::title.length().named("length"))).all(db)?;
        assert_eq!(rows[1]["title"], "100% SQL");
        assert_eq!(rows[0]["price"].as_str().and_then(|price| price.parse().ok()), Some(dec!(39.9)));
        assert_eq!(rows[0]["author.name"], "Ann");
        assert!(rows[0]["editor"].is_i64() && rows[1]["editor"].is_null() && rows[0]["subtitle"].is_null());
        assert_eq!(rows[3]["length"], 11);
    }

    fn projections(db) {
        library(db)?;
        let cards: Vec<Card> = Book::objects().order_by(Book::id).values::<Card>().all(db)?;
        assert_eq!(cards[1], Card {
            title: "100% SQL".to_owned(),
            subtitle: Some("A guide".to_owned()),
            author: "Ann".to_owned(),
            editor: None,
            double: dec!(19.98),
            length: Some(8),
        });
        let card = Book::objects().values::<Card>().get(db, Book::title.eq("Joins"))?;
        assert_eq!(card.editor.as_deref(), Some("Bob"));
        assert_eq!(Book::objects().filter(Book::price.gt(100)).values::<Card>().first(db)?, None);
    }

    fn in_bulk(db) {
        let (ann, bob) = library(db)?;
        let some = Author::objects().in_bulk(db, [ann.id, bob.id, -1])?;
        assert_eq!((some.len(), &some[&ann.id]), (2, &ann));
        assert_eq!(Author::objects().in_bulk(db, Vec::<i64>::new())?.len(), 0);
        assert_eq!(Author::objects().in_bulk_all(db)?.len(), 3);
        let by_name = Author::objects().in_bulk_by(db, Author::name, ["Ann", "Nobody"])?;
        assert_eq!(by_name["Ann"], ann);
        let twice = Book::objects().in_bulk_by(db, Book::is_published, [true]);
        assert!(matches!(twice, Err(Error::MultipleObjects { model: "Book" })));
    }

    fn iterator_streams(db) {
        let drafts = (0..2_500).map(|n| Word::draft().text(format!("word {n}")));
        Word::objects().bulk_create(db, drafts)?;
        let mut seen = 0;
        for (n, word) in Word::objects().order_by(Word::id).iterator(db)?.chunk_size(300).enumerate() {
            assert_eq!(word?.text, format!("word {n}"));
            seen += 1;
        }
        assert_eq!(seen, 2_500);
        let firsts: Vec<String> = Word::objects().order_by(Word::id).values_list(Word::text).chunk_size(7).iterator(db)?.take(3).collect::<Result<_>>()?;
        assert_eq!(firsts, ["word 0", "word 1", "word 2"]);
        let inside = db.atomic(|tx| {
            let mut sum = 0;
            for word in Word::objects().chunk_size(1_000).iterator(tx)? {
                word?;
                sum += Word::objects().limit(1).count(tx)?;
                if sum == 10 { break; }
            }
            Ok(sum)
        })?;
        assert_eq!(inside, 10);
        assert_eq!(Word::objects().count(db)?, 2_500);
    }

    fn explain_and_to_sql(db) {
        library(db)?;
        let query = Book::objects().filter(Book::title.eq("Joins"));
        assert!(query.explain(db)?.to_lowercase().contains("book"));
        let analyzed = query.explain_analyze(db);
        match dialect(db) {
            Dialect::Postgres => assert!(analyzed?.contains("actual time")),
            _ => assert!(matches!(analyzed, Err(Error::Unsupported { .. }))),
        }
        let (sql, values) = query.to_sql(Dialect::Postgres)?;
        assert!(sql.ends_with(r#"WHERE "book"."title" = $1 ORDER BY "book"."sales_count" DESC, "book"."title""#), "{sql}");
        assert_eq!(values, [orm::value::Value::Text("Joins".into())]);
    }

    fn raw_queries(db) {
        library(db)?;
        let cheap = Book::raw("SELECT 'x' AS more, book.* FROM book WHERE price < ? ORDER BY price", (dec!(9),)).all(db)?;
        assert_eq!(cheap.iter().map(|book| book.title.as_str()).collect::<Vec<_>>(), ["Élan", "dragonflies"]);
        assert_eq!(Book::raw("SELECT * FROM book WHERE title = ? AND title <> '?'", ("Joins",)).one(db)?.price, dec!(39.9));
        assert_eq!(Book::raw("SELECT * FROM book WHERE id = ?", (-1_i64,)).first(db)?, None);
        let missing = Book::raw("SELECT id FROM book", ()).all(db);
        let books = db.query::<Book>("SELECT 1 AS more, book.* FROM book WHERE title = ?", ("Joins",))?;
        assert_eq!(books[0].price, dec!(39.9));
        #[derive(Projection, Debug, PartialEq)]
        #[projection(Book)]
        struct Card {
            title: String,
            #[projection(Book::author.name)]
            author: String,
            subtitle: Option<String>,
        }
        let sql = "SELECT subtitle, title, name AS author FROM book JOIN author ON author.id = author_id WHERE price < ? ORDER BY price";
        let cards = db.query::<Card>(sql, (dec!(9),))?;
        assert_eq!(cards[0], Card { title: "Élan".to_owned(), author: "Bob".to_owned(), subtitle: None });
        let lacking = db.query::<Card>("SELECT title FROM book", ());
        assert!(matches!(lacking, Err(Error::Decode { field, .. }) if field == "author"));
        assert!(matches!(missing, Err(Error::Decode { model: "Book", .. })), "{missing:?}");
        let rows = db.query::<(i64, String)>("SELECT id, title FROM book WHERE title = ?", ("Joins",))?;
        assert_eq!(rows[0].1, "Joins");
        assert_eq!(db.execute("UPDATE book SET subtitle = ? WHERE title = ?", ("x", "Joins"))?, 1);
    }

    fn default_filters(db) {
        let kept = Note::draft().text("kept").save(db)?;
        Note::draft().text("gone").deleted_at(Utc::now()).save(db)?;
        assert_eq!(Note::objects().all(db)?, [kept]);
        assert_eq!(Note::all_objects().count(db)?, 2);
        assert_eq!(Note::objects().filter(Note::text.eq("gone")).count(db)?, 0);
    }

    fn keys_of_other_types(db) {
        let swiss = Country::draft().code("CH").name("Switzerland").save(db)?;
        let basel = City::draft().number(7).name("Basel").country(&swiss).save(db)?;
        City::draft().name("Chur").country("CH").save(db)?;
        assert_eq!(basel.number, 7);
        assert_eq!(City::objects().filter(City::country.eq(&swiss)).count(db)?, 2);
        assert_eq!(City::objects().filter(City::country.eq("CH")).count(db)?, 2);
        assert_eq!(City::objects().filter(City::country.name.startswith("Swi")).order_by(City::name).values_list(City::name).all(db)?, ["Basel", "Chur"]);
        assert_eq!(Country::objects().filter(Country::cities.name.eq("Basel")).one(db)?, swiss);
        assert_eq!(City::objects().get(db, City::number.eq(7))?, basel);
        assert_eq!(basel.country.fetch(db)?, &swiss);
        let token = Token::draft().save(db)?;
        assert_eq!((token.state.as_str(), token.tries, token.owner.as_str()), ("fresh", 3, "nobody"));
        assert_eq!(Token::objects().in_bulk(db, [token.key])?.len(), 1);
    }

    fn relations_of_an_instance(db) {
        let (ann, bob) = library(db)?;
        let mut joins = Book::objects().get(db, Book::title.eq("Joins"))?;
        assert_eq!(joins.author.id(), ann.id);
        assert!(matches!(joins.author.get(), Err(Error::NotLoaded { .. })));
        assert_eq!(joins.author.fetch(db)?, &ann);
        let (name, log) = db.capture(|db| Ok(joins.author.fetch(db)?.name.clone()))?;
        assert_eq!((name.as_str(), log.len()), ("Ann", 0));
        assert_eq!(joins.editor.id(), Some(bob.id));
        assert_eq!(joins.editor.fetch(db)?, Some(&bob));
        joins.author.set(&bob);
        assert_eq!(joins.author.get()?.name, "Bob");
        joins.editor = Some((&ann).into());
        joins.save(db)?;
        let again = Book::objects().get(db, Book::id.eq(joins.id))?;
        assert_eq!((again.author.id(), again.editor.id()), (bob.id, Some(ann.id)));
        joins.editor = None;
        joins.save(db)?;
        assert_eq!(Book::objects().filter(Book::editor.is_null()).count(db)?, 4);
        assert_eq!(format!("{:?}", joins.author), bob.id.to_string());
        let _ = day(2020, 1, 1);
    }
}
