//! Connections among threads, their limits and their deaths.
#![allow(clippy::unit_arg, reason = "`Ok(log.push(x))` reads well in a closure")]

mod common;

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use common::{count, numbers, on_each, on_each_with};
use orm_backends::{Database, Router};
use orm_core::error::{Error, Result};
use orm_core::executor::{Executor, Flow};

#[test]
fn many_threads_read_and_write() {
    on_each_with(
        |builder| builder.max_connections(4),
        |test| {
            numbers(&test.db, 1);
            thread::scope(|scope| {
                for worker in 0..8_i64 {
                    let db = test.db.clone();
                    scope.spawn(move || {
                    for step in 0..25 {
                        let id = 100 + worker * 100 + step;
                        if step % 2 == 0 {
                            db.execute("INSERT INTO t VALUES (CAST(? AS BIGINT), 0)", (id,)).unwrap();
                        } else {
                            db.atomic(|tx| {
                                let (sum,) = tx.query::<(i64,)>("SELECT a FROM t WHERE id = 1", ())?[0];
                                tx.execute("INSERT INTO t VALUES (CAST(? AS BIGINT), CAST(? AS BIGINT))", (id, sum))
                            })
                            .unwrap();
                        }
                        assert!(count(&db) > step);
                    }
                });
                }
            });
            assert_eq!(count(&test.db), 201);
        },
    );
}

#[test]
fn increments_of_transactions_do_not_get_lost() {
    common::on_each(|test| {
        if test.is_postgres() {
            return;
        }
        numbers(&test.db, 1);
        thread::scope(|scope| {
            for _ in 0..4 {
                let db = test.db.clone();
                scope.spawn(move || {
                    for _ in 0..50 {
                        db.atomic(|tx| {
                            let (a,) = tx.query::<(i64,)>("SELECT a FROM t", ())?[0];
                            tx.execute("UPDATE t SET a = ?", (a + 1,))
                        })
                        .unwrap();
                    }
                });
            }
        });
        assert_eq!(
            test.db.query::<(i64,)>("SELECT a FROM t", ()).unwrap(),
            [(201,)]
        );
    });
}

#[test]
fn a_database_in_memory_is_one_for_all_clones_and_threads() {
    let db = Database::connect("sqlite::memory:").unwrap();
    numbers(&db, 5);
    let clone = db.clone();
    assert_eq!(thread::spawn(move || count(&clone)).join().unwrap(), 5);
    let other = Database::connect("sqlite::memory:").unwrap();
    assert!(other.query::<(i64,)>("SELECT a FROM t", ()).is_err());
}

#[test]
fn waiting_for_a_connection_ends() {
    on_each_with(
        |builder| {
            builder
                .max_connections(1)
                .acquire_timeout(Duration::from_millis(50))
        },
        |test| {
            numbers(&test.db, 1);
            let (held, done) = (Barrier::new(2), Barrier::new(2));
            thread::scope(|scope| {
                scope.spawn(|| {
                    test.db
                        .atomic(|_| {
                            held.wait();
                            done.wait();
                            Ok(())
                        })
                        .unwrap();
                });
                held.wait();
                let error = test.db.query::<(i64,)>("SELECT 1", ()).unwrap_err();
                assert!(matches!(error, Error::PoolTimeout { .. }), "{error:?}");
                assert!(error.to_string().contains("other threads"), "{error}");
                done.wait();
            });
            assert_eq!(count(&test.db), 1);
        },
    );
}

#[test]
fn a_second_writer_of_another_process_waits_and_then_gives_up() {
    let test = common::file(|builder| builder.busy_timeout(Duration::from_millis(60)));
    numbers(&test.db, 1);
    // Another handle has a pool and a gate of its own, as another process has.
    let other = test.again();
    other
        .atomic(|tx| {
            tx.execute("UPDATE t SET a = 2", ())?;
            let start = Instant::now();
            let refused = test.db.execute("UPDATE t SET a = 3", ());
            assert!(
                matches!(refused, Err(Error::LockTimeout { .. })),
                "{refused:?}"
            );
            assert!(start.elapsed() >= Duration::from_millis(50));
            assert_eq!(test.db.query::<(i64,)>("SELECT a FROM t", ())?, [(1,)]);
            Ok(())
        })
        .unwrap();
    assert_eq!(test.db.execute("UPDATE t SET a = 3", ()).unwrap(), 1);
}

#[test]
fn statements_that_take_too_long() {
    on_each_with(
        |builder| builder.statement_timeout(Duration::from_millis(80)),
        |test| {
            let forever = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n WHERE i < 0";
            for _ in 0..2 {
                let error = test.db.query::<(i64,)>(forever, ()).unwrap_err();
                assert!(matches!(error, Error::StatementTimeout { .. }), "{error:?}");
            }
            // The time counts for each statement, not for the connection.
            thread::sleep(Duration::from_millis(100));
            assert_eq!(
                test.db
                    .query::<(i64,)>("SELECT CAST(1 AS BIGINT)", ())
                    .unwrap(),
                [(1,)]
            );
        },
    );
}

#[test]
fn a_router_reads_on_replicas_and_writes_on_the_primary() {
    on_each(|test| {
        let replica = common::memory(|builder| builder);
        numbers(&test.db, 1);
        numbers(&replica.db, 2);
        let router = Router::new(test.db.clone());
        assert_eq!(count(&router), 1);
        let router = router.replica(replica.db.clone());
        if test.is_postgres() {
            assert!(matches!(
                router.query::<(i64,)>("SELECT 1", ()),
                Err(Error::Unsupported { .. })
            ));
            return;
        }
        assert_eq!(count(&router), 2);
        router.execute("INSERT INTO t VALUES (7, 7)", ()).unwrap();
        assert_eq!((count(&router), count(&test.db)), (2, 2));
        router.atomic(|tx| Ok(assert_eq!(count(tx), 2))).unwrap();
        Executor::atomic(&router, &mut |tx| {
            tx.execute(&common::command("DELETE FROM t", &[])).map(drop)
        })
        .unwrap();
        assert_eq!((count(&test.db), count(&replica.db)), (0, 2));
        let ((), log) = router
            .capture(|db| {
                db.execute("DELETE FROM t", ())
                    .map(|_| assert_eq!(count(db), 2))
            })
            .unwrap();
        assert_eq!(log.len(), 2);
    });
}

#[cfg(feature = "postgres")]
mod postgres {
    use super::*;

    fn pid(db: &Database) -> Result<i32> {
        Ok(db.query::<(i32,)>("SELECT pg_backend_pid()", ())?[0].0)
    }

    fn kill(admin: &Database, pid: i32) {
        admin
            .query::<(bool,)>("SELECT pg_terminate_backend(?)", (pid,))
            .unwrap();
        thread::sleep(Duration::from_millis(50));
    }

    #[test]
    fn after_a_killed_connection_the_next_call_works() {
        let test = common::postgres(|builder| builder);
        let admin = test.again();
        numbers(&test.db, 1);
        let first = pid(&test.db).unwrap();
        kill(&admin, first);
        // A read needs no second call.
        let second = pid(&test.db).unwrap();
        assert_ne!(first, second);
        kill(&admin, second);
        let error = test.db.execute("UPDATE t SET a = 2", ()).unwrap_err();
        assert!(matches!(error, Error::Connection { .. }), "{error:?}");
        test.db.execute("UPDATE t SET a = 3", ()).unwrap();
        kill(&admin, pid(&test.db).unwrap());
        test.db
            .atomic(|tx| tx.execute("UPDATE t SET a = 4", ()))
            .unwrap();
        kill(&admin, pid(&test.db).unwrap());
        common::drain(&test.db, "SELECT a FROM t", 10, |_| Ok(())).unwrap();
        // In the middle of a transaction there is nothing to save.
        let error = test.db.atomic(|tx| {
            tx.execute("UPDATE t SET a = 5", ())?;
            kill(
                &admin,
                tx.query::<(i32,)>("SELECT pg_backend_pid()", ())?[0].0,
            );
            tx.execute("UPDATE t SET a = 6", ())
        });
        assert!(matches!(error, Err(Error::Connection { .. })), "{error:?}");
        assert_eq!(
            test.db.query::<(i64,)>("SELECT a FROM t", ()).unwrap(),
            [(4,)]
        );
    }

    /// Shows numbers until `each` wants no more.
    fn show(
        db: &dyn Executor,
        sql: &str,
        mut each: impl FnMut(i32) -> Result<Flow>,
    ) -> Result<u64> {
        let command = orm_core::executor::Command {
            writes: false,
            ..common::command(sql, &[])
        };
        db.query(&command, &mut |row| {
            each(orm_core::raw::RawRow::read(row).map(|(n,): (i32,)| n)?)
        })
    }

    #[test]
    fn no_row_is_shown_twice_where_the_connection_dies_among_them() {
        let test = common::postgres(|builder| builder);
        let sql = "SELECT CASE WHEN n = 50000 AND pg_terminate_backend(pg_backend_pid()) THEN 0 ELSE n END \
                   FROM generate_series(1, 200000) AS n";
        // Also where the statement is prepared.
        for _ in 0..3 {
            let mut seen = Vec::new();
            let error = show(&test.db, sql, |n| {
                seen.push(n);
                Ok(Flow::Continue)
            });
            assert!(matches!(error, Err(Error::Connection { .. })), "{error:?}");
            assert!((1_000..60_000).contains(&seen.len()), "{}", seen.len());
            assert!(seen.is_sorted_by(|a, b| a < b));
        }
        pid(&test.db).unwrap();
    }

    #[test]
    fn what_goes_wrong_behind_rows_counts() {
        let test = common::postgres(|builder| builder.max_connections(1));
        let fails = "SELECT 1 / (50000 - n) FROM generate_series(1, 60000) AS n";
        let first = pid(&test.db).unwrap();
        for flow in [Flow::Continue, Flow::Stop] {
            let mut shown = 0;
            let error = show(&test.db, fails, |_| {
                shown += 1;
                Ok(flow)
            });
            assert!(
                matches!(&error, Err(Error::Database { code, .. }) if code == "22012"),
                "{error:?}"
            );
            assert_eq!(shown == 1, flow == Flow::Stop);
        }
        // An error of whom they are shown to, and no more wanted: the connection is at the end of the answer all the same.
        let all = "SELECT n FROM generate_series(1, 60000) AS n";
        let mut seen = 0;
        let error = show(&test.db, all, |n| {
            seen = n;
            match n {
                40_000 => Err(Error::DoesNotExist { model: "Test" }),
                _ => Ok(Flow::Continue),
            }
        });
        assert!(matches!(error, Err(Error::DoesNotExist { .. })));
        assert_eq!(seen, 40_000);
        assert_eq!(show(&test.db, all, |_| Ok(Flow::Stop)).unwrap(), 1);
        assert_eq!(show(&test.db, all, |_| Ok(Flow::Continue)).unwrap(), 60_000);
        assert_eq!(pid(&test.db).unwrap(), first);
    }

    #[test]
    fn connections_are_set_up() {
        let test = common::postgres(|builder| {
            builder
                .application_name("shop")
                .statement_timeout(Duration::from_secs(7))
        });
        let settings = "SELECT current_setting('TimeZone'), current_setting('statement_timeout'), \
                        current_setting('application_name')";
        let expected = ("UTC".to_owned(), "7s".to_owned(), "shop".to_owned());
        assert_eq!(
            test.db
                .query::<(String, String, String)>(settings, ())
                .unwrap(),
            [expected]
        );
    }

    #[test]
    fn serialization_failures_and_deadlocks_are_told_and_tried_again() {
        let test = common::postgres(|builder| builder);
        numbers(&test.db, 2);
        let barrier = Barrier::new(2);
        let increment = |first: bool| {
            test.db
                .atomic_with(orm_backends::Isolation::Serializable.retries(10), |tx| {
                    let (sum,) = tx.query::<(i64,)>("SELECT CAST(sum(a) AS BIGINT) FROM t", ())?[0];
                    if sum == 3 {
                        barrier.wait();
                    }
                    tx.execute(
                        "UPDATE t SET a = a + 1 WHERE id = CAST(? AS BIGINT)",
                        (if first { 1 } else { 2 },),
                    )
                })
        };
        thread::scope(|scope| {
            let other = scope.spawn(|| increment(true));
            increment(false).unwrap();
            other.join().unwrap().unwrap();
        });
        assert_eq!(
            test.db
                .query::<(i64,)>("SELECT a FROM t ORDER BY id", ())
                .unwrap(),
            [(2,), (3,)]
        );
    }

    #[test]
    fn lock_timeouts_and_changed_tables() {
        let test = common::postgres(|builder| builder);
        numbers(&test.db, 1);
        let error = test.db.atomic(|tx| {
            tx.execute("UPDATE t SET a = 2", ())?;
            test.db
                .query::<(i64,)>("SELECT a FROM t FOR UPDATE NOWAIT", ())
        });
        assert!(matches!(error, Err(Error::LockTimeout { .. })), "{error:?}");
        // A prepared `*` whose columns change is prepared anew.
        for _ in 0..3 {
            test.db.query::<(i64, i64)>("SELECT * FROM t", ()).unwrap();
        }
        test.db
            .execute_batch("ALTER TABLE t ADD COLUMN b INT DEFAULT 5")
            .unwrap();
        assert_eq!(
            test.db
                .query::<(i64, i64, i32)>("SELECT * FROM t", ())
                .unwrap(),
            [(1, 1, 5)]
        );
    }
}
