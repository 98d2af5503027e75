//! Seeing queries: which relations were loaded row by row, and handles that refuse it.

use orm::prelude::*;

use crate::models::{Author, Book, Category, Letter, LetterBox, Profile, Review};
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

fn letters(db: &Database) -> Result<()> {
    let letter_box = LetterBox::draft().name("left").save(db)?;
    for title in ["A", "B", "C"] {
        let draft = letter_box.letters.draft().title(title).body(title);
        draft.save(db)?;
    }
    Ok(())
}

/// A tree of categories.
#[derive(Projection)]
#[projection(Category)]
struct Node {
    children: Vec<Node>,
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
                author.books.filter(Book::price.gt(0)).count(db)?;
                author.books.filter(Book::price.gt(0)).limit(1).exists(db)?;
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
            here(3, "Author::books: add `.annotate(Author::books.filter(..).count())`"),
            here(3, "Author::books: add `.annotate(Author::books.filter(..).exists())`"),
            here(3, "Author::profile: add `.select_related(Author::profile)`"),
            here(3, prefetch), here(3, prefetch), here(3, prefetch), here(3, prefetch),
            here(3, part), here(3, part),
        ]);
        assert_eq!(log.groups().len(), 2 + 11);
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

    fn fields_that_are_fetched_row_by_row_are_named(db) {
        letters(db)?;
        let all = Letter::objects().defer((Letter::body, Letter::notes));
        let ((), log) = db.capture(|db| {
            for letter in &all.all(db)? {
                letter.body.fetch(db)?;
                letter.body.fetch(db)?;
            }
            Ok(())
        })?;
        assert_eq!(hints(&log), [
            "3 × the same statement from here, field Letter::body: drop `.defer(Letter::body)`, or name it in `.only(..)`",
        ]);
        let db = &db.strict();
        let letters = all.all(db)?;
        let fetch = |letter: &Letter| letter.body.fetch(db).map(|body| body.len());
        let copy = letters[0].clone();
        assert!(fetch(&letters[0]).is_ok() && fetch(&letters[0]).is_ok() && fetch(&copy).is_ok());
        let Err(Error::RepeatedLoad { relation, advice, .. }) = fetch(&letters[1]) else {
            panic!("an error");
        };
        assert_eq!((&*relation, &*advice), ("Letter::body", "drop `.defer(Letter::body)`, or name it in `.only(..)`"));
        // From another line, and another field from one line, once.
        let _ = (letters[1].body.fetch(db)?, letters[1].notes.fetch(db)?, letters[2].notes.fetch(db)?);
        for letter in &Letter::objects().all(db)? {
            fetch(letter)?;
        }
    }

    fn what_one_call_runs_several_times_is_no_repetition(db) {
        library(db)?;
        let root = Category::draft().name("root").save(db)?;
        let branch = root.children.draft().name("branch").save(db)?;
        let leaf = branch.children.draft().name("leaf").save(db)?;
        leaf.children.draft().name("caterpillar").save(db)?;
        let ((), log) = db.capture(|db| {
            let authors = Author::objects().prefetch_related(Author::books.prefetch_related(Book::reviews));
            for author in authors.chunk_size(1).iterator(db)? {
                author?.books.loaded()?;
            }
            for author in Author::objects().with(Author::books).chunk_size(2).iterator(db)? {
                author?;
            }
            let roots = Category::objects().filter(Category::parent.is_null());
            roots.clone().values::<Node>().all(db)?;
            roots.prefetch_related(Category::children.prefetch_related(Category::children)).all(db)?;
            let leaves = (0..5).map(|number| Category::draft().name(format!("leaf {number}")).build()).collect::<Vec<_>>();
            Category::objects().bulk_create_with(db, leaves, BulkCreate::new().batch_size(2))?;
            Ok(())
        })?;
        assert_eq!(hints(&log), [""; 0]);
        assert!(log.iter().any(|statement| statement.goes_on) && !log[0].goes_on);
        // A call for each row is one.
        let ((), log) = db.capture(|db| {
            for author in &mut Author::objects().all(db)? {
                prefetch(db, std::slice::from_mut(author), Author::books)?;
            }
            for name in ["Ann", "Bob"] {
                Author::objects().filter(Author::name.eq(name)).prefetch_related(Author::books).all(db)?;
            }
            Ok(())
        })?;
        let counts: Vec<_> = log.n_plus_one().iter().map(|group| (group.model, group.count)).collect();
        assert_eq!(counts, [("Book", 3), ("Author", 2)]);
    }

    fn a_strict_handle_refuses_what_begins_at_a_relation_for_row_after_row(db) {
        library(db)?;
        let db = &db.strict();
        let authors = Author::objects().order_by(Author::name).all(db)?;
        type Ask = fn(&Author, &Database) -> Result<()>;
        let asks: [(Ask, &str); 6] = [
            (|author, db| author.books.filter(Book::title.eq("A")).all(db).map(drop), "add `.with(Author::books.filter(..))`"),
            (|author, db| author.books.order_by(Book::title).slice(1..).filter(Book::price.gt(0)).all(db).map(drop), "add `.with(Author::books.filter(..))`"),
            (|author, db| author.books.filter(Book::title.eq("A")).count(db).map(drop), "add `.annotate(Author::books.filter(..).count())`"),
            (|author, db| author.books.filter(Book::title.eq("A")).exists(db).map(drop), "add `.annotate(Author::books.filter(..).exists())`"),
            (|author, db| author.books.objects().aggregate(db, Book::price.sum()).map(drop), "add `.with(Author::books.filter(..))`"),
            (|author, db| author.books.exists(db).map(drop), "add `.prefetch_related(Author::books)`"),
        ];
        for (ask, expected) in asks {
            ask(&authors[0], db)?;
            // The same row again, as often as it likes.
            ask(&authors[0], db)?;
            let Err(Error::RepeatedLoad { relation, advice, .. }) = ask(&authors[1], db) else {
                panic!("an error: {expected}");
            };
            assert_eq!((&*relation, &*advice), ("Author::books", expected));
        }
        // Of one row, other rows.
        for title in ["A", "B", "C"] {
            authors[0].books.filter(Book::title.eq(title)).all(db)?;
        }
        let reviews = |book: &Book| book.reviews.filter(Review::stars.gt(1)).count(db);
        let books = Book::objects().all(db)?;
        assert!(reviews(&books[0]).is_ok() && reviews(&books[0]).is_ok() && reviews(&books[1]).is_err());
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
        // What was loaded is asked of nobody, and query sets that begin at the model are the program's own.
        for author in &Author::objects().prefetch_related(Author::books).all(db)? {
            author.books.count(db)?;
            Book::objects().filter(Book::author.eq(author)).count(db)?;
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
