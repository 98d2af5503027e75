//! Values of each row of a relation that meets a condition, where the row of the query stays that has none.

use orm::prelude::*;

use crate::many_to_many::{Membership, Person, Team};
use crate::models::*;
use crate::support::{day, suite};

/// Ann has three books, Bob one that is cheap, Cid none.
fn library(db: &Database) -> Result<()> {
    let author = |name: &str| {
        Author::draft()
            .name(name)
            .joined_date(day(2000, 1, 1))
            .save(db)
    };
    let (ann, bob) = (author("Ann")?, author("Bob")?);
    author("Cid")?;
    for (author, title, subtitle, price, editor) in [
        (&ann, "Alpha", None, dec!(10.10), Some(&bob)),
        (&ann, "Beta", Some("b"), dec!(9.90), Some(&ann)),
        (&ann, "Gamma", None, dec!(5), None),
        (&bob, "Delta", None, dec!(0.30), Some(&ann)),
    ] {
        let draft = Book::draft().title(title).author(author).price(price);
        let book = draft.subtitle(subtitle).editor(editor).save(db)?;
        for stars in 1..=title.len() - 3 {
            let stars = i32::try_from(stars).expect("a few");
            Review::draft()
                .book(&book)
                .stars(Some(stars))
                .text("x")
                .save(db)?;
        }
    }
    Ok(())
}

fn some<T: From<&'static str>>(text: &'static str) -> Option<T> {
    Some(text.into())
}

suite! {
    fn each_row_that_meets_it_or_one_without(db) {
        library(db)?;
        let dear = Author::books.filter(Book::price.gt(6));
        let (title, price) = (dear.clone().each(Book::title), dear.each(Book::price));
        let rows: Vec<(String, Option<String>, Option<Decimal>)> =
            Author::objects().values_list((Author::name, &title, &price)).order_by((Author::name, &price)).all(db)?;
        assert_eq!(rows, [
            ("Ann".to_owned(), some("Beta"), Some(dec!(9.90))),
            // By value, not by text.
            ("Ann".to_owned(), some("Alpha"), Some(dec!(10.10))),
            ("Bob".to_owned(), None, None),
            ("Cid".to_owned(), None, None),
        ]);
        let all = Author::objects().values_list((Author::name, &title));
        assert_eq!((all.count(db)?, all.clone().distinct().count(db)?, all.filter(title.is_not_null()).count(db)?), (4, 4, 2));
        // What is made of them is NULL where there is no row; so is a value of no column.
        let label = Author::books.filter(Book::price.gt(6)).each(concat((Book::title, "!")));
        let one = Author::books.filter(Book::price.gt(1000)).each(Book::sales_count.gt(100));
        let rows: Vec<(Option<String>, Option<bool>)> =
            Author::objects().filter(Author::name.ne("Ann")).values_list((&label, &one)).all(db)?;
        assert_eq!(rows, [(None, None), (None, None)]);
        let upper = Author::objects().filter(Author::name.eq("Ann")).values_list(title.upper().unwrap_or("-")).order_by(&title);
        assert_eq!(upper.all(db)?, ["ALPHA", "BETA"]);
        let json = Author::objects().values_json((Author::name, title.clone().named("dear"))).order_by((Author::name, &title)).all(db)?;
        assert_eq!((json.len(), json[0]["dear"].as_str(), json[2]["dear"].is_null()), (4, Some("Alpha"), true));
    }

    fn several_relations_and_conditions_beside_each_other(db) {
        library(db)?;
        let cheap = Author::books.filter(Book::price.lt(6)).each(Book::title);
        let edited = Author::books.filter(Book::editor.name.eq("Ann")).each(concat((Book::editor.name, Book::author.name)));
        let rows: Vec<(String, Option<String>, Option<String>)> =
            Author::objects().values_list((Author::name, &cheap, &edited)).order_by(Author::name).all(db)?;
        assert_eq!(rows, [
            ("Ann".to_owned(), some("Gamma"), some("AnnAnn")),
            ("Bob".to_owned(), some("Delta"), some("AnnBob")),
            ("Cid".to_owned(), None, None),
        ]);
        // Beside the plain path and an aggregate, which keep their own rows.
        let rows: Vec<(Option<String>, Option<String>, i64)> = Author::objects()
            .filter(Author::name.eq("Ann"))
            .values_list((Author::books.title, &cheap, Author::books.count()))
            .order_by(Author::books.title)
            .all(db)?;
        let gamma = || some("Gamma");
        assert_eq!(rows, [(some("Alpha"), gamma(), 3), (some("Beta"), gamma(), 3), (some("Gamma"), gamma(), 3)]);
        // Through a key, over several steps, and of conditions on rows further on.
        let stars = Author::books.reviews.filter(Review::stars.gte(2)).each(Review::stars);
        let rows: Vec<(String, Option<i32>)> =
            Author::objects().values_list((Author::name, &stars)).order_by((Author::name, &stars)).all(db)?;
        assert_eq!(rows.iter().map(|row| row.1).collect::<Vec<_>>(), [Some(2), Some(2), Some(2), None]);
        let others = Book::author.books.filter(!Book::reviews.stars.gt(1)).each(Book::title);
        let rows = Book::objects().filter(Book::title.eq("Alpha")).values_list((Book::title, &others)).all(db)?;
        assert_eq!(rows, [("Alpha".to_owned(), some("Beta"))]);
    }

    fn of_few_rows_it_is_the_same(db) {
        library(db)?;
        let by_editor = Author::books.filter(Book::editor.name.is_in(["Ann", "Bob"]) & !Book::author.books.title.eq("Delta"));
        let (editor, title) = (by_editor.clone().each(Book::editor.name), by_editor.clone().each(Book::title));
        let stars = by_editor.each(Book::reviews.stars);
        let few = |condition: Condition<Author>| {
            let rows = Author::objects().filter(condition).values_list((&editor, &title, &stars)).limit(100).all(db);
            rows.map(|mut rows| {
                rows.sort();
                rows
            })
        };
        let ann = Author::objects().get(db, Author::name.eq("Ann"))?;
        let expected = [("Ann", "Beta", 1), ("Bob", "Alpha", 1), ("Bob", "Alpha", 2)];
        let expected = expected.map(|(editor, title, stars)| (some(editor), some(title), Some(stars)));
        assert_eq!(few(Author::id.eq(ann.id))?, expected);
        assert_eq!(few(Author::name.eq("Ann"))?, expected);
        assert_eq!(few(Author::name.gt("Ann"))?, [(None, None, None), (None, None, None)]);
    }

    fn in_a_condition_it_is_some_row(db) {
        library(db)?;
        let names = |condition: Condition<Author>| {
            Author::objects().filter(condition).order_by(Author::name).values_list(Author::name).all(db)
        };
        let dear = Author::books.filter(Book::price.gt(6));
        let (title, subtitle) = (dear.clone().each(Book::title), dear.each(Book::subtitle));
        assert_eq!(names(title.eq("Beta"))?, ["Ann"]);
        assert_eq!(names(title.eq("Gamma"))?, [""; 0]);
        assert_eq!(names(!title.eq("Beta"))?, ["Bob", "Cid"]);
        assert_eq!(names(title.is_in(["Alpha", "Delta"]))?, ["Ann"]);
        assert_eq!(names(subtitle.is_null())?, ["Ann"]);
        // One leaf is about one row; two may be about two.
        assert_eq!(names(title.length().eq(subtitle.length() + 4))?, [""; 0]);
        assert_eq!(names(title.eq("Alpha") & subtitle.eq("b"))?, ["Ann"]);
        let edited = Author::books.filter(Book::editor.name.eq("Ann")).each(Book::editor.name);
        assert_eq!(names(edited.eq(Author::name))?, ["Ann"]);
        assert_eq!(names(edited.ne(Author::name))?, ["Bob"]);
        assert_eq!(names(title.eq(Author::books.title))?, ["Ann"]);
        let n = Author::objects().filter(title.eq("Beta")).update(db, Author::rating.set(1.5))?;
        assert_eq!(n, 1);
        // Inside of other conditions: of a relation, of a case.
        assert_eq!(Book::objects().filter(Book::reviews.none(Review::stars.gt(9)) & Book::author.books.any(Book::title.eq("Beta"))).count(db)?, 3);
        let has = case().when(title.eq("Beta"), "y").otherwise("n");
        assert_eq!(Author::objects().values_list(has).order_by(Author::name).all(db)?, ["y", "n", "n"]);
    }

    fn groups_by_it(db) {
        library(db)?;
        let dear = Author::books.filter(Book::price.gt(6)).each(Book::title.length());
        let rows: Vec<(Option<i32>, i64)> =
            Author::objects().values_list(&dear).annotate(Author::id.count()).order_by(&dear).all(db)?;
        assert_eq!(rows, [(Some(4), 1), (Some(5), 1), (None, 2)]);
        let refused = Author::objects().aggregate(db, dear.sum()).unwrap_err();
        assert!(refused.to_string().contains("gathered by the relation itself"), "{refused}");
        let limited = Author::books.limit(1).each(Book::title);
        assert!(matches!(Author::objects().values_list(limited).all(db), Err(Error::InvalidQuery { .. })));
    }

    fn over_links(db) {
        let drafts = ["Ann", "Ben", "Cid"].map(|name| Person::draft().name(name));
        let people = Person::objects().bulk_create(db, drafts)?;
        let (red, _) = (Team::draft().name("red").save(db)?, Team::draft().name("blue").save(db)?);
        for (person, role) in people.iter().zip(["coach", "player", "player"]) {
            Membership::draft().person(person).team(&red).role(role).save(db)?;
        }
        let late = Team::members.filter(Person::name.gt("Ann")).each(Person::name);
        let rows: Vec<(String, Option<String>)> =
            Team::objects().values_list((Team::name, &late)).order_by((Team::name, &late)).all(db)?;
        assert_eq!(rows, [("blue".to_owned(), None), ("red".to_owned(), some("Ben")), ("red".to_owned(), some("Cid"))]);
        assert_eq!(Team::objects().filter(late.eq("Ann")).count(db)?, 0);
        assert_eq!(Team::objects().filter(late.eq("Cid")).one(db)?.name, "red");
    }

    fn of_the_row_of_a_query_around(db) {
        library(db)?;
        // How many the author has: as a value of the row around, from inside the query.
        let busy = exists(|author: Outer<Author, _>| Book::objects().filter(author.books.count().gt(2)));
        assert_eq!(Author::objects().filter(busy).values_list(Author::name).all(db)?, ["Ann"]);
        let many = exists(|author: Outer<Author, _>| {
            Book::objects().filter(author.books.filter(Book::price.gt(6)).each(Book::title).eq("Beta"))
        });
        let refused = Author::objects().filter(many).all(db).unwrap_err();
        assert!(refused.to_string().contains("ask for one of them by `any`"), "{refused}");
    }
}
