//! Transactions, savepoints, hooks and retries.

mod common;

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};

use common::{count, numbers, on_each};
use orm_backends::{Isolation, Transaction, TransactionOptions};
use orm_core::error::{Error, Result};
use orm_core::executor::Executor;

const INSERT: &str = "INSERT INTO t (id, a) VALUES (CAST(? AS BIGINT), 0)";

fn insert(tx: &Transaction<'_>, id: i64) -> Result<()> {
    tx.execute(INSERT, (id,)).map(drop)
}

#[test]
fn ok_commits_and_err_rolls_back() {
    on_each(|test| {
        numbers(&test.db, 2);
        let value = test
            .db
            .atomic(|tx| insert(tx, 10).map(|()| "value"))
            .unwrap();
        assert_eq!((value, count(&test.db)), ("value", 3));
        let error = test.db.atomic(|tx| {
            insert(tx, 11)?;
            assert_eq!(count(tx), 4);
            Err::<(), _>(Error::custom("no"))
        });
        assert_eq!(error.unwrap_err().to_string(), "no");
        assert_eq!(count(&test.db), 3);
    });
}

#[test]
fn a_panic_rolls_back_and_goes_on() {
    on_each(|test| {
        numbers(&test.db, 1);
        let hooks = Cell::new(0);
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            test.db.atomic(|tx| -> Result<()> {
                insert(tx, 10)?;
                tx.on_commit(|| hooks.set(1));
                panic!("in the middle")
            })
        }));
        assert_eq!(panicked.unwrap_err().downcast_ref(), Some(&"in the middle"));
        assert_eq!((count(&test.db), hooks.get()), (1, 0));
        // In a savepoint, the transaction around it goes on, should somebody catch the panic.
        test.db
            .atomic(|tx| {
                tx.on_commit(|| hooks.set(hooks.get() + 10));
                let panicked = catch_unwind(AssertUnwindSafe(|| {
                    tx.atomic(|sp| -> Result<()> {
                        insert(sp, 11)?;
                        sp.on_commit(|| hooks.set(100));
                        panic!()
                    })
                }));
                assert!(panicked.is_err());
                tx.atomic(|sp| insert(sp, 12))
            })
            .unwrap();
        assert_eq!((count(&test.db), hooks.get()), (2, 10));
    });
}

#[test]
fn savepoints_nest_to_any_depth() {
    fn nest(tx: &Transaction<'_>, depth: i64) -> Result<()> {
        insert(tx, 100 + depth)?;
        if depth == 20 {
            return Err(Error::custom("deep"));
        }
        match tx.atomic(|sp| nest(sp, depth + 1)) {
            // Every second level takes the error up.
            Err(error) if depth % 2 == 0 => Err(error),
            _ => Ok(()),
        }
    }
    on_each(|test| {
        numbers(&test.db, 1);
        test.db.atomic(|tx| nest(tx, 1)).unwrap();
        let kept = test
            .db
            .query::<(i64,)>("SELECT id FROM t WHERE id > 50 ORDER BY id", ())
            .unwrap();
        let expected: Vec<(i64,)> = (1..=19).map(|depth| (100 + depth,)).collect();
        assert_eq!(kept, expected);
    });
}

#[test]
fn hooks_run_after_the_outermost_commit_only() {
    on_each(|test| {
        numbers(&test.db, 1);
        let log = RefCell::new(Vec::new());
        let db = &test.db;
        db.atomic(|tx| {
            tx.on_commit(|| log.borrow_mut().push(format!("first {}", count(db))));
            tx.atomic(|sp| {
                sp.on_commit(|| log.borrow_mut().push("kept".to_owned()));
                insert(sp, 10)
            })?;
            let undone: Result<()> = tx.atomic(|sp| {
                sp.atomic(|inner| {
                    inner.on_commit(|| log.borrow_mut().push("undone".to_owned()));
                    Ok(())
                })?;
                Err(Error::custom("no"))
            });
            assert!(undone.is_err());
            assert!(log.borrow().is_empty());
            Ok(())
        })
        .unwrap();
        assert_eq!(*log.borrow(), ["first 2", "kept"]);
        let dropped = db.atomic(|tx| {
            tx.on_commit(|| log.borrow_mut().clear());
            Err::<(), _>(Error::custom("no"))
        });
        assert!(dropped.is_err());
        assert_eq!(log.borrow().len(), 2);
    });
}

#[test]
fn other_error_types_and_the_untyped_side() {
    #[derive(Debug)]
    enum Shop {
        Db,
        Closed,
    }
    impl From<Error> for Shop {
        fn from(_: Error) -> Self {
            Self::Db
        }
    }
    on_each(|test| {
        numbers(&test.db, 1);
        let closed = test.db.atomic_as::<Shop, ()>(|tx| {
            insert(tx, 5)?;
            Err(Shop::Closed)
        });
        assert!(matches!(closed, Err(Shop::Closed)));
        assert!(matches!(
            test.db.atomic_as::<Shop, _>(|tx| Ok(insert(tx, 1)?)),
            Err(Shop::Db)
        ));
        let executor: &dyn Executor = &test.db;
        executor
            .atomic(&mut |tx| {
                let failed = tx.atomic(&mut |sp| {
                    sp.execute(&common::command("INSERT INTO t (id) VALUES (7)", &[]))?;
                    Err(Error::custom("no"))
                });
                assert!(failed.is_err());
                tx.execute(&common::command("INSERT INTO t (id) VALUES (8)", &[]))
                    .map(drop)
            })
            .unwrap();
        assert_eq!(count(&test.db), 2);
    });
}

#[test]
fn a_failed_commit_is_an_error_and_rolls_back() {
    on_each(|test| {
        test.db
            .execute_batch(
                "CREATE TABLE t (id BIGINT PRIMARY KEY, a BIGINT REFERENCES t (id) DEFERRABLE INITIALLY DEFERRED)",
            )
            .unwrap();
        let ran = Cell::new(false);
        let failed = test.db.atomic(|tx| {
            tx.on_commit(|| ran.set(true));
            insert(tx, 10)
        });
        assert!(
            matches!(failed, Err(Error::ForeignKeyViolation { .. })),
            "{failed:?}"
        );
        assert!(!ran.get());
        assert_eq!(count(&test.db), 0);
        test.db
            .atomic(|tx| tx.execute("INSERT INTO t VALUES (1, 1)", ()).map(drop))
            .unwrap();
    });
}

#[test]
fn an_error_that_is_passed_over() {
    on_each(|test| {
        numbers(&test.db, 1);
        let result = test.db.atomic(|tx| {
            let _ = insert(tx, 1);
            Ok(())
        });
        // PostgreSQL has rolled back, and must not say that it committed.
        assert_eq!(result.is_err(), test.is_postgres());
        // In a savepoint the error can be passed over everywhere.
        test.db
            .atomic(|tx| {
                let taken = tx.atomic(|sp| insert(sp, 1));
                assert!(matches!(taken, Err(Error::UniqueViolation { .. })));
                insert(tx, 2)
            })
            .unwrap();
        assert_eq!(count(&test.db), 2);
    });
}

#[test]
fn retries_run_the_whole_closure_again() {
    on_each(|test| {
        numbers(&test.db, 1);
        let mut runs = 0;
        let serialization = || Err::<i32, _>(Error::Serialization { backend: "test" });
        let value = test
            .db
            .atomic_with(Isolation::Serializable.retries(3), |tx| {
                runs += 1;
                insert(tx, 10)?;
                if runs < 3 { serialization() } else { Ok(runs) }
            });
        assert_eq!(value.unwrap(), 3);
        assert_eq!(count(&test.db), 2);
        let mut runs = 0;
        let failed = test
            .db
            .atomic_with(Isolation::RepeatableRead.retries(1), |_| {
                runs += 1;
                serialization()
            });
        assert!(matches!(failed, Err(Error::Serialization { .. })));
        assert_eq!(runs, 2);
        let mut runs = 0;
        let other = test
            .db
            .atomic_with(Isolation::ReadCommitted.retries(5), |_| {
                runs += 1;
                Err::<(), _>(Error::custom("no"))
            });
        assert!(other.is_err() && runs == 1);
    });
}

#[test]
fn tables_can_be_made_anew_under_their_rows_keys() {
    on_each(|test| {
        test.db.execute_batch("CREATE TABLE p (id BIGINT PRIMARY KEY); CREATE TABLE t (id BIGINT REFERENCES p (id))").unwrap();
        test.db
            .execute_batch("INSERT INTO p VALUES (1); INSERT INTO t VALUES (1)")
            .unwrap();
        let options = TransactionOptions::default().schema_change();
        let result = test
            .db
            .atomic_with(options, |tx| tx.execute("DELETE FROM p", ()));
        assert_eq!(result.is_ok(), !test.is_postgres());
        // And afterwards the keys are enforced again.
        let orphan = test.db.execute("INSERT INTO t VALUES (99)", ());
        assert!(
            matches!(orphan, Err(Error::ForeignKeyViolation { .. })),
            "{orphan:?}"
        );
    });
}

#[test]
fn a_second_writer_of_the_same_thread_fails_at_once_on_sqlite() {
    on_each(|test| {
        numbers(&test.db, 1);
        let db = &test.db;
        let start = std::time::Instant::now();
        db.atomic(|tx| {
            insert(tx, 10)?;
            let outside = db.execute(INSERT, (11,));
            let nested = db.atomic(|tx| insert(tx, 12));
            if test.is_postgres() {
                assert!(outside.is_ok() && nested.is_ok());
            } else {
                assert!(
                    matches!(outside, Err(Error::LockTimeout { .. })),
                    "{outside:?}"
                );
                assert!(
                    matches!(nested, Err(Error::LockTimeout { .. })),
                    "{nested:?}"
                );
            }
            Ok(())
        })
        .unwrap();
        assert!(start.elapsed().as_secs() < 3);
        assert_eq!(count(db), if test.is_postgres() { 4 } else { 2 });
    });
}
