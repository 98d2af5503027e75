//! Tables that no longer fit the structs.

use orm::prelude::*;

use crate::models::*;
use crate::place::{Place, on_each};

/// A table whose column `column` is of another type, with values of it. SQLite cannot change a column's type, but makes
/// another table.
fn retype(at: &Place, db: &Database, column: &str, to: &str, value: &str) -> Result<()> {
    if at.is_postgres() {
        return db.execute_batch(&format!(
            "ALTER TABLE reading ALTER COLUMN {column} DROP NOT NULL, ALTER COLUMN {column} TYPE {to} USING {value}"
        ));
    }
    let columns = ["id", "sensor", "level", "valid", "taken"].map(|name| match name {
        name if name == column => format!("CAST({value} AS {to}) AS {name}"),
        name => name.to_owned(),
    });
    db.execute_batch(&format!(
        "CREATE TABLE other AS SELECT {} FROM reading; DROP TABLE reading; ALTER TABLE other RENAME TO reading",
        columns.join(", ")
    ))
}

fn open(at: &Place) -> Result<Database> {
    // With a single connection, so that its statements are prepared before the table changes.
    let db = at.open_with(|builder| builder.max_connections(1));
    for sensor in ["a", "b"] {
        Reading::draft()
            .sensor(sensor)
            .level(1)
            .valid(true)
            .save(&db)?;
    }
    for _ in 0..3 {
        assert_eq!(read_all(&db).into_iter().filter(Result::is_ok).count(), 4);
    }
    Ok(db)
}

/// All rows in each of the ways to read them.
fn read_all(db: &Database) -> [Result<usize>; 4] {
    let all = Reading::objects().order_by(Reading::id);
    [
        all.clone().all(db).map(|rows| rows.len()),
        all.clone().first(db).map(|row| row.map_or(0, |_| 2)),
        all.iterator(db)
            .and_then(|rows| rows.collect::<Result<Vec<_>>>())
            .map(|rows| rows.len()),
        db.atomic(|tx| Ok(all.all(tx)?.len())),
    ]
}

#[track_caller]
fn all_fail_to_decode(db: &Database, name: &str, type_name: &str) {
    for result in read_all(db).into_iter().chain(read_all(db)) {
        match result {
            Err(Error::Decode {
                model: "Reading",
                field,
                expected,
                found,
            }) => {
                assert_eq!((field.as_str(), expected), (name, type_name), "{found}");
                assert!(!found.is_empty());
            }
            other => panic!("{other:?}"),
        }
    }
}

/// The errors that the database gives name what it misses.
#[track_caller]
fn is_refused<T: std::fmt::Debug>(result: Result<T>, named: &str) {
    match &result {
        Err(Error::Database { message, .. }) => assert!(message.contains(named), "{message}"),
        other => panic!("{other:?}"),
    }
}

on_each! {
    fn a_column_is_missing(at) {
        let db = open(at)?;
        db.execute_batch("ALTER TABLE reading RENAME COLUMN level TO height")?;
        for result in read_all(&db) {
            is_refused(result, "level");
        }
        is_refused(Reading::draft().sensor("c").level(1).valid(true).save(&db), "level");
        is_refused(Reading::objects().update(&db, Reading::level.set(2)), "level");
        is_refused(Reading::objects().filter(Reading::level.eq(1)).delete(&db), "level");
        let drafts = [Reading::draft().sensor("c").level(1).valid(true)];
        is_refused(Reading::objects().bulk_create(&db, drafts), "level");
        // Queries that need it not go on.
        assert_eq!(Reading::objects().values_list(Reading::sensor).order_by(Reading::id).all(&db)?, ["a", "b"]);
        db.execute_batch("ALTER TABLE reading RENAME COLUMN height TO level")?;
        for result in read_all(&db) {
            assert_eq!(result?, 2);
        }
    }

    fn a_table_is_missing(at) {
        let db = open(at)?;
        db.execute_batch("ALTER TABLE reading RENAME TO elsewhere")?;
        for result in read_all(&db) {
            is_refused(result, "reading");
        }
        is_refused(Reading::draft().sensor("c").level(1).valid(true).save(&db), "reading");
        let half = db.atomic(|tx| {
            account("Ann").save(tx)?;
            Reading::objects().delete(tx)
        });
        is_refused(half, "reading");
        assert!(names(&db)?.is_empty());
        db.execute_batch("ALTER TABLE elsewhere RENAME TO reading")?;
        for result in read_all(&db) {
            assert_eq!(result?, 2);
        }
    }

    fn a_number_is_a_text(at) {
        let db = open(at)?;
        retype(at, &db, "level", "text", "'many'")?;
        all_fail_to_decode(&db, "level", "i32");
        let listed = Reading::objects().values_list((Reading::id, Reading::level)).all(&db);
        assert!(matches!(&listed, Err(Error::Decode { model: "Reading", field, .. }) if field == "level"), "{listed:?}");
        // What does not read it goes on.
        assert_eq!(Reading::objects().count(&db)?, 2);
    }

    fn a_number_is_too_large_for_the_field(at) {
        let db = open(at)?;
        retype(at, &db, "level", "bigint", "3000000000")?;
        all_fail_to_decode(&db, "level", "i32");
        db.execute("UPDATE reading SET level = 7", ())?;
        for result in read_all(&db) {
            assert_eq!(result?, 2);
        }
    }

    fn a_date_is_a_number(at) {
        let db = open(at)?;
        retype(at, &db, "taken", "double precision", "1.5")?;
        all_fail_to_decode(&db, "taken", "NaiveDate");
    }

    fn a_required_field_is_null(at) {
        let db = open(at)?;
        for (field, type_name) in [("sensor", "String"), ("valid", "bool")] {
            retype(at, &db, field, if field == "sensor" { "text" } else { "boolean" }, "NULL")?;
            all_fail_to_decode(&db, field, type_name);
            let error = Reading::objects().all(&db).expect_err("NULL is no value");
            assert!(error.to_string().contains("NULL"), "{error}");
            db.execute_batch("UPDATE reading SET sensor = 'a', valid = (1 = 1)")?;
        }
        assert_eq!(Reading::objects().all(&db)?.len(), 2);
    }

    fn a_transaction_goes_on_behind_a_row_that_it_cannot_read(at) {
        let db = open(at)?;
        retype(at, &db, "level", "text", "'many'")?;
        db.atomic(|tx| {
            account("Ann").save(tx)?;
            let read = Reading::objects().all(tx);
            assert!(matches!(read, Err(Error::Decode { .. })), "{read:?}");
            account("Bob").save(tx)
        })?;
        assert_eq!(names(&db)?, ["Ann", "Bob"]);
    }
}

#[test]
fn a_text_that_is_not_utf_8() {
    let at = Place::sqlite(module_path!());
    let db = open(&at).unwrap();
    db.execute_batch("UPDATE reading SET sensor = CAST(x'ff00fe' AS TEXT)")
        .unwrap();
    all_fail_to_decode(&db, "sensor", "a text");
}
