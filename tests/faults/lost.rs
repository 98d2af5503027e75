//! Connections that the server ends: while they are idle, in the middle of a statement, and in a transaction.

use std::thread;

use orm::prelude::*;

use crate::models::*;
use crate::place::{Admin, Place, server_url};

const ACTIVE: &str = "state = 'active'";
const WAITS_FOR_A_LOCK: &str = "wait_event_type = 'Lock'";

fn start(path: &'static str) -> (Place, Database, Admin) {
    let at = Place::postgres(path);
    let db = at.open();
    (at, db, Admin::new(&server_url()))
}

#[track_caller]
fn is_lost<T: std::fmt::Debug>(result: Result<T>) {
    assert!(
        matches!(
            result,
            Err(Error::Connection {
                backend: "PostgreSQL",
                ..
            })
        ),
        "{result:?}"
    );
}

#[test]
fn while_it_is_idle() {
    let (at, db, mut admin) = start(module_path!());
    account("Ann").save(&db).unwrap();
    // A read, a transaction and an iterator find out before anything is done, so they begin anew by themselves.
    assert_eq!(admin.terminate(&at.application, "true"), 1);
    assert_eq!(names(&db).unwrap(), ["Ann"]);
    assert_eq!(admin.terminate(&at.application, "true"), 1);
    db.atomic(|tx| account("Bob").save(tx)).unwrap();
    assert_eq!(admin.terminate(&at.application, "true"), 1);
    let streamed = Account::objects().iterator(&db).unwrap();
    assert_eq!(streamed.collect::<Result<Vec<_>>>().unwrap().len(), 2);
    // A single write cannot know whether it was done. It was not; the next one works.
    assert_eq!(admin.terminate(&at.application, "true"), 1);
    is_lost(account("Cid").save(&db));
    account("Dan").save(&db).unwrap();
    assert_eq!(names(&db).unwrap(), ["Ann", "Bob", "Dan"]);
}

#[test]
fn all_idle_ones_at_once() {
    let (at, db, mut admin) = start(module_path!());
    let ann = account("Ann").save(&db).unwrap();
    let all = std::sync::Barrier::new(6);
    thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                db.atomic(|tx| {
                    all.wait();
                    Account::objects().count(tx)
                })
                .unwrap()
            });
        }
    });
    assert_eq!(admin.terminate(&at.application, "true"), 6);
    // One failure is enough to tell the pool of all.
    is_lost(Account::objects().update(&db, Account::balance.set(1)));
    for _ in 0..6 {
        Account::objects()
            .update(&db, Account::balance.set(Account::balance + 1))
            .unwrap();
    }
    assert_eq!(
        Account::objects().one(&db).unwrap().balance,
        ann.balance + 6
    );
}

#[test]
fn in_the_middle_of_a_write() {
    let (at, db, mut admin) = start(module_path!());
    account("Ann").save(&db).unwrap();
    let holder = Database::connect(at.url()).unwrap();
    holder
        .atomic(|tx| {
            Account::objects().select_for_update().one(tx)?;
            thread::scope(|scope| {
                let write = scope.spawn(|| Account::objects().update(&db, Account::balance.set(7)));
                admin.wait_for(&at.application, WAITS_FOR_A_LOCK, 1);
                assert_eq!(admin.terminate(&at.application, WAITS_FOR_A_LOCK), 1);
                is_lost(write.join().unwrap());
            });
            Ok(())
        })
        .unwrap();
    assert_eq!(balance(&db, "Ann").unwrap(), 0);
    Account::objects()
        .update(&db, Account::balance.set(8))
        .unwrap();
    assert_eq!(balance(&db, "Ann").unwrap(), 8);
}

#[test]
fn in_the_middle_of_a_read() {
    let (at, db, mut admin) = start(module_path!());
    account("Ann").save(&db).unwrap();
    let slow = || db.query::<(String,)>("SELECT name FROM account, pg_sleep(600)", ());
    thread::scope(|scope| {
        let read = scope.spawn(slow);
        // It is run once more, on a new connection, and not a third time.
        let first = admin.wait_for(&at.application, ACTIVE, 1);
        assert_eq!(admin.terminate(&at.application, ACTIVE), 1);
        let second = admin.wait_for(&at.application, ACTIVE, 1);
        assert_ne!(first, second);
        assert_eq!(admin.terminate(&at.application, ACTIVE), 1);
        is_lost(read.join().unwrap());
    });
    assert_eq!(names(&db).unwrap(), ["Ann"]);
}

#[test]
fn in_a_transaction() {
    let (at, db, mut admin) = start(module_path!());
    account("Ann").save(&db).unwrap();
    // Between two statements: the second one tells.
    is_lost(db.atomic(|tx| {
        account("Bob").save(tx)?;
        admin.terminate(&at.application, "true");
        account("Cid").save(tx)
    }));
    // Before the end: COMMIT tells.
    is_lost(db.atomic(|tx| {
        account("Bob").save(tx)?;
        admin.terminate(&at.application, "true");
        Ok(())
    }));
    // Passed over: nothing can be saved, and COMMIT tells still.
    is_lost(db.atomic(|tx| {
        account("Bob").save(tx)?;
        admin.terminate(&at.application, "true");
        is_lost(account("Cid").save(tx));
        is_lost(account("Dan").save(tx));
        Ok(())
    }));
    // In a savepoint: it takes the transaction with it.
    is_lost(db.atomic(|tx| {
        account("Bob").save(tx)?;
        is_lost(tx.atomic(|sp| {
            account("Cid").save(sp)?;
            admin.terminate(&at.application, "true");
            names(sp)
        }));
        account("Dan").save(tx)
    }));
    // A closure that does not care gives its own error.
    let own: Result<()> = db.atomic(|_| {
        admin.terminate(&at.application, "true");
        Err(Error::custom("mine"))
    });
    assert_eq!(own.unwrap_err().to_string(), "mine");
    assert_eq!(names(&db).unwrap(), ["Ann"]);
    db.atomic(|tx| account("Eve").save(tx)).unwrap();
    assert_eq!(names(&db).unwrap(), ["Ann", "Eve"]);
}

#[test]
fn hooks_of_a_transaction_that_was_lost_do_not_run() {
    let (at, db, mut admin) = start(module_path!());
    is_lost(db.atomic(|tx| {
        tx.on_commit(|| panic!("it has not been committed"));
        account("Ann").save(tx)?;
        admin.terminate(&at.application, "true");
        Ok(())
    }));
    assert!(names(&db).unwrap().is_empty());
}

#[test]
fn in_the_midst_of_an_iterator() {
    let (at, db, mut admin) = start(module_path!());
    Account::objects()
        .bulk_create(&db, (0..10).map(|n| account(&format!("{n}"))))
        .unwrap();
    let mut rows = Account::objects().iterator(&db).unwrap().chunk_size(4);
    for _ in 0..4 {
        rows.next().unwrap().unwrap();
    }
    admin.terminate(&at.application, "true");
    is_lost(rows.next().unwrap());
    assert!(rows.next().is_none());
    assert_eq!(names(&db).unwrap().len(), 10);
    // One that is dropped after the loss.
    let mut rows = Account::objects().iterator(&db).unwrap().chunk_size(4);
    rows.next().unwrap().unwrap();
    admin.terminate(&at.application, "true");
    drop(rows);
    account("Ann").save(&db).unwrap();
    assert_eq!(names(&db).unwrap().len(), 11);
}

#[test]
fn a_transaction_that_was_lost_is_not_run_again() {
    let (at, db, mut admin) = start(module_path!());
    let runs = std::cell::Cell::new(0);
    is_lost(db.atomic_with(Isolation::Serializable.retries(5), |tx| {
        runs.set(runs.get() + 1);
        account("Ann").save(tx)?;
        admin.terminate(&at.application, "true");
        Ok(())
    }));
    // Of a COMMIT that got no answer nobody knows whether it was done.
    assert_eq!(runs.get(), 1);
}
