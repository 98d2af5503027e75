//! Recording statements.

mod common;

use common::{drain, numbers, on_each};
use orm_backends::assert_queries;
use orm_core::error::{Error, Result};
use orm_core::value::Value;

#[test]
fn everything_through_the_handle_is_recorded_and_nothing_else() {
    on_each(|test| {
        numbers(&test.db, 3);
        let line = line!() + 6;
        let (rows, log) = test
            .db
            .capture(|db| {
                test.db.query::<(i64,)>("SELECT 1", ())?;
                let rows =
                    db.query::<(i64,)>("SELECT a FROM t WHERE a > CAST(? AS BIGINT)", (1_i64,))?;
                db.atomic(|tx| {
                    tx.execute("DELETE FROM t WHERE a = 1", ())?;
                    tx.atomic(|sp| drain(sp, "SELECT a FROM t", 1, |_| Ok(())))
                })?;
                Ok(rows)
            })
            .unwrap();
        assert_eq!(rows.len(), 2);
        assert_eq!((log.len(), log.queries().len()), (3, 3));
        let first = &log[0];
        assert!(
            first.sql.starts_with("SELECT a FROM t WHERE a > CAST("),
            "{}",
            first.sql
        );
        assert_eq!(
            (&first.params[..], first.rows, first.error.as_deref()),
            (&[Value::I64(1)][..], 2, None)
        );
        assert_eq!((first.caller.line(), first.caller.file()), (line, file!()));
        assert_eq!(log[1].rows, 1);
        assert_eq!((log[2].sql.as_str(), log[2].rows), ("SELECT a FROM t", 2));
        let control: Vec<_> = log
            .all()
            .iter()
            .filter(|s| s.control)
            .map(|s| s.sql.split(' ').next().unwrap())
            .collect();
        let mut expected = vec!["BEGIN", "SAVEPOINT", "RELEASE", "COMMIT"];
        if test.is_postgres() {
            expected.splice(2..2, ["FETCH", "FETCH", "FETCH", "CLOSE"]);
        }
        assert_eq!(control, expected);
        assert!(log.total_time() >= first.duration);
    });
}

#[test]
fn what_goes_past_a_recording_is_counted() {
    on_each(|test| {
        numbers(&test.db, 3);
        let (db, sql) = (&test.db, "SELECT a FROM t");
        let other = orm_backends::Database::connect("sqlite::memory:").unwrap();
        let (_, log) = db
            .capture(|_| {
                drain(db, sql, 1, |_| Ok(()))?;
                db.atomic(|tx| tx.query::<(i64,)>(sql, ()))?;
                // Of another database, and of another thread.
                other.query::<(i64,)>("SELECT 1", ())?;
                std::thread::scope(|scope| {
                    scope
                        .spawn(|| db.query::<(i64,)>(sql, ()).unwrap())
                        .join()
                        .unwrap();
                });
                Ok(())
            })
            .unwrap();
        assert_eq!((log.len(), log.missed()), (0, 2));
        assert!(log.to_string().starts_with("2 not recorded"), "{log}");
        // What the inner one misses the outer one has.
        let (inner, outer) = db
            .capture(|db| Ok(db.capture(|_| db.query::<(i64,)>(sql, ()))?.1))
            .unwrap();
        assert_eq!((inner.len(), inner.missed()), (0, 1));
        assert_eq!((outer.len(), outer.missed()), (1, 0));
        // It is over when the recording is, however it ends.
        let _ = db.capture(|_| Err::<(), _>(Error::custom("no")));
        let recording = orm_backends::Recording::of(db);
        drop(orm_backends::Recording::of(db));
        db.query::<(i64,)>(sql, ()).unwrap();
        assert_eq!(recording.finish().missed(), 1);
    });
}

#[test]
fn a_router_misses_what_its_replicas_run() {
    on_each(|test| {
        numbers(&test.db, 3);
        let replica = orm_backends::Database::connect("sqlite::memory:").unwrap();
        let router = orm_backends::Router::new(test.db.clone()).replica(replica.clone());
        let (_, log) = router
            .capture(|_| {
                replica.query::<(i64,)>("SELECT 1", ())?;
                test.db.query::<(i64,)>("SELECT a FROM t", ())
            })
            .unwrap();
        assert_eq!((log.len(), log.missed()), (0, 2));
    });
}

#[test]
fn nested_recordings_and_errors() {
    on_each(|test| {
        numbers(&test.db, 3);
        let ((), outer) = test
            .db
            .capture(|db| {
                db.query::<(i64,)>("SELECT a FROM t", ())?;
                let ((), inner) = db.capture(|db| {
                    let _ = db.query::<(i64,)>("SELECT b FROM t", ());
                    db.atomic(|tx| {
                        tx.capture(|tx| tx.query::<(i64,)>("SELECT a FROM t", ()))
                            .map(|(_, log)| assert_eq!(log.len(), 1))
                    })
                })?;
                assert_eq!(inner.len(), 2);
                assert!(inner[0].error.is_some());
                db.capture(|db| drain(db, "SELECT a FROM t", 2, |_| Ok(())))
                    .map(drop)
            })
            .unwrap();
        assert_eq!(
            outer
                .iter()
                .map(|statement| statement.rows)
                .collect::<Vec<_>>(),
            [3, 0, 3, 3]
        );
        assert!(outer.to_string().contains("failed"), "{outer}");
    });
}

#[test]
fn duplicates_and_queries_in_loops() {
    on_each(|test| {
        numbers(&test.db, 3);
        let sql = "SELECT a FROM t WHERE id = CAST(? AS BIGINT)";
        let ((), log) = test
            .db
            .capture(|db| {
                for id in 1..=3_i64 {
                    db.query::<(i64,)>(sql, (id,))?;
                }
                db.query::<(i64,)>(sql, (3_i64,))?;
                Ok(())
            })
            .unwrap();
        let repeated = log.n_plus_one();
        assert_eq!((repeated.len(), repeated[0].count), (1, 3));
        let duplicates = log.duplicates();
        assert_eq!(
            (
                duplicates.len(),
                duplicates[0].count,
                duplicates[0].callers.len()
            ),
            (1, 2, 2)
        );
    });
}

#[test]
fn assert_queries_counts_and_names_the_statements() {
    fn by_reference(db: &orm_backends::Database) -> Result<()> {
        let rows = assert_queries!(db, 1, { db.query::<(i64,)>("SELECT a FROM t", ())? });
        assert_eq!(rows.len(), 3);
        db.atomic(|tx| {
            assert_queries!(tx, 2, {
                tx.query::<(i64,)>("SELECT a FROM t", ())?;
                tx.atomic(|sp| sp.query::<(i64,)>("SELECT a FROM t", ()).map(drop))?;
            });
            Ok(())
        })
    }
    on_each(|test| {
        numbers(&test.db, 3);
        by_reference(&test.db).unwrap();
        let db = test.db.clone();
        assert_queries!(&db, 0, {});
        let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            assert_queries!(db, 2, {
                db.execute("DELETE FROM t WHERE a = CAST(? AS BIGINT)", (4711_i64,))
                    .unwrap()
            });
        }));
        let panic = panic.unwrap_err();
        let message: &String = panic.downcast_ref().unwrap();
        assert!(
            message.contains("expected 2 queries, but 1 ran") && message.contains("DELETE FROM t"),
            "{message}"
        );
        assert!(!message.contains("4711"), "{message}");
    });
}

#[test]
fn a_failing_closure_gives_its_error() {
    on_each(|test| {
        let failed = test.db.capture(|_| Err::<(), _>(Error::custom("no")));
        assert_eq!(failed.map(|_| ()).unwrap_err().to_string(), "no");
    });
}

mod tracing_events {
    use std::fmt::{Debug, Write};
    use std::sync::{Arc, Mutex};

    use tracing::field::{Field, Visit};
    use tracing::span::{Attributes, Id, Record};
    use tracing::{Event, Metadata, Subscriber};

    /// Writes every event of ours down.
    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<String>>);

    impl Visit for Written {
        fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
            write!(self.0.lock().unwrap(), "{field}={value:?} ").unwrap();
        }
    }

    impl Subscriber for Written {
        fn enabled(&self, metadata: &Metadata<'_>) -> bool {
            metadata.target() == "orm"
        }
        fn new_span(&self, _: &Attributes<'_>) -> Id {
            Id::from_u64(1)
        }
        fn record(&self, _: &Id, _: &Record<'_>) {}
        fn record_follows_from(&self, _: &Id, _: &Id) {}
        fn event(&self, event: &Event<'_>) {
            event.record(&mut self.clone());
        }
        fn enter(&self, _: &Id) {}
        fn exit(&self, _: &Id) {}
    }

    #[test]
    fn tracing_is_told_of_statements_but_not_of_values() {
        super::on_each(|test| {
            super::numbers(&test.db, 3);
            let written = Written::default();
            tracing::subscriber::with_default(written.clone(), || {
                test.db
                    .query::<(i64,)>("SELECT a FROM t WHERE a < CAST(? AS BIGINT)", (4711_i64,))
                    .unwrap();
                test.db
                    .query::<(i64,)>("SELECT b FROM t WHERE a = CAST(? AS BIGINT)", (4711_i64,))
                    .unwrap_err();
                super::drain(&test.db, "SELECT a FROM t", 2, |_| Ok(())).unwrap();
            });
            let text = written.0.lock().unwrap().clone();
            for part in [
                "statement sql=",
                "SELECT a FROM t WHERE a < CAST(",
                "rows=3",
                "elapsed=",
                "statement failed",
                "cursor",
            ] {
                assert!(text.contains(part), "{part} in {text}");
            }
            assert!(!text.contains("4711"), "{text}");
        });
    }
}
