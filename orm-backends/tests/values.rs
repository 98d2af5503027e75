//! Every type of value, there and back.

mod common;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use common::{TestDb, command, on_each};
use orm_core::error::Error;
use orm_core::executor::{Executor, Flow};
use orm_core::raw::{RawParam, RawRow};
use orm_core::types::SqlType;
use orm_core::value::{ArrayValue, ColumnType, Value};
use rust_decimal::Decimal;
use serde_json::json;
use uuid::Uuid;

/// The column's type on SQLite and on PostgreSQL.
type Types = (&'static str, &'static str);

fn round_trip<T: SqlType + Clone + PartialEq + std::fmt::Debug>(
    test: &TestDb,
    (sqlite, postgres): Types,
    values: &[T],
) {
    let ty = if test.is_postgres() { postgres } else { sqlite };
    test.db
        .execute_batch(&format!(
            "DROP TABLE IF EXISTS v; CREATE TABLE v (id INTEGER PRIMARY KEY, x {ty})"
        ))
        .unwrap();
    for (id, value) in values.iter().enumerate() {
        let id = i32::try_from(id).unwrap();
        // Three times, so that PostgreSQL runs it unprepared, prepared and from the cache.
        for pass in 0..3 {
            test.db
                .execute(
                    "INSERT INTO v VALUES (?, ?)",
                    (id * 10 + pass, value.clone()),
                )
                .unwrap();
            let found: Vec<(T,)> = test
                .db
                .query("SELECT x FROM v WHERE id = ?", (id * 10 + pass,))
                .unwrap();
            assert_eq!(found, [(value.clone(),)], "{} {ty}", test.name);
        }
        // As a whole it is found by its value too, in a list as well.
        if T::COLUMN != ColumnType::Json {
            let found: Vec<(i64,)> = test
                .db
                .query("SELECT count(*) FROM v WHERE x = ?", (value.clone(),))
                .unwrap();
            assert_eq!(found, [(3,)], "{} {ty} {value:?}", test.name);
        }
    }
    if T::COLUMN != ColumnType::Json {
        let mut elements: Vec<Value> = values.iter().map(SqlType::to_value).collect();
        elements.push(Value::Null);
        let array = [Value::Array(Box::new(ArrayValue {
            element: T::COLUMN,
            values: elements,
        }))];
        let sql = match test.is_postgres() {
            true => "SELECT count(*) FROM v WHERE x = ANY($1)",
            false => "SELECT count(*) FROM v WHERE x IN (SELECT value FROM rarray(?))",
        };
        let mut found = 0;
        let mut first = |row: &dyn orm_core::decode::Row| {
            (found,) = <(i64,)>::read(row)?;
            Ok(Flow::Continue)
        };
        Executor::query(&test.db, &command(sql, &array), &mut first).unwrap();
        assert_eq!(
            usize::try_from(found).unwrap(),
            values.len() * 3,
            "{} {ty}",
            test.name
        );
    }
}

fn decimals(texts: &[&str]) -> Vec<Decimal> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn moment(text: &str) -> NaiveDateTime {
    text.parse().unwrap()
}

#[test]
fn numbers_texts_and_bytes() {
    on_each(|test| {
        round_trip(test, ("BOOLEAN", "BOOLEAN"), &[true, false]);
        round_trip(
            test,
            ("INTEGER", "SMALLINT"),
            &[0, 1, -1, i16::MIN, i16::MAX],
        );
        round_trip(test, ("INTEGER", "INTEGER"), &[0, i32::MIN, i32::MAX]);
        round_trip(test, ("INTEGER", "BIGINT"), &[0, i64::MIN, i64::MAX]);
        round_trip(
            test,
            ("REAL", "REAL"),
            &[0.0, -1.5, f32::MIN, f32::MAX, 0.1, f32::INFINITY],
        );
        round_trip(
            test,
            ("REAL", "DOUBLE PRECISION"),
            &[0.1, 1e300, f64::MIN, f64::MAX, f64::NEG_INFINITY, 5e-324],
        );
        round_trip(
            test,
            ("TEXT", "TEXT"),
            &[
                "".to_owned(),
                "it's".into(),
                "äß漢🦀".into(),
                "x".repeat(100_000),
            ],
        );
        round_trip(test, ("VARCHAR(20)", "VARCHAR(20)"), &["short".to_owned()]);
        round_trip(
            test,
            ("BLOB", "BYTEA"),
            &[vec![], vec![0_u8, 255, 39], vec![7; 100_000]],
        );
        round_trip(
            test,
            ("NUMERIC", "NUMERIC(28, 8)"),
            &decimals(&["0", "1.5", "-0.00000001", "123456789012.5"]),
        );
        round_trip(
            test,
            ("TEXT", "NUMERIC"),
            &decimals(&["12345678901234567.25", "-79228162514264337593543950335"]),
        );
    });
}

#[test]
fn dates_and_the_rest() {
    on_each(|test| {
        let dates = [
            date("2024-02-29"),
            date("0001-01-01"),
            date("1999-12-31"),
            date("9999-12-31"),
        ];
        round_trip(test, ("DATE", "DATE"), &dates);
        let times = ["00:00:00", "23:59:59.999999", "12:30:01.5"]
            .map(|text| text.parse::<NaiveTime>().unwrap());
        round_trip(test, ("TIME", "TIME"), &times);
        let moments = [
            "2024-02-29T23:59:59.000001",
            "1969-12-31T23:59:59.999999",
            "0001-01-01T00:00:00",
        ]
        .map(moment);
        round_trip(test, ("DATETIME", "TIMESTAMP"), &moments);
        round_trip::<DateTime<Utc>>(
            test,
            ("DATETIME", "TIMESTAMPTZ"),
            &moments.map(|moment| moment.and_utc()),
        );
        let lengths = [
            0,
            1,
            -1,
            86_400_000_001,
            -9_000_000_000_000_000,
            400_000_000_000_000_000,
        ];
        round_trip(
            test,
            ("BIGINT", "INTERVAL"),
            &lengths.map(TimeDelta::microseconds),
        );
        let uuid = Uuid::from_u128(0x1234_5678_9abc_def0_0fed_cba9_8765_4321);
        round_trip(test, ("CHAR(32)", "UUID"), &[uuid, Uuid::nil()]);
        let documents = [
            json!({"b": [1, 2.5, "x", null], "a": {"ä": true}}),
            json!("text"),
            json!(null),
            json!(12),
        ];
        round_trip(test, ("TEXT", "JSONB"), &documents);
        round_trip(test, ("INTEGER", "BIGINT"), &[Some(1_i64)]);
    });
}

#[test]
fn null_of_every_type() {
    on_each(|test| {
        test.db
            .execute_batch("CREATE TABLE v (a INTEGER, b TEXT, c NUMERIC, d DATE)")
            .unwrap();
        for _ in 0..3 {
            let nulls = (
                None::<i32>,
                None::<&str>,
                None::<Decimal>,
                None::<NaiveDate>,
            );
            test.db
                .execute("INSERT INTO v VALUES (?, ?, ?, ?)", nulls)
                .unwrap();
        }
        type Row = (
            Option<i32>,
            Option<String>,
            Option<Decimal>,
            Option<NaiveDate>,
        );
        let rows: Vec<Row> = test.db.query("SELECT a, b, c, d FROM v", ()).unwrap();
        assert_eq!(rows, vec![(None, None, None, None); 3]);
    });
}

#[test]
fn the_forms_on_sqlite_are_those_of_django() {
    let test = common::memory(|builder| builder);
    let form = |param: Value| {
        let rows = test
            .db
            .query::<(String, String)>("SELECT typeof(?1), CAST(?1 AS TEXT)", vec![param])
            .unwrap();
        let (ty, text) = &rows[0];
        format!("{ty} {text}")
    };
    assert_eq!(form(true.into_param()), "integer 1");
    assert_eq!(form(decimals(&["1.50"])[0].into_param()), "real 1.5");
    assert_eq!(
        form(Uuid::from_u128(10).into_param()),
        "text 0000000000000000000000000000000a"
    );
    assert_eq!(
        form(moment("2024-01-02T03:04:05.006").and_utc().into_param()),
        "text 2024-01-02 03:04:05.006000"
    );
    assert_eq!(
        form(moment("2024-01-02T03:04:05").into_param()),
        "text 2024-01-02 03:04:05"
    );
    assert_eq!(form(TimeDelta::seconds(2).into_param()), "integer 2000000");
    assert_eq!(form(json!({"a": [1]}).into_param()), r#"text {"a": [1]}"#);
}

#[test]
fn values_that_cannot_be_held_are_refused_without_showing_them() {
    on_each(|test| {
        let refused = |value: Value| match test.db.query::<(bool,)>("SELECT ? IS NULL", vec![value])
        {
            Err(error @ Error::Validation { .. }) => Some(error.to_string()),
            Ok(_) => None,
            Err(other) => panic!("{other:?}"),
        };
        let (postgres, sqlite) = (test.is_postgres(), !test.is_postgres());
        assert_eq!(refused(Value::F64(f64::NAN)).is_some(), sqlite);
        assert_eq!(refused(Value::Date(NaiveDate::MAX)).is_some(), sqlite);
        assert_eq!(refused(Value::Text("secret\0".into())).is_some(), postgres);
        let error = refused(Value::Duration(TimeDelta::MAX)).unwrap();
        assert!(
            error.contains("parameter 1") && error.contains("too long"),
            "{error}"
        );
        let array = ArrayValue {
            element: ColumnType::Duration,
            values: vec![Value::Duration(TimeDelta::MIN)],
        };
        assert!(refused(Value::Array(Box::new(array))).is_some());
    });
}

#[test]
fn reading_another_type_is_an_error_that_names_the_column() {
    on_each(|test| {
        let error = test
            .db
            .query::<(i64, NaiveDate)>("SELECT CAST(1 AS BIGINT), 'secret'", ())
            .unwrap_err();
        assert_eq!(
            error.to_string().split(", found").next(),
            Some("raw SQL.column 2: expected NaiveDate")
        );
        assert!(!error.to_string().contains("secret"));
        let error = test.db.query::<(i16,)>("SELECT 70000", ()).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("expected i16, found an integer out of range"),
            "{error}"
        );
        let error = test.db.query::<(i64, i64)>("SELECT 1", ()).unwrap_err();
        assert!(matches!(error, Error::Decode { .. }), "{error:?}");
    });
    let test = common::memory(|builder| builder);
    let error = test
        .db
        .query::<(String,)>("SELECT CAST(x'ff' AS TEXT)", ())
        .unwrap_err();
    assert!(error.to_string().contains("not UTF-8"), "{error}");
}

#[cfg(feature = "postgres")]
mod postgres {
    use super::*;

    #[test]
    fn other_types_are_read_as_what_they_are() {
        let test = common::postgres(|builder| builder);
        test.db.execute_batch("CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE DOMAIN age AS INT CHECK (value > 0)").unwrap();
        test.db
            .execute_batch("CREATE EXTENSION IF NOT EXISTS citext SCHEMA public")
            .unwrap();
        test.db
            .execute_batch("CREATE TABLE v (m mood, a age)")
            .unwrap();
        test.db
            .execute("INSERT INTO v VALUES (?::mood, ?)", ("ok", 3))
            .unwrap();
        assert_eq!(
            test.db
                .query::<(String, i32)>("SELECT m, a FROM v", ())
                .unwrap(),
            [("ok".to_owned(), 3)]
        );
        let sql =
            "SELECT 'a'::citext, 'b'::name, 'c'::char(3), 'd'::varchar, '{\"e\": 1}'::json, 7::oid";
        type Row = (String, String, String, String, serde_json::Value, i64);
        let row: Row = (
            "a".into(),
            "b".into(),
            // Blanks that only fill up are no part of the value.
            "c".into(),
            "d".into(),
            json!({"e": 1}),
            7,
        );
        assert_eq!(test.db.query::<Row>(sql, ()).unwrap(), [row]);
    }

    #[test]
    fn values_that_rust_has_no_room_for() {
        let test = common::postgres(|builder| builder);
        let found = |sql: &str, what: &str| {
            let sql = format!("SELECT {sql}");
            let error = match what {
                "interval" => test.db.query::<(TimeDelta,)>(&sql, ()).map(drop),
                "numeric" => test.db.query::<(Decimal,)>(&sql, ()).map(drop),
                "time" => test.db.query::<(NaiveTime,)>(&sql, ()).map(drop),
                _ => test.db.query::<(NaiveDateTime,)>(&sql, ()).map(drop),
            };
            let error = error.unwrap_err().to_string();
            error.split("found ").nth(1).unwrap().to_owned()
        };
        assert_eq!(
            found("'1 month'::interval", "interval"),
            "a calendar interval"
        );
        assert_eq!(
            found("'NaN'::numeric", "numeric"),
            "a numeric that is not a number"
        );
        assert_eq!(
            found("10::numeric ^ 40", "numeric"),
            "a numeric with more digits than a decimal holds"
        );
        assert_eq!(found("'infinity'::timestamp", "moment"), "an infinite date");
        assert_eq!(found("'24:00'::time", "time"), "a time of 24:00");
        assert_eq!(found("ARRAY[1]", "numeric"), "an array");
        assert_eq!(
            found("'1.1.1.1'::inet", "numeric"),
            "a value of a type that is not known here; cast it to text"
        );
        let days = test
            .db
            .query::<(TimeDelta,)>("SELECT '2 days 1 second'::interval", ())
            .unwrap();
        assert_eq!(days, [(TimeDelta::seconds(2 * 86_400 + 1),)]);
        let third = test
            .db
            .query::<(Decimal,)>("SELECT 1::numeric / 3", ())
            .unwrap();
        assert_eq!(third, [(decimals(&["0.33333333333333333333"])[0],)]);
    }
}
