//! Transactions, capture and what else a program does with its database.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use orm::prelude::*;

use crate::models::*;
use crate::support::{day, dialect, suite};

fn author(name: &str) -> Draft<Author> {
    Author::draft()
        .name(name)
        .joined_date(day(2020, 1, 1))
        .build()
}

fn names(db: &Database) -> Result<Vec<String>> {
    Author::objects()
        .values_list(Author::name)
        .order_by(Author::name)
        .all(db)
}

suite! {
    fn a_transaction_commits_on_ok_and_rolls_back_on_err(db) {
        let ann = db.atomic(|tx| author("Ann").save(tx))?;
        let failed: Result<()> = db.atomic(|tx| {
            author("Bob").save(tx)?;
            assert_eq!(Author::objects().count(tx)?, 2);
            Err(Error::custom("changed my mind"))
        });
        assert_eq!(failed.expect_err("the error of the closure").to_string(), "changed my mind");
        assert_eq!(names(db)?, ["Ann"]);
        assert_eq!(Author::objects().one(db)?, ann);
    }

    fn a_transaction_rolls_back_on_panic(db) {
        let panicked = catch_unwind(AssertUnwindSafe(|| db.atomic(|tx| -> Result<()> {
            author("Ann").save(tx)?;
            panic!("in the middle");
        })));
        assert!(panicked.is_err());
        assert_eq!(names(db)?.len(), 0);
        author("Bob").save(db)?;
        assert_eq!(names(db)?, ["Bob"]);
    }

    fn savepoints_nest(db) {
        db.atomic(|tx| {
            author("Ann").save(tx)?;
            let inner: Result<()> = tx.atomic(|sp| {
                author("Bob").save(sp)?;
                sp.atomic(|deeper| author("Cid").save(deeper))?;
                Err(Error::custom("not Bob"))
            });
            assert!(inner.is_err());
            let taken = tx.atomic(|sp| Category::objects().bulk_create(sp, ["a", "a"].map(|name| Category::draft().name(name))));
            assert!(matches!(taken, Err(Error::UniqueViolation { .. })));
            tx.atomic(|sp| author("Dan").save(sp))?;
            Ok(())
        })?;
        assert_eq!(names(db)?, ["Ann", "Dan"]);
    }

    fn on_commit_runs_behind_the_outermost_commit_alone(db) {
        let ran = AtomicU32::new(0);
        let add = |n| { ran.fetch_add(n, Ordering::SeqCst); };
        db.atomic(|tx| {
            tx.on_commit(|| add(1));
            let _: Result<()> = tx.atomic(|sp| { sp.on_commit(|| add(100)); Err(Error::custom("back")) });
            tx.atomic(|sp| { sp.on_commit(|| add(10)); Ok(()) })?;
            assert_eq!(ran.load(Ordering::SeqCst), 0);
            Ok(())
        })?;
        let _: Result<()> = db.atomic(|tx| { tx.on_commit(|| add(1000)); Err(Error::custom("back")) });
        assert_eq!(ran.load(Ordering::SeqCst), 11);
    }

    fn an_error_of_ones_own_leaves_a_transaction(db) {
        #[derive(Debug)]
        enum ShopError { Database(Error), SoldOut }
        impl From<Error> for ShopError {
            fn from(error: Error) -> Self { Self::Database(error) }
        }
        let sold_out: Result<(), ShopError> = db.atomic_as(|tx| {
            author("Ann").save(tx)?;
            Err(ShopError::SoldOut)
        });
        assert!(matches!(sold_out, Err(ShopError::SoldOut)));
        let missing: Result<Author, ShopError> = db.atomic_as(|tx| Ok(Author::objects().one(tx)?));
        assert!(matches!(missing, Err(ShopError::Database(Error::DoesNotExist { .. }))));
    }

    fn isolation_levels_and_retries(db) {
        let token = Token::draft().tries(0).save(db)?;
        thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| -> Result<()> {
                for _ in 0..5 {
                    db.atomic_with(Isolation::Serializable.retries(100), |tx| {
                        let mut token = Token::objects().get(tx, Token::key.eq(token.key))?;
                        token.tries += 1;
                        token.save(tx)
                    })?;
                }
                Ok(())
            })).collect();
            threads.into_iter().try_for_each(|thread| thread.join().expect("no panic"))
        })?;
        assert_eq!(Token::objects().one(db)?.tries, 20);
        db.atomic_with(Isolation::RepeatableRead, |tx| Author::objects().count(tx))?;
    }

    fn select_for_update_in_a_transaction(db) {
        library(db)?;
        let left = db.atomic(|tx| {
            let mut book = Book::objects().select_for_update().get(tx, Book::title.eq("Joins"))?;
            book.stock_level -= 1;
            book.save(tx)?;
            Ok(book.stock_level)
        })?;
        assert_eq!(left, 11);
        let of = db.atomic(|tx| {
            let books = Book::objects().select_related((Book::author, Book::editor)).select_for_update().of(Book::author);
            let book = books.no_key().get(tx, Book::title.eq("Joins"))?;
            assert!(book.editor.get()?.is_some());
            Ok(book.author.get()?.name.clone())
        })?;
        assert_eq!(of, "Ann");
        let behind = db.atomic(|tx| Review::objects().select_for_update().of((Review::book, Review::book.author)).all(tx))?;
        assert_eq!(behind.len(), 3);
        let skipping = db.atomic(|tx| Book::objects().select_for_update().skip_locked().no_key().all(tx));
        match dialect(db) {
            Dialect::Postgres => assert_eq!(skipping?.len(), 5),
            _ => assert!(matches!(skipping, Err(Error::Unsupported { .. })), "{skipping:?}"),
        }
    }

    fn many_threads_count_without_losing_one(db) {
        let mut token = Token::draft().tries(0).save(db)?;
        thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| -> Result<()> {
                for _ in 0..25 {
                    Token::objects().update(db, Token::tries.set(Token::tries + 1))?;
                }
                Ok(())
            })).collect();
            threads.into_iter().try_for_each(|thread| thread.join().expect("no panic"))
        })?;
        token.refresh(db)?;
        assert_eq!(token.tries, 200);
    }

    fn capture_shows_every_statement_and_where_it_came_from(db) {
        library(db)?;
        let line = line!() + 2;
        let (titles, log) = db.capture(|db| {
            let titles = Book::objects().filter(Book::title.eq("Joins")).values_list(Book::title).all(db)?;
            Author::objects().count(db)?;
            db.atomic(|tx| Author::objects().update(tx, Author::rating.set(1.0)))?;
            Book::objects().iterator(db)?.try_for_each(|book| book.map(drop))?;
            Ok(titles)
        })?;
        assert_eq!(titles, ["Joins"]);
        assert_eq!(log.len(), 4, "{log:#?}");
        let first = &log[0];
        assert!(first.sql.starts_with("SELECT") && !first.sql.contains("Joins"));
        assert_eq!((first.rows, first.model, first.params.len()), (1, "Book", 1));
        assert_eq!((first.caller.file(), first.caller.line()), (file!(), line));
        assert_eq!(log[2].rows, 3);
        assert!(log.all().len() > log.len());
    }

    fn capture_sees_what_repeats(db) {
        library(db)?;
        let ((), log) = db.capture(|db| {
            for book in Book::objects().all(db)? {
                book.author.fetch(db)?;
            }
            Ok(())
        })?;
        assert_eq!(log.len(), 6);
        let repeated = log.n_plus_one();
        assert_eq!((repeated.len(), repeated[0].count, repeated[0].model), (1, 5, "Author"));
        assert_eq!(log.duplicates().iter().map(|same| same.count).sum::<usize>(), 5);
    }

    fn assert_queries_counts(db) {
        library(db)?;
        orm::assert_queries!(db, 2, {
            Book::objects().all(db)?;
            Author::objects().count(db)?;
        });
        let too_few = catch_unwind(AssertUnwindSafe(|| {
            orm::assert_queries!(db, 1, { drop(Book::objects().none().all(db)); });
        }));
        assert!(too_few.is_err());
    }

    fn a_query_writes_one_statement(db) {
        let (ann, bob) = library(db)?;
        let mut book = Book::objects().get(db, Book::title.eq("Joins"))?;
        orm::assert_queries!(db, 1, { Book::objects().filter(Book::author.books.title.eq("x")).count(db)?; });
        orm::assert_queries!(db, 1, { author("Dan").save(db)?; });
        orm::assert_queries!(db, 1, { book.save(db)?; });
        orm::assert_queries!(db, 1, { book.update(db, Book::sales_count.set(Book::sales_count + 1))?; });
        orm::assert_queries!(db, 1, { Book::objects().filter(Book::author.name.eq("Bob")).delete(db)?; });
        orm::assert_queries!(db, 1, { Author::objects().bulk_update(db, [&ann, &bob], Author::name)?; });
        orm::assert_queries!(db, 1, { Author::objects().bulk_create(db, [author("x"), author("y")])?; });
        orm::assert_queries!(db, 1, { book.delete(db)?; });
    }

    fn a_router_reads_from_replicas_and_writes_to_the_primary(db) {
        // The replica here is the same database, so that what was written is there to be read.
        let ((), log) = db.capture(|captured| {
            let router = Router::new(db.clone()).replica(captured.clone());
            author("Ann").save(&router)?;
            assert_eq!(Author::objects().count(&router)?, 1);
            router.atomic(|tx| Author::objects().count(tx))?;
            Ok(())
        })?;
        assert_eq!(log.len(), 1);
        assert!(log[0].sql.starts_with("SELECT"));
    }
}

/// Keys that SQLite does not give out as the numbers of rows.
#[test]
fn a_key_that_is_no_rows_number_is_told_before_the_insert() -> Result<()> {
    for columns in [
        "id BIGINT PRIMARY KEY, name TEXT NOT NULL, parent_id BIGINT",
        "id INTEGER PRIMARY KEY DESC, name TEXT NOT NULL, parent_id BIGINT",
        "id INTEGER PRIMARY KEY DEFAULT 7, name TEXT NOT NULL, parent_id BIGINT",
    ] {
        let db = Database::connect("sqlite::memory:")?;
        let without = if columns.contains("DEFAULT") {
            "WITHOUT ROWID"
        } else {
            ""
        };
        db.execute_batch(&format!("CREATE TABLE category ({columns}) {without}"))?;
        let refused = Category::draft().name("A").save(&db);
        assert!(
            matches!(
                refused,
                Err(Error::InvalidQuery {
                    model: "Category",
                    ..
                })
            ),
            "{columns}: {refused:?}"
        );
        assert_eq!(Category::objects().count(&db)?, 0);
        // A key that is given is nobody's to find out.
        assert_eq!(Category::draft().id(3).name("A").save(&db)?.id, 3);
        // Another table by the same name is looked at anew.
        db.execute_batch("DROP TABLE category; CREATE TABLE category (id INTEGER PRIMARY KEY, name TEXT, parent_id BIGINT)")?;
        assert_eq!(Category::draft().name("B").save(&db)?.id, 1);
        db.execute("DROP TABLE category", ())?;
        db.execute(&format!("CREATE TABLE category ({columns}) {without}"), ())?;
        assert!(Category::draft().name("C").save(&db).is_err());
    }
    Ok(())
}
