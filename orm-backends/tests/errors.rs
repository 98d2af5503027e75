//! The database's errors by kind, and raw SQL.

mod common;

use common::on_each;
use orm_core::error::{Error, ForeignKeyCause};

const TABLES: &str = "
    CREATE TABLE parent (id BIGINT PRIMARY KEY);
    CREATE TABLE book (
        id BIGINT PRIMARY KEY,
        title TEXT NOT NULL,
        author_id BIGINT CONSTRAINT book_author REFERENCES parent (id) ON DELETE RESTRICT,
        stock INTEGER CONSTRAINT stock_not_negative CHECK (stock >= 0),
        CONSTRAINT book_unique UNIQUE (author_id, title)
    );
    CREATE UNIQUE INDEX book_lower ON book (lower(title));
    INSERT INTO parent VALUES (1);
    INSERT INTO book VALUES (1, 'A', 1, 5);";

#[test]
fn constraints() {
    on_each(|test| {
        test.db.execute_batch(TABLES).unwrap();
        let fails = |sql: &str| {
            // Prepared or not, alone or in a transaction.
            let first = test.db.execute(sql, ()).unwrap_err();
            let second = test.db.execute(sql, ()).unwrap_err();
            let third = test.db.atomic(|tx| tx.execute(sql, ())).unwrap_err();
            assert_eq!(first.to_string(), second.to_string());
            assert_eq!(first.to_string(), third.to_string());
            first
        };
        match fails("INSERT INTO book VALUES (2, 'A', 1, 5)") {
            Error::UniqueViolation {
                constraint, fields, ..
            } if !test.is_postgres() => {
                // SQLite meets the index first.
                assert!(
                    constraint.as_deref() == Some("book_lower") || fields == ["author_id", "title"],
                    "{constraint:?} {fields:?}"
                );
            }
            Error::UniqueViolation {
                constraint, fields, ..
            } => {
                assert_eq!(
                    (constraint.as_deref(), fields.join("+").as_str()),
                    (Some("book_unique"), "author_id+title")
                );
            }
            other => panic!("{other:?}"),
        }
        match fails("INSERT INTO book VALUES (1, 'B', 1, 5)") {
            Error::UniqueViolation {
                model,
                table,
                constraint,
                fields,
                ..
            } => {
                assert_eq!((model, table.as_deref()), (None, Some("book")));
                assert_eq!(fields, ["id"]);
                assert_eq!(
                    constraint.as_deref(),
                    test.is_postgres().then_some("book_pkey")
                );
            }
            other => panic!("{other:?}"),
        }
        match fails("INSERT INTO book VALUES (2, 'a', NULL, 5)") {
            Error::UniqueViolation {
                table,
                constraint,
                fields,
                ..
            } => {
                assert_eq!(constraint.as_deref(), Some("book_lower"));
                assert_eq!((table.as_deref(), fields.len()), (Some("book"), 0));
            }
            other => panic!("{other:?}"),
        }
        // SQLite tells no key, but of RESTRICT it is known whence it comes.
        for (sql, expected, by_sqlite) in [
            (
                "INSERT INTO book VALUES (2, 'B', 99, 5)",
                ForeignKeyCause::NoSuchRow,
                None,
            ),
            (
                "DELETE FROM parent",
                ForeignKeyCause::StillReferenced,
                Some(ForeignKeyCause::StillReferenced),
            ),
        ] {
            match fails(sql) {
                Error::ForeignKeyViolation {
                    model,
                    table,
                    constraint,
                    cause,
                    ..
                } => {
                    let postgres = test.is_postgres();
                    assert_eq!(model, None);
                    assert_eq!(table.as_deref(), postgres.then_some("book"));
                    assert_eq!(constraint.as_deref(), postgres.then_some("book_author"));
                    assert_eq!(cause, if postgres { Some(expected) } else { by_sqlite });
                }
                other => panic!("{other:?}"),
            }
        }
        match fails("UPDATE book SET stock = -1") {
            Error::CheckViolation { constraint, .. } => {
                assert_eq!(constraint, "stock_not_negative")
            }
            other => panic!("{other:?}"),
        }
        match fails("INSERT INTO book VALUES (2, NULL, 1, 5)") {
            Error::NotNullViolation { table, field, .. } => {
                assert_eq!((table.as_deref(), field.as_str()), (Some("book"), "title"))
            }
            other => panic!("{other:?}"),
        }
    });
}

#[test]
fn mistakes_in_sql_and_in_values() {
    on_each(|test| {
        test.db.execute_batch(TABLES).unwrap();
        let fails = |sql: &str| test.db.query::<(i64,)>(sql, ()).unwrap_err();
        for sql in [
            "SELEKT 1",
            "SELECT nothing FROM book",
            "SELECT 1 FROM nowhere",
        ] {
            let error = fails(sql);
            assert!(matches!(error, Error::Database { .. }), "{error:?}");
        }
        // No statement at all is no reason to panic.
        let _ = (
            db_is_asked_nothing(&test.db, ""),
            db_is_asked_nothing(&test.db, "-- nothing"),
        );
        assert!(
            fails("SELECT 1 FROM nowhere")
                .to_string()
                .contains("nowhere")
        );
        assert!(matches!(
            fails("SELECT 1; SELECT 2"),
            Error::Database { .. }
        ));
        let overflow = if test.is_postgres() {
            "SELECT 9223372036854775807 + 1"
        } else {
            "SELECT orm_add(9223372036854775807, 1, 64)"
        };
        assert!(
            matches!(fails(overflow), Error::OutOfRange { .. }),
            "{:?}",
            fails(overflow)
        );
        for _ in 0..3 {
            let error = test.db.query::<(i64,)>("SELECT ? + ?", (1,)).unwrap_err();
            assert!(matches!(error, Error::InvalidQuery { .. }), "{error:?}");
        }
        // A value that the server repeats in its message is not in ours.
        if test.is_postgres() {
            let error = test
                .db
                .query::<(i32,)>("SELECT CAST(? AS INTEGER)", ("secret",))
                .unwrap_err();
            assert!(
                matches!(&error, Error::Database { code, .. } if code == "22P02"),
                "{error:?}"
            );
            assert!(!error.to_string().contains("secret"));
        }
    });
}

fn db_is_asked_nothing(db: &orm_backends::Database, sql: &str) -> bool {
    db.query::<(i64,)>(sql, ()).is_ok()
        | db.execute(sql, ()).is_ok()
        | db.execute_batch(sql).is_ok()
}

#[test]
fn raw_sql() {
    on_each(|test| {
        test.db.execute_batch(TABLES).unwrap();
        let db = &test.db;
        let sql = "SELECT id, title, '?' FROM book -- ?\n WHERE id = ? AND title = ?";
        let rows = db.query::<(i64, String, String)>(sql, (1, "A")).unwrap();
        assert_eq!(rows, [(1, "A".to_owned(), "?".to_owned())]);
        let returned = db
            .query::<(i64,)>("UPDATE book SET stock = 1 WHERE id = ? RETURNING id", (1,))
            .unwrap();
        assert_eq!(returned, [(1,)]);
        assert_eq!(
            db.execute("UPDATE book SET stock = stock + ?", (2,))
                .unwrap(),
            1
        );
        assert_eq!(
            db.execute("UPDATE book SET stock = 0 WHERE id = ?", (77,))
                .unwrap(),
            0
        );
        assert_eq!(db.execute("CREATE TABLE other (a INTEGER)", ()).unwrap(), 0);
        let stock = db
            .atomic(|tx| tx.query::<(i32,)>("SELECT stock FROM book", ()))
            .unwrap();
        assert_eq!(stock, [(3,)]);
    });
}

#[test]
fn one_statement_for_many_rows() {
    use orm_core::executor::{Executor, Flow};
    use orm_core::raw::RawRow;
    use orm_core::value::Value;
    on_each(|test| {
        test.db
            .execute_batch("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT)")
            .unwrap();
        let values = if test.is_postgres() {
            "($1, $2)"
        } else {
            "(?, ?)"
        };
        let rows: Vec<Vec<Value>> = (0..50)
            .map(|n| {
                vec![
                    Value::I32(n),
                    if n % 3 == 0 {
                        Value::Null
                    } else {
                        Value::Text(format!("row {n}").into())
                    },
                ]
            })
            .collect();
        let sql = format!("INSERT INTO t VALUES {values} RETURNING id");
        let mut ids = Vec::new();
        let mut on_row = |row: &dyn orm_core::decode::Row| {
            ids.push(<(i32,)>::read(row)?.0);
            Ok(Flow::Continue)
        };
        let ((), log) = test
            .db
            .capture(|db| {
                db.query_each(&common::command(&sql, &[]), &rows, &mut on_row)
                    .map(|n| assert_eq!(n, 50))
            })
            .unwrap();
        assert_eq!(ids, (0..50).collect::<Vec<_>>());
        assert_eq!((log.len(), log[0].rows, log[0].params.len()), (1, 50, 2));
        let sql = format!("DELETE FROM t WHERE (id, a) = {values}");
        let deleted = test
            .db
            .query_each(&common::command(&sql, &[]), &rows, &mut |_| {
                Ok(Flow::Continue)
            })
            .unwrap();
        assert_eq!(deleted, 33);
    });
}

#[test]
fn databases_that_cannot_be_opened() {
    let fails = |url: &str| orm_backends::Database::connect(url).unwrap_err();
    assert!(matches!(
        fails("sqlite:///no/such/directory/x.db"),
        Error::Connection { .. }
    ));
    assert!(matches!(
        fails("sqlite://missing.db?mode=rw"),
        Error::Connection { .. }
    ));
    let file = std::env::temp_dir().join(format!("orm-not-a-db-{}", std::process::id()));
    std::fs::write(
        &file,
        "this is no database, but it is long enough to look like one: ".repeat(20),
    )
    .unwrap();
    let error = fails(&format!("sqlite://{}", file.display()));
    std::fs::remove_file(&file).unwrap();
    assert!(error.to_string().contains("not a database"), "{error:?}");
    let error = fails("postgres://user:secret@127.0.0.1:1/db");
    assert!(matches!(error, Error::Connection { .. }), "{error:?}");
    assert!(!format!("{error:?}").contains("secret"));
    let error = fails("postgres://user:secret@127.0.0.1:1/db?sslmode=require");
    assert_eq!(
        matches!(error, Error::Unsupported { .. }),
        cfg!(feature = "postgres"),
        "{error:?}"
    );
}
