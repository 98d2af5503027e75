//! Transactions of PostgreSQL that are in each other's way: deadlocks, serialization failures, locks that are not to be had.

use std::sync::Barrier;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use orm::prelude::*;

use crate::models::*;
use crate::place::{Place, with_option};

fn start(path: &'static str) -> (Place, Database) {
    let at = Place::postgres(path);
    let db = at.open();
    for name in ["Ann", "Bob"] {
        account(name).save(&db).unwrap();
    }
    (at, db)
}

fn add(tx: &Transaction<'_>, name: &str, amount: i64) -> Result<u64> {
    Account::objects()
        .filter(Account::name.eq(name))
        .update(tx, Account::balance.set(Account::balance + amount))
}

/// Two threads run `work` with both orders of the accounts. It is given a barrier for the first try of each.
fn both_ways<T: Send>(work: impl Fn([&str; 2], &dyn Fn()) -> Result<T> + Sync) -> [Result<T>; 2] {
    let barrier = Barrier::new(2);
    thread::scope(|scope| {
        let run = |order: [&'static str; 2]| {
            let (work, barrier) = (&work, &barrier);
            move || {
                let first = std::cell::Cell::new(true);
                work(order, &|| {
                    if first.replace(false) {
                        barrier.wait();
                    }
                })
            }
        };
        let other = scope.spawn(run(["Ann", "Bob"]));
        let own = run(["Bob", "Ann"])();
        [other.join().unwrap(), own]
    })
}

#[test]
fn of_a_deadlock_one_transaction_ends_and_the_other_commits() {
    let (_at, db) = start(module_path!());
    let results = both_ways(|[first, second], meet| {
        db.atomic(|tx| {
            add(tx, first, 1)?;
            meet();
            add(tx, second, 1)
        })
    });
    let (done, ended): (Vec<_>, Vec<_>) = results.into_iter().partition(|result| result.is_ok());
    assert_eq!((done.len(), ended.len()), (1, 1), "{done:?} {ended:?}");
    assert!(matches!(
        ended[0],
        Err(Error::Deadlock {
            backend: "PostgreSQL"
        })
    ));
    assert_eq!(balance(&db, "Ann").unwrap(), 1);
    assert_eq!(balance(&db, "Bob").unwrap(), 1);
}

#[test]
fn after_a_deadlock_the_transaction_is_tried_again() {
    let (_at, db) = start(module_path!());
    let runs = AtomicU32::new(0);
    let results = both_ways(|[first, second], meet| {
        db.atomic_with(orm::TransactionOptions::default().retries(5), |tx| {
            runs.fetch_add(1, Ordering::SeqCst);
            add(tx, first, 1)?;
            meet();
            add(tx, second, 1)
        })
    });
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    assert!(runs.load(Ordering::SeqCst) > 2);
    assert_eq!(balance(&db, "Ann").unwrap(), 2);
    assert_eq!(balance(&db, "Bob").unwrap(), 2);
}

/// Each may take from one account as long as both together have enough: a rule that only serializable transactions keep.
fn withdraw(tx: &Transaction<'_>, from: &str, meet: &dyn Fn()) -> Result<bool> {
    let accounts = Account::objects().all(tx)?;
    let together: i64 = accounts.iter().map(|account| account.balance).sum();
    meet();
    if together < 100 {
        return Ok(false);
    }
    add(tx, from, -100).map(|_| true)
}

#[test]
fn a_serialization_failure_is_told() {
    let (_at, db) = start(module_path!());
    Account::objects()
        .update(&db, Account::balance.set(60))
        .unwrap();
    let results = both_ways(|[from, _], meet| {
        db.atomic_with(Isolation::Serializable, |tx| withdraw(tx, from, meet))
    });
    let failed = results.iter().find_map(|result| result.as_ref().err());
    let failed = failed.expect("one of the two cannot be serialized");
    assert!(matches!(failed, Error::Serialization { .. }), "{failed:?}");
    assert!(failed.is_retryable());
    assert!(
        results.iter().any(|result| matches!(result, Ok(true))),
        "{results:?}"
    );
    let together: i64 = Account::objects()
        .all(&db)
        .unwrap()
        .iter()
        .map(|a| a.balance)
        .sum();
    assert_eq!(together, 20);
}

#[test]
fn after_a_serialization_failure_the_transaction_is_tried_again() {
    let (_at, db) = start(module_path!());
    Account::objects()
        .update(&db, Account::balance.set(60))
        .unwrap();
    let runs = AtomicU32::new(0);
    let results = both_ways(|[from, _], meet| {
        db.atomic_with(Isolation::Serializable.retries(10), |tx| {
            runs.fetch_add(1, Ordering::SeqCst);
            withdraw(tx, from, meet)
        })
    });
    // One took; the other, tried again, saw that nothing is left.
    let mut took = results.map(|result| result.unwrap());
    took.sort_unstable();
    assert_eq!(took, [false, true]);
    assert!(runs.load(Ordering::SeqCst) > 2);
}

#[test]
fn retries_end_with_the_error_of_the_last_try() {
    let (_at, db) = start(module_path!());
    let runs = std::cell::Cell::new(0);
    let failed: Result<()> = db.atomic_with(Isolation::Serializable.retries(3), |tx| {
        runs.set(runs.get() + 1);
        Account::objects().count(tx)?;
        // Every try meets a change that was made and committed since it began.
        Account::objects().update(&db, Account::balance.set(Account::balance + 1))?;
        add(tx, "Ann", 100).map(drop)
    });
    assert!(
        matches!(failed, Err(Error::Serialization { .. })),
        "{failed:?}"
    );
    assert_eq!(runs.get(), 4);
    assert_eq!(balance(&db, "Ann").unwrap(), 4);
}

#[test]
fn a_lock_is_waited_for_no_longer_than_the_lock_timeout() {
    let (at, db) = start(module_path!());
    let hasty = Database::connect(&with_option(at.url(), "lock_timeout=100ms")).unwrap();
    db.atomic(|tx| {
        add(tx, "Ann", 1)?;
        // A single statement, one of a transaction that takes its error along, and one that passes it over.
        let refused = Account::objects().update(&hasty, Account::balance.set(9));
        assert!(
            matches!(refused, Err(Error::LockTimeout { .. })),
            "{refused:?}"
        );
        let refused = hasty.atomic(|other| {
            add(other, "Bob", 5)?;
            add(other, "Ann", 5)
        });
        assert!(
            matches!(refused, Err(Error::LockTimeout { .. })),
            "{refused:?}"
        );
        hasty.atomic(|other| {
            add(other, "Bob", 7)?;
            let refused = other.atomic(|sp| add(sp, "Ann", 7));
            assert!(
                matches!(refused, Err(Error::LockTimeout { .. })),
                "{refused:?}"
            );
            Ok(())
        })?;
        let refused = hasty.atomic(|other| {
            Account::objects()
                .select_for_update()
                .nowait()
                .get(other, Account::name.eq("Ann"))
        });
        assert!(
            matches!(refused, Err(Error::LockTimeout { .. })),
            "{refused:?}"
        );
        Ok(())
    })
    .unwrap();
    hasty.atomic(|tx| add(tx, "Ann", 10)).unwrap();
    assert_eq!(balance(&db, "Ann").unwrap(), 11);
    assert_eq!(balance(&db, "Bob").unwrap(), 7);
}

#[test]
fn a_table_that_changes_under_a_prepared_statement_is_a_conflict() {
    let at = Place::postgres(module_path!());
    // With a single connection, so that the statement is known to it.
    let db = at.open_with(|builder| builder.max_connections(1));
    account("Ann").save(&db).unwrap();
    let prepare = || {
        for _ in 0..3 {
            assert_eq!(balance(&db, "Ann").unwrap(), 0);
        }
    };
    let change = |to: &str| {
        let other = Database::connect(at.url()).unwrap();
        let sql = format!("ALTER TABLE account ALTER COLUMN balance TYPE {to}");
        other.execute_batch(&sql).unwrap();
    };
    prepare();
    change("integer");
    // Outside of a transaction it is prepared anew without further ado; inside, the server has ended the transaction.
    prepare();
    change("bigint");
    let failed = db.atomic(|tx| balance(tx, "Ann"));
    assert!(
        matches!(failed, Err(Error::Serialization { .. })),
        "{failed:?}"
    );
    assert_eq!(db.atomic(|tx| balance(tx, "Ann")).unwrap(), 0);
    prepare();
    change("integer");
    let runs = std::cell::Cell::new(0);
    let read = db.atomic_with(orm::TransactionOptions::default().retries(1), |tx| {
        runs.set(runs.get() + 1);
        balance(tx, "Ann")
    });
    assert_eq!((read.unwrap(), runs.get()), (0, 2));
}
