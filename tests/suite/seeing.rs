//! Seeing queries: which relations were loaded row by row, and handles that refuse it.

use orm::prelude::*;

use crate::models::{Author, Book, Category, Profile};
use crate::support::{day, suite};

/// Three authors with two books and a profile each.
fn library(db: &Database) -> Result<()> {
    for name in ["Ann", "Bob", "Eve"] {
        let author = Author::draft()
            .name(name)
            .joined_date(day(2020, 1, 1))
            .save(db)?;
        author.profile.draft().bio(name).save(db)?;
        for title in ["A", "B"] {
            let draft = author.books.draft().title(title).editor(&author).price(1);
            draft.save(db)?;
        }
    }
    Ok(())
}

fn all<D: Handle>(db: &D) -> Result<(Vec<Author>, Vec<Book>)> {
    Ok((Author::objects().all(db)?, Book::objects().all(db)?))
}

/// What a log says of what was repeated, without the lines.
fn hints(log: &orm::Log) -> Vec<String> {
    let groups = log.n_plus_one();
    let told = groups.iter().map(|group| {
        group.to_string().replace(
            &format!("{}:{}", group.caller.file(), group.caller.line()),
            "here",
        )
    });
    told.collect()
}

suite! {
    fn repeated_statements_name_the_relation_and_what_to_add(db) {
        library(db)?;
        let ((), log) = db.capture(|db| {
            let (authors, books) = all(db)?;
            for book in &books {
                // Two keys to one model, by the same text from the same line.
                let _ = (book.author.fetch(db)?, book.editor.fetch(db)?);
            }
            for author in &authors {
                author.profile.fetch(db)?;
                author.books.all(db)?;
                author.books.count(db)?;
                author.books.exists(db)?;
                author.books.contains(db, 0)?;
                author.books.filter(Book::price.gt(0)).all(db)?;
                author.books.first(db)?;
            }
            Ok(())
        })?;
        let here = |count, text| format!("{count} × the same statement from here, relation {text}");
        let prefetch = "Author::books: add `.prefetch_related(Author::books)`";
        let part = "Author::books: add `.with(Author::books.filter(..))`";
        assert_eq!(hints(&log), [
            here(6, "Book::author: add `.select_related(Book::author)`"),
            here(6, "Book::editor: add `.select_related(Book::editor)`"),
            here(3, "Author::profile: add `.select_related(Author::profile)`"),
            here(3, prefetch), here(3, prefetch), here(3, prefetch), here(3, prefetch),
            here(3, part), here(3, part),
        ]);
        assert_eq!(log.groups().len(), 2 + 9);
        let group = &log.groups()[2];
        assert_eq!((group.count, group.rows, group.model), (6, 6, "Author"));
        assert!(group.sql.starts_with("SELECT") && group.duration <= log.total_time());
        // Queries of the program's own name no relation.
        let ((), log) = db.capture(|db| {
            for name in ["Ann", "Bob"] {
                Author::objects().get(db, Author::name.eq(name))?;
            }
            Ok(())
        })?;
        assert!(hints(&log)[0].starts_with("2 × the same statement from here, model Author: SELECT"), "{:?}", hints(&log));
    }

    fn what_is_loaded_at_once_repeats_nothing(db) {
        library(db)?;
        let ((), log) = db.capture(|db| {
            let authors = Author::objects().select_related(Author::profile).prefetch_related(Author::books).all(db)?;
            for author in &authors {
                author.profile.fetch(db)?;
                assert_eq!((author.books.all(db)?.len(), author.books.contains(db, 0)?), (2, false));
            }
            for book in &Book::objects().select_related(Book::author).all(db)? {
                book.author.fetch(db)?;
            }
            Ok(())
        })?;
        assert_eq!((log.len(), hints(&log)), (3, Vec::new()));
    }

    fn a_strict_handle_refuses_what_is_loaded_row_by_row(db) {
        library(db)?;
        let db = &db.strict();
        let (authors, books) = all(db)?;
        let first_line = line!() + 1;
        let fetched: Vec<Result<&Author>> = books.iter().map(|book| book.author.fetch(db)).collect();
        let refused = fetched.iter().filter(|result| result.is_err()).count();
        // The two books of the first author ask for the same row.
        assert_eq!(refused, 4);
        let Some(Err(Error::RepeatedLoad { relation, caller, advice })) = fetched.into_iter().find(Result::is_err) else {
            panic!("an error");
        };
        assert_eq!((&*relation, &*advice), ("Book::author", "add `.select_related(Book::author)`"));
        assert_eq!((caller.line(), caller.file()), (first_line, file!()));
        // From another line, and another relation from one line, they may be asked for once.
        books[5].author.fetch(db)?;
        let _ = (books[0].editor.fetch(db)?, authors[0].profile.fetch(db)?, authors[0].books.all(db)?);
        let counts: Vec<_> = authors.iter().map(|author| author.books.count(db).is_ok()).collect();
        assert_eq!(counts, [true, false, false]);
        let profiles: Vec<_> = authors[1..].iter().map(|author| author.profile.fetch(db).is_ok()).collect();
        assert_eq!(profiles, [true, false]);
        // What was loaded is asked of nobody, and query sets are the program's own.
        for author in &Author::objects().prefetch_related(Author::books).all(db)? {
            author.books.count(db)?;
            author.books.filter(Book::price.gt(0)).count(db)?;
        }
        // A handle that is new has seen nothing; the plain one looks at nothing.
        let again = &db.strict();
        let (_, books) = all(again)?;
        assert_eq!(books.iter().filter(|book| book.author.fetch(again).is_err()).count(), 4);
    }

    fn a_strict_handle_is_so_in_transactions_and_in_all_threads(db) {
        library(db)?;
        let plain = db;
        let db = &plain.strict();
        let (_, books) = all(db)?;
        let fetch = |book: &Book, db: &Database| book.editor.fetch(db).map(drop);
        fetch(&books[0], db)?;
        let in_thread = std::thread::scope(|scope| scope.spawn(|| fetch(&books[5], &db.clone())).join().expect("no panic"));
        assert!(matches!(in_thread, Err(Error::RepeatedLoad { .. })), "{in_thread:?}");
        let in_transaction = db.atomic(|tx| {
            for book in &books {
                book.author.fetch(tx)?;
            }
            Ok(())
        });
        assert!(matches!(in_transaction, Err(Error::RepeatedLoad { .. })), "{in_transaction:?}");
        // Recording does not make it less strict.
        let (refused, log) = db.capture(|db| Ok(books.iter().filter(|book| book.author.fetch(db).is_err()).count()))?;
        assert_eq!((refused, log.len()), (3, 2));
        for book in &books {
            book.author.fetch(plain)?;
        }
    }

    fn a_key_that_is_not_loaded_names_its_field(db) {
        library(db)?;
        let book = Book::objects().first(db)?.expect("a book");
        assert!(matches!(book.author.get(), Err(Error::NotLoaded { relation: "author" })));
        assert!(matches!(book.editor.get(), Err(Error::NotLoaded { relation: "editor" })));
        assert!(matches!(book.clone().editor.get(), Err(Error::NotLoaded { relation: "editor" })));
        let profile = Profile::objects().first(db)?.expect("a profile");
        assert!(matches!(profile.author.get(), Err(Error::NotLoaded { relation: "author" })));
        let root = Category::draft().name("root").save(db)?;
        let leaf = root.children.draft().name("leaf").save(db)?;
        assert!(matches!(leaf.parent.get(), Err(Error::NotLoaded { relation: "parent" })));
        // By hand it is a key to some author.
        assert!(matches!(ForeignKey::<Author>::new(1).get(), Err(Error::NotLoaded { relation: "Author" })));
        let mut book = book;
        book.author.set(&Author::objects().get(db, Author::name.eq("Eve"))?);
        book.refresh(db)?;
        assert!(matches!(book.author.get(), Err(Error::NotLoaded { relation: "author" })));
    }
}

#[test]
#[should_panic(expected = "relation Book::author: add `.select_related(Book::author)`")]
fn a_wrong_number_of_queries_says_what_to_add() {
    let db = Database::connect("sqlite::memory:").expect("a database");
    db.create_tables().expect("tables");
    library(&db).expect("rows");
    assert_queries!(db, 1, {
        for book in Book::objects().all(&db).expect("books") {
            book.author.fetch(&db).expect("an author");
        }
    });
}
