//! Iterators: streaming, what they see, and what they hold.
#![allow(clippy::unit_arg, reason = "`Ok(log.push(x))` reads well in a closure")]

mod common;

use std::time::Instant;

use common::{command, count, drain, numbers, on_each, on_each_with};
use orm_core::error::Error;
use orm_core::executor::{Executor, Flow};
use orm_core::value::Value;

const ALL: &str = "SELECT a FROM t ORDER BY id";

#[test]
fn all_rows_come_in_order_whatever_the_chunk() {
    on_each(|test| {
        numbers(&test.db, 100);
        for chunk in [1, 7, 50, 100, 1000] {
            let mut seen = Vec::new();
            drain(&test.db, ALL, chunk, |n| Ok(seen.push(n))).unwrap();
            assert_eq!(seen, (1..=100).collect::<Vec<_>>(), "chunks of {chunk}");
            let mut seen = Vec::new();
            test.db
                .atomic(|tx| drain(tx, ALL, chunk, |n| Ok(seen.push(n))))
                .unwrap();
            assert_eq!(seen.len(), 100);
        }
    });
}

#[test]
fn parameters_an_empty_answer_and_an_early_end() {
    on_each(|test| {
        numbers(&test.db, 10);
        let sql = if test.is_postgres() {
            "SELECT a FROM t WHERE id > $1"
        } else {
            "SELECT a FROM t WHERE id > ?"
        };
        for (above, expected) in [(7, 3), (10, 0)] {
            let params = [Value::I64(above)];
            let mut cursor = test.db.cursor(&command(sql, &params), 2).unwrap();
            let mut rows = 0;
            while cursor
                .next_chunk(&mut |_| {
                    rows += 1;
                    Ok(Flow::Continue)
                })
                .unwrap()
            {}
            assert_eq!(rows, expected);
            // Once more behind the end.
            assert!(!cursor.next_chunk(&mut |_| panic!("no more rows")).unwrap());
        }
        let mut cursor = test.db.cursor(&command(ALL, &[]), 3).unwrap();
        cursor.next_chunk(&mut |_| Ok(Flow::Continue)).unwrap();
        drop(cursor);
        // The same statement can be run anew at once: nothing of the first run is left.
        let mut seen = Vec::new();
        drain(&test.db, ALL, 3, |n| Ok(seen.push(n))).unwrap();
        assert_eq!(seen.len(), 10);
        test.db.execute("DELETE FROM t", ()).unwrap();
    });
}

#[test]
fn a_loop_may_write_what_it_reads() {
    on_each(|test| {
        numbers(&test.db, 20);
        let db = &test.db;
        let mut seen = Vec::new();
        // New rows come behind the last one: an iterator that saw them would never end.
        drain(db, ALL, 4, |n| {
            seen.push(n);
            db.execute(
                "UPDATE t SET a = a + 1000 WHERE a > CAST(? AS BIGINT)",
                (n,),
            )?;
            db.execute("INSERT INTO t VALUES (CAST(? AS BIGINT), 5)", (n + 100,))
                .map(drop)
        })
        .unwrap();
        assert_eq!(seen, (1..=20).collect::<Vec<_>>());
        assert_eq!(count(db), 40);
        db.atomic(|tx| {
            let mut seen = 0;
            drain(tx, ALL, 4, |_| {
                seen += 1;
                tx.atomic(|sp| {
                    sp.execute("DELETE FROM t", ())?;
                    Err::<(), _>(Error::custom("undo"))
                })
                .unwrap_err();
                tx.execute(
                    "INSERT INTO t VALUES (CAST(? AS BIGINT), 6)",
                    (1000 + seen,),
                )
                .map(drop)
            })?;
            assert_eq!(seen, 40);
            Ok(())
        })
        .unwrap();
        assert_eq!(count(db), 80);
    });
}

#[test]
fn two_at_once_and_one_within_the_other() {
    on_each(|test| {
        numbers(&test.db, 6);
        let mut pairs = 0;
        drain(&test.db, ALL, 2, |_| {
            drain(&test.db, ALL, 2, |_| Ok(pairs += 1))
        })
        .unwrap();
        assert_eq!(pairs, 36);
        test.db
            .atomic(|tx| drain(tx, ALL, 2, |_| drain(tx, ALL, 2, |_| Ok(pairs += 1))))
            .unwrap();
        assert_eq!(pairs, 72);
    });
}

#[test]
fn an_error_in_the_middle_leaves_the_connection_usable() {
    on_each(|test| {
        numbers(&test.db, 10);
        let failed = drain(&test.db, ALL, 3, |n| {
            if n == 5 {
                Err(Error::custom("no"))
            } else {
                Ok(())
            }
        });
        assert_eq!(failed.unwrap_err().to_string(), "no");
        let mut cursor = test.db.cursor(&command(ALL, &[]), 3).unwrap();
        assert!(
            cursor
                .next_chunk(&mut |_| Err(Error::custom("row")))
                .is_err()
        );
        drop(cursor);
        assert!(matches!(
            test.db
                .cursor(&command("SELECT nothing FROM t", &[]), 3)
                .map(drop),
            Err(Error::Database { .. })
        ));
        assert_eq!(test.db.execute("DELETE FROM t", ()).unwrap(), 10);
        // In a transaction, one that stays open while the transaction rolls back.
        let failed = test.db.atomic(|tx| {
            drain(tx, "SELECT 1 UNION ALL SELECT 2", 1, |_| {
                Err(Error::custom("no"))
            })
        });
        assert!(failed.is_err());
    });
}

#[test]
fn a_query_without_a_connection_left_fails_at_once() {
    on_each_with(
        |builder| builder.max_connections(1),
        |test| {
            numbers(&test.db, 10);
            let start = Instant::now();
            let failed = drain(&test.db, ALL, 3, |_| {
                test.db.query::<(i64,)>("SELECT 1", ()).map(drop)
            });
            let error = failed.unwrap_err();
            assert!(matches!(error, Error::PoolTimeout { .. }), "{error:?}");
            assert!(
                error
                    .to_string()
                    .contains("this thread holds all of them itself"),
                "{error}"
            );
            let failed = test.db.atomic(|_| drain(&test.db, ALL, 3, |_| Ok(())));
            assert!(matches!(failed, Err(Error::PoolTimeout { .. })));
            assert!(start.elapsed().as_secs() < 3);
            // A finished iterator holds nothing, though it is still there.
            let mut cursor = test.db.cursor(&command(ALL, &[]), 100).unwrap();
            assert!(!cursor.next_chunk(&mut |_| Ok(Flow::Continue)).unwrap());
            assert_eq!(count(&test.db), 10);
            drop(cursor);
            assert_eq!(count(&test.db), 10);
        },
    );
}
