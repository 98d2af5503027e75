//! Limits: connections that are all in use, and statements that run for too long.

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use orm::prelude::*;

use crate::models::*;
use crate::place::{PATIENCE, on_each};

/// A timeout that nothing but what has no end should run into, however slow the machine.
const HASTE: Duration = Duration::from_millis(600);

/// A query without an end.
const ENDLESS: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 - i FROM n) \
                       SELECT count(*) FROM n WHERE i < 0";
/// A write without an end.
const ENDLESS_WRITE: &str = "UPDATE account SET balance = (WITH RECURSIVE n(i) AS \
                             (SELECT 1 UNION ALL SELECT i + 1 - i FROM n) SELECT count(*) FROM n WHERE i < 0)";

on_each! {
    fn other_threads_have_all_connections(at) {
        let db = at.open_with(|builder| builder.max_connections(2).acquire_timeout(Duration::from_millis(300)));
        Account::objects().bulk_create(&db, ["Ann", "Bob", "Cid"].map(account))?;
        let (held, done) = (Barrier::new(3), Barrier::new(3));
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    let mut rows = Account::objects().iterator(&db).unwrap().chunk_size(1);
                    rows.next().unwrap().unwrap();
                    held.wait();
                    done.wait();
                });
            }
            held.wait();
            let read = names(&db);
            assert!(matches!(read, Err(Error::PoolTimeout { .. })), "{read:?}");
            let message = read.unwrap_err().to_string();
            assert!(message.contains("other threads"), "{message}");
            let write = account("Dan").save(&db);
            assert!(matches!(write, Err(Error::PoolTimeout { .. })), "{write:?}");
            let ran = db.atomic(|_| -> Result<()> { panic!("it has no connection") });
            assert!(matches!(ran, Err(Error::PoolTimeout { .. })), "{ran:?}");
            let mut rows = Account::objects().iterator(&db).unwrap();
            let row = rows.next().unwrap();
            assert!(matches!(row, Err(Error::PoolTimeout { .. })), "{row:?}");
            done.wait();
        });
        account("Dan").save(&db)?;
        assert_eq!(names(&db)?, ["Ann", "Bob", "Cid", "Dan"]);
    }

    fn this_thread_has_all_connections(at) {
        let db = at.open_with(|builder| builder.max_connections(1).acquire_timeout(PATIENCE));
        Account::objects().bulk_create(&db, ["Ann", "Bob"].map(account))?;
        // A wait that cannot end is none.
        let start = Instant::now();
        for row in Account::objects().iterator(&db)?.chunk_size(1) {
            let name = row?.name;
            let counted = Account::objects().count(&db);
            // The last row was read with the connection free again.
            assert!(matches!(counted, Err(Error::PoolTimeout { .. })) || name == "Bob", "{counted:?}");
        }
        db.atomic(|_| {
            let read = names(&db);
            assert!(matches!(read, Err(Error::PoolTimeout { .. })), "{read:?}");
            assert!(read.unwrap_err().to_string().contains("this thread holds all of them"));
            Ok(())
        })?;
        assert!(start.elapsed() < PATIENCE);
        assert_eq!(names(&db)?, ["Ann", "Bob"]);
    }

    fn an_iterator_that_loads_more_finds_no_connection(at) {
        let db = at.open_with(|builder| builder.max_connections(1).acquire_timeout(PATIENCE));
        for name in ["a", "b"] {
            let shelf = Shelf::draft().name(name).save(&db)?;
            Volume::draft().shelf(ForeignKey::new(shelf.id)).save(&db)?;
        }
        let shelves = Shelf::objects().prefetch_related(Shelf::volumes).chunk_size(1);
        let start = Instant::now();
        let mut rows = shelves.iterator(&db)?;
        let first = rows.next().expect("an error");
        assert!(matches!(first, Err(Error::PoolTimeout { .. })), "{first:?}");
        assert!(first.unwrap_err().to_string().contains("this thread holds all of them"));
        assert!(rows.next().is_none() && start.elapsed() < PATIENCE);
        // In a transaction both go over its connection.
        db.atomic(|tx| {
            for shelf in shelves.iterator(tx)? {
                assert_eq!(shelf?.volumes.loaded()?.len(), 1);
            }
            let with = Shelf::objects().with(Shelf::volumes.limit(1)).chunk_size(1);
            assert_eq!(with.iterator(tx)?.map(|row| Ok(row?.1.len())).collect::<Result<Vec<_>>>()?, [1, 1]);
            Ok(())
        })?;
        assert_eq!(shelves.all(&db)?.len(), 2);
    }

    fn a_statement_runs_into_its_timeout(at) {
        let db = at.open();
        account("Ann").save(&db)?;
        let hasty = at.builder().statement_timeout(HASTE).connect()?;
        let read = hasty.query::<(i64,)>(ENDLESS, ());
        assert!(matches!(read, Err(Error::StatementTimeout { .. })), "{read:?}");
        let write = hasty.execute(ENDLESS_WRITE, ());
        assert!(matches!(write, Err(Error::StatementTimeout { .. })), "{write:?}");
        assert_eq!(balance(&hasty, "Ann")?, 0);
        // A transaction is rolled back with it.
        let failed = hasty.atomic(|tx| {
            account("Bob").save(tx)?;
            tx.execute(ENDLESS_WRITE, ())
        });
        assert!(matches!(failed, Err(Error::StatementTimeout { .. })), "{failed:?}");
        account("Cid").save(&hasty)?;
        assert_eq!(names(&db)?, ["Ann", "Cid"]);
    }

    fn a_timeout_that_is_passed_over_commits_no_half(at) {
        let db = at.open();
        let hasty = at.builder().statement_timeout(HASTE).connect()?;
        account("Ann").save(&db)?;
        // SQLite rolls the whole transaction back by itself: what follows must not be written as if there had been none.
        let passed_over = hasty.atomic(|tx| {
            account("Bob").save(tx)?;
            let failed = tx.execute(ENDLESS_WRITE, ());
            assert!(matches!(failed, Err(Error::StatementTimeout { .. })), "{failed:?}");
            let refused = account("Cid").save(tx);
            assert!(matches!(refused, Err(Error::Database { .. })), "{refused:?}");
            assert!(names(tx).is_err());
            assert!(Account::objects().iterator(tx)?.next().is_some_and(|row| row.is_err()));
            assert!(tx.execute_batch("DELETE FROM account").is_err());
            assert!(tx.atomic(|sp| account("Dan").save(sp)).is_err());
            Ok(())
        });
        assert!(matches!(passed_over, Err(Error::Database { .. })), "{passed_over:?}");
        assert_eq!(names(&db)?, ["Ann"]);
        hasty.atomic(|tx| account("Eve").save(tx))?;
        assert_eq!(names(&db)?, ["Ann", "Eve"]);
    }

    fn a_timeout_in_a_savepoint_leaves_all_or_nothing(at) {
        let db = at.open();
        let hasty = at.builder().statement_timeout(HASTE).connect()?;
        account("Ann").save(&db)?;
        let done = hasty.atomic(|tx| {
            account("Bob").save(tx)?;
            let failed = tx.atomic(|sp| {
                account("Cid").save(sp)?;
                sp.execute(ENDLESS_WRITE, ())
            });
            assert!(matches!(failed, Err(Error::StatementTimeout { .. })), "{failed:?}");
            account("Dan").save(tx)
        });
        if at.is_postgres() {
            assert!(done.is_ok(), "{done:?}");
            assert_eq!(names(&db)?, ["Ann", "Bob", "Dan"]);
        } else {
            // SQLite has no savepoints that outlive an interrupted write.
            assert!(matches!(done, Err(Error::Database { .. })), "{done:?}");
            assert_eq!(names(&db)?, ["Ann"]);
        }
        account("Eve").save(&hasty)?;
    }

    fn an_iterator_runs_into_the_statement_timeout(at) {
        let db = at.open();
        Account::objects().bulk_create(&db, ["Ann", "Bob"].map(account))?;
        let hasty = at.builder().max_connections(1).statement_timeout(HASTE).connect()?;
        // Time between the chunks does not count.
        let mut rows = Account::objects().iterator(&hasty)?.chunk_size(1);
        rows.next().expect("a row")?;
        thread::sleep(HASTE + HASTE / 4);
        assert_eq!(rows.next().expect("a row")?.name, "Bob");
        drop(rows);
        assert_eq!(names(&hasty)?, ["Ann", "Bob"]);
    }
}
