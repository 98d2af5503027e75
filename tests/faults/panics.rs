//! Panics: in a transaction, in a savepoint, in an iterator's loop. What was begun is undone, and the connection comes back.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use orm::prelude::*;

use crate::models::*;
use crate::place::{Place, on_each};

/// With a single connection: if it did not come back, the next call would say so at once.
fn open(at: &Place) -> Database {
    at.open_with(|builder| {
        builder
            .max_connections(1)
            .acquire_timeout(Duration::from_secs(5))
    })
}

fn panics<T>(work: impl FnOnce() -> T) -> bool {
    catch_unwind(AssertUnwindSafe(work)).is_err()
}

on_each! {
    fn in_a_transaction(at) {
        let db = open(at);
        assert!(panics(|| db.atomic(|tx| -> Result<()> {
            account("Ann").save(tx)?;
            tx.on_commit(|| unreachable!("it has not been committed"));
            panic!("in the middle");
        })));
        assert!(names(&db)?.is_empty());
        db.atomic(|tx| account("Bob").save(tx))?;
        assert_eq!(names(&db)?, ["Bob"]);
    }

    fn in_a_savepoint(at) {
        let db = open(at);
        assert!(panics(|| db.atomic(|tx| {
            account("Ann").save(tx)?;
            tx.atomic(|sp| -> Result<()> {
                account("Bob").save(sp)?;
                panic!("in the middle");
            })
        })));
        assert!(names(&db)?.is_empty());
        // Caught around the savepoint: the transaction goes on without it.
        db.atomic(|tx| {
            account("Cid").save(tx)?;
            assert!(panics(|| tx.atomic(|sp| -> Result<()> {
                account("Dan").save(sp)?;
                sp.atomic(|deeper| -> Result<()> {
                    account("Eve").save(deeper)?;
                    panic!("deep down");
                })
            })));
            assert_eq!(names(tx)?, ["Cid"]);
            tx.atomic(|sp| account("Fay").save(sp))
        })?;
        assert_eq!(names(&db)?, ["Cid", "Fay"]);
    }

    fn in_the_loop_of_an_iterator(at) {
        let db = open(at);
        Account::objects().bulk_create(&db, (0..10).map(|n| account(&n.to_string())))?;
        assert!(panics(|| {
            for row in Account::objects().iterator(&db).unwrap().chunk_size(2) {
                assert_ne!(row.unwrap().name, "4", "in the middle");
            }
        }));
        assert!(panics(|| db.atomic(|tx| -> Result<()> {
            for row in Account::objects().iterator(tx)?.chunk_size(2) {
                let mut row = row?;
                row.update(tx, Account::balance.set(1))?;
                assert_ne!(row.name, "4", "in the middle");
            }
            Ok(())
        })));
        assert_eq!(Account::objects().filter(Account::balance.eq(0)).count(&db)?, 10);
    }

    fn in_a_thread_that_nobody_waits_for(at) {
        let db = open(at);
        let ended = std::thread::spawn({
            let db = db.clone();
            move || db.atomic(|tx| -> Result<()> {
                account("Ann").save(tx)?;
                panic!("in the middle");
            })
        });
        assert!(ended.join().is_err());
        account("Bob").save(&db)?;
        assert_eq!(names(&db)?, ["Bob"]);
    }

    fn in_a_hook_behind_the_commit(at) {
        let db = open(at);
        assert!(panics(|| db.atomic(|tx| {
            tx.on_commit(|| panic!("the mail server is down"));
            account("Ann").save(tx)
        })));
        assert_eq!(names(&db)?, ["Ann"]);
    }

    fn in_the_drafts_of_a_bulk_create(at) {
        let db = open(at);
        assert!(panics(|| db.atomic(|tx| {
            account("Ann").save(tx)?;
            Account::objects().bulk_create(tx, (0..10).map(|n| {
                assert_ne!(n, 7, "in the middle");
                account(&n.to_string())
            }))
        })));
        assert!(names(&db)?.is_empty());
        account("Bob").save(&db)?;
    }
}
