//! Queries that say which database they are for.

use orm::prelude::*;
use orm::query::{On, OnDatabase, Rows, Terms};

use crate::models::*;
use crate::reusable::BookQuerySet;
use crate::support::{dialect, suite};

/// Runs on each of the two databases what is for the one and what is for the other, and looks whether the first answers and the
/// second is refused before any SQL.
macro_rules! here_and_not_elsewhere {
    ($db:ident, |$on:ident, $run:ident| $query:expr) => {{
        fn asked<B: OnDatabase + Copy>($on: B, $run: &Database) -> Result<()> {
            $query.map(drop)
        }
        let (here, elsewhere) = match dialect($db) {
            Dialect::Sqlite => (
                asked(Sqlite, $db),
                elsewhere($db, |db| asked(Postgres, db))?,
            ),
            _ => (
                asked(Postgres, $db),
                elsewhere($db, |db| asked(Sqlite, db))?,
            ),
        };
        here?;
        refused($db, elsewhere);
    }};
}

/// What a query for another database gives, which sends no SQL.
fn elsewhere(db: &Database, run: impl FnOnce(&Database) -> Result<()>) -> Result<Result<()>> {
    let (result, log) = db.capture(|db| Ok(run(db)))?;
    assert_eq!(
        log.iter()
            .filter(|query| !matches!(&*query.sql, "BEGIN" | "ROLLBACK" | "BEGIN IMMEDIATE"))
            .count(),
        0
    );
    Ok(result)
}

#[track_caller]
fn refused(db: &Database, result: Result<()>) {
    let (expected, name) = match dialect(db) {
        Dialect::Sqlite => ("queries that are for PostgreSQL", "SQLite"),
        _ => ("queries that are for SQLite", "PostgreSQL"),
    };
    match result {
        Err(Error::Unsupported { feature, backend }) => {
            assert_eq!((feature, backend), (expected, name))
        }
        other => panic!("{other:?}"),
    }
}

/// A function over queries for any database.
fn dear<R: orm::query::RowShape, L: Terms>(books: QuerySet<Book, R, L>) -> QuerySet<Book, R, L> {
    books.filter(Book::price.gt(20))
}

suite! {
    fn a_query_runs_where_it_says_and_nowhere_else(db) {
        library(db)?;
        here_and_not_elsewhere!(db, |on, db| Book::objects().on(on).all(db));
        here_and_not_elsewhere!(db, |on, db| Book::objects().on(on).get(db, Book::title.eq("Joins")));
        here_and_not_elsewhere!(db, |on, db| Book::objects().on(on).get(db, Book::id.eq(1)));
        here_and_not_elsewhere!(db, |on, db| Book::objects().on(on).in_bulk(db, [1, 2]));
        here_and_not_elsewhere!(db, |on, db| Book::objects().on(on).count(db));
        here_and_not_elsewhere!(db, |on, db| Book::objects().on(on).exists(db));
        here_and_not_elsewhere!(db, |on, db| Book::objects().on(on).first(db));
        here_and_not_elsewhere!(db, |on, db| Book::objects().on(on).aggregate(db, Book::price.sum()));
        here_and_not_elsewhere!(db, |on, db| Book::objects().on(on).values_list(Book::price).aggregate_rows(db, |price| price.sum()));
        here_and_not_elsewhere!(db, |on, db| Book::objects().on(on).explain(db));
        here_and_not_elsewhere!(db, |on, db| Book::objects().on(on).iterator(db)?.collect::<Result<Vec<_>>>());
    }

    fn it_is_kept_by_every_step(db) {
        library(db)?;
        here_and_not_elsewhere!(db, |on, db| {
            Book::objects().on(on).filter(Book::is_published).exclude(Book::title.eq("x")).order_by(Book::title).reverse().all(db)
        });
        here_and_not_elsewhere!(db, |on, db| Book::objects().on(on).annotate(Book::reviews.count()).all(db));
        here_and_not_elsewhere!(db, |on, db| {
            Book::objects().on(on).values_list(Book::author).annotate(Book::id.count()).filter(Book::id.count().gt(0)).all(db)
        });
        here_and_not_elsewhere!(db, |on, db| Book::objects().on(on).values_list(Book::title).distinct().all(db));
        here_and_not_elsewhere!(db, |on, db| Book::objects().on(on).values_json(Book::title).all(db));
        here_and_not_elsewhere!(db, |on, db| Book::objects().on(on).order_by(Book::title).slice(1..3).filter(Book::is_published).all(db));
        here_and_not_elsewhere!(db, |on, db| {
            Book::objects().on(on).filter(row_number().over(partition_by(Book::author).order_by(Book::id)).eq(1)).all(db)
        });
        here_and_not_elsewhere!(db, |on, db| Book::objects().on(on).select_related(Book::author).prefetch_related(Book::reviews).all(db));
        here_and_not_elsewhere!(db, |on, db| Author::objects().on(on).with(Author::books.filter(Book::is_published)).all(db));
        here_and_not_elsewhere!(db, |on, db| db.atomic(|tx| Book::objects().on(on).select_for_update().of(Book::author).all(tx)));
        here_and_not_elsewhere!(db, |on, db| db.atomic(|tx| Book::objects().select_for_update().on(on).no_key().all(tx)));
        here_and_not_elsewhere!(db, |on, db| Book::objects().on(on).published().dear(2).all(db));
        here_and_not_elsewhere!(db, |on, db| Book::objects().on(on).published().titles().all(db));
        here_and_not_elsewhere!(db, |on, db| dear(Book::objects().on(on)).all(db));
    }

    fn a_part_of_another_query_keeps_it(db) {
        library(db)?;
        here_and_not_elsewhere!(db, |on, db| Book::objects().on(on).union(Book::objects()).count(db));
        here_and_not_elsewhere!(db, |on, db| Book::objects().union_all(Book::objects().on(on)).order_by(Book::id).limit(1).all(db));
        here_and_not_elsewhere!(db, |on, db| Author::objects().filter(Author::id.is_in(Book::objects().on(on).values_list(Book::author))).all(db));
        here_and_not_elsewhere!(db, |on, db| Book::objects().filter(Book::author.is_in(Author::objects().on(on))).all(db));
        here_and_not_elsewhere!(db, |on, db| {
            Author::objects().filter(exists(|author: Outer<Author, _>| Book::objects().on(on).filter(Book::author.eq(author.id)))).all(db)
        });
        here_and_not_elsewhere!(db, |on, db| {
            Author::objects().values_list(subquery(|author: Outer<Author, _>| {
                Book::objects().on(on).filter(Book::author.eq(author.id)).values_list(Book::title.max())
            })).all(db)
        });
        here_and_not_elsewhere!(db, |on, db| Book::objects().filter(Book::price.gte(Book::objects().on(on).values_list(Book::price.max()))).all(db));
        here_and_not_elsewhere!(db, |on, db| {
            let tree = Category::objects().on(on).filter(Category::parent.is_null()).descend(Category::parent);
            tree.rows().all(db)
        });
        here_and_not_elsewhere!(db, |on, db| {
            let prices = cte(Book::objects().on(on).values_list((Book::id, Book::price)));
            Book::objects().join(&prices, |(id, _)| Book::id.eq(id)).count(db)
        });
    }

    fn a_query_behind_another_one_keeps_it(db) {
        library(db)?;
        here_and_not_elsewhere!(db, |on, db| Author::objects().with(Author::books.query(Book::objects().on(on))).all(db));
        here_and_not_elsewhere!(db, |on, db| {
            let books = Book::objects().with(Book::reviews.query(Review::objects().on(on)));
            Author::objects().with(Author::books.query(books)).iterator(db)?.collect::<Result<Vec<_>>>()
        });
        // Also where it would be asked for no row.
        here_and_not_elsewhere!(db, |on, db| Author::objects().filter(Author::name.eq("Nobody")).with(Author::books.query(Book::objects().on(on))).first(db));
    }

    fn what_is_answered_without_the_database_is_refused_elsewhere_too(db) {
        library(db)?;
        here_and_not_elsewhere!(db, |on, db| Book::objects().on(on).none().all(db));
        here_and_not_elsewhere!(db, |on, db| Book::objects().none().on(on).count(db));
        here_and_not_elsewhere!(db, |on, db| Book::objects().on(on).none().exists(db));
        here_and_not_elsewhere!(db, |on, db| Book::objects().on(on).none().first(db));
        here_and_not_elsewhere!(db, |on, db| Book::objects().on(on).none().values_list(Book::title).all(db));
        here_and_not_elsewhere!(db, |on, db| Book::objects().on(on).none().aggregate(db, Book::price.sum()));
        here_and_not_elsewhere!(db, |on, db| Book::objects().on(on).none().iterator(db)?.collect::<Result<Vec<_>>>());
        here_and_not_elsewhere!(db, |on, db| Book::objects().on(on).none().union(Book::objects().none()).all(db));
        here_and_not_elsewhere!(db, |on, db| Book::objects().on(on).filter(Book::id.is_in(Vec::<i64>::new())).all(db));
        here_and_not_elsewhere!(db, |on, db| Book::objects().on(on).in_bulk(db, Vec::<i64>::new()));
        here_and_not_elsewhere!(db, |on, db| Book::objects().on(on).limit(0).all(db));
        here_and_not_elsewhere!(db, |on, db| Book::objects().on(on).none().update(db, Book::stock_level.set(1)));
        here_and_not_elsewhere!(db, |on, db| Book::objects().on(on).update(db, Vec::new()));
        here_and_not_elsewhere!(db, |on, db| Book::objects().on(on).none().delete(db));
        here_and_not_elsewhere!(db, |on, db| Word::objects().on(on).bulk_create(db, Vec::<Draft<Word>>::new()));
        here_and_not_elsewhere!(db, |on, db| Word::objects().on(on).bulk_create_with(db, Vec::<Draft<Word>>::new(), BulkCreate::new()));
        // What one database lacks is refused as well.
        let distinct = Book::objects().none().distinct_on(Book::author).order_by(Book::author).all(db);
        match dialect(db) {
            Dialect::Sqlite => assert!(matches!(distinct, Err(Error::Unsupported { .. }))),
            _ => assert_eq!(distinct?, []),
        }
    }

    fn writes_keep_it(db) {
        library(db)?;
        here_and_not_elsewhere!(db, |on, db| Book::objects().on(on).filter(Book::title.eq("Joins")).update(db, Book::stock_level.set(1)));
        here_and_not_elsewhere!(db, |on, db| Book::objects().on(on).order_by(Book::id).limit(1).update(db, Book::stock_level.set(2)));
        here_and_not_elsewhere!(db, |on, db| Review::objects().on(on).filter(Review::stars.gt(100)).delete(db));
        here_and_not_elsewhere!(db, |on, db| Word::objects().on(on).bulk_create(db, [Word::draft().text("a")]));
        here_and_not_elsewhere!(db, |on, db| Word::objects().on(on).bulk_create_with(db, [Word::draft().text("b")], BulkCreate::new()));
        let words = Word::objects().all(db)?;
        assert_eq!(words.len(), 2);
        here_and_not_elsewhere!(db, |on, db| Word::objects().on(on).bulk_update(db, Vec::<Word>::new(), (Word::text,)));
    }

    fn what_one_database_has_runs_there(db) {
        library(db)?;
        if dialect(db) == Dialect::Sqlite {
            return Ok(());
        }
        let first = Book::objects().on(Postgres).distinct_on(Book::author).order_by((Book::author, Book::id)).all(db)?;
        assert_eq!(first.len() as u64, Book::objects().values_list(Book::author).distinct().count(db)?);
        db.atomic(|tx| Book::objects().on(Postgres).select_for_update().skip_locked().all(tx))?;
        db.atomic(|tx| Book::objects().on(Postgres).select_for_update().nowait().all(tx))?;
        assert!(Book::objects().on(Postgres).explain_analyze(db)?.contains("actual time"));
    }

    fn the_sql_is_the_same(db) {
        for dialect in [Dialect::Sqlite, Dialect::Postgres] {
            let books = Book::objects().filter(Book::is_published);
            let (plain, _) = books.to_sql(dialect)?;
            let said = match dialect {
                Dialect::Sqlite => books.on(Sqlite).to_sql(dialect)?,
                _ => books.on(Postgres).to_sql(dialect)?,
            };
            assert_eq!(plain, said.0);
        }
        let named: QuerySet<Book, Rows<Book, Book>, On<Sqlite>> = Book::objects().on(Sqlite);
        assert!(named.to_sql(Dialect::Postgres).is_err());
        assert_eq!(named.none().count(db).is_ok(), dialect(db) == Dialect::Sqlite);
        assert!(Book::objects().on(Postgres).to_sql(Dialect::Sqlite).is_err());
    }
}
