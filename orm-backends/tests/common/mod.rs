//! The databases that the tests run on: SQLite in memory and in a file, and PostgreSQL with the feature on.
#![allow(dead_code, reason = "each test program uses a part")]

use std::panic::Location;
use std::sync::atomic::{AtomicU32, Ordering};

use orm_backends::{Database, DatabaseBuilder};
use orm_core::dialect::Dialect;
use orm_core::error::Result;
use orm_core::executor::{Command, Executor, Flow, Subject};
use orm_core::value::Value;

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A database of its own for one test, removed when it is dropped.
pub struct TestDb {
    pub name: &'static str,
    pub db: Database,
    url: String,
    cleanup: Option<Box<dyn FnOnce() + Send + Sync>>,
}

impl Drop for TestDb {
    fn drop(&mut self) {
        if let Some(cleanup) = self.cleanup.take() {
            cleanup();
        }
    }
}

impl TestDb {
    /// Another handle on the same database; in memory it is a new one.
    pub fn again(&self) -> Database {
        Database::connect(&self.url).unwrap()
    }

    pub fn is_postgres(&self) -> bool {
        self.db.dialect().dialect() == Dialect::Postgres
    }
}

type Setup = fn(DatabaseBuilder) -> DatabaseBuilder;

pub fn memory(setup: Setup) -> TestDb {
    let url = "sqlite::memory:".to_owned();
    let db = setup(Database::builder(&url)).connect().unwrap();
    TestDb {
        name: "memory",
        db,
        url,
        cleanup: None,
    }
}

pub fn file(setup: Setup) -> TestDb {
    let number = NEXT.fetch_add(1, Ordering::SeqCst);
    let dir = std::env::temp_dir().join(format!("orm-test-{}-{number}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let url = format!("sqlite://{}/test.db", dir.display());
    let db = setup(Database::builder(&url)).connect().unwrap();
    TestDb {
        name: "file",
        db,
        url,
        cleanup: Some(Box::new(move || drop(std::fs::remove_dir_all(dir)))),
    }
}

/// A schema of its own on the server that `DATABASE_URL` names.
#[cfg(feature = "postgres")]
pub fn postgres(setup: Setup) -> TestDb {
    let server = std::env::var("DATABASE_URL")
        .expect("with the feature `postgres`, DATABASE_URL must name a server");
    let schema = format!(
        "orm_test_{}_{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::SeqCst)
    );
    let admin = Database::builder(&server)
        .max_connections(1)
        .connect()
        .unwrap();
    admin
        .execute_batch(&format!("CREATE SCHEMA {schema}"))
        .unwrap();
    let separator = if server.contains('?') { '&' } else { '?' };
    let url = format!("{server}{separator}options=-csearch_path%3D{schema}%2Cpublic");
    let db = setup(Database::builder(&url)).connect().unwrap();
    let cleanup = Box::new(move || {
        admin
            .execute_batch(&format!("DROP SCHEMA {schema} CASCADE"))
            .unwrap()
    });
    TestDb {
        name: "postgres",
        db,
        url,
        cleanup: Some(cleanup),
    }
}

/// Runs a test on every database.
pub fn on_each(test: impl Fn(&TestDb)) {
    on_each_with(|builder| builder, test);
}

/// Runs a test on every database, with settings.
pub fn on_each_with(setup: Setup, test: impl Fn(&TestDb)) {
    for make in makers() {
        let db = make(setup);
        eprintln!("on {}", db.name);
        test(&db);
    }
}

fn makers() -> Vec<fn(Setup) -> TestDb> {
    #[allow(unused_mut)]
    let mut makers: Vec<fn(Setup) -> TestDb> = vec![memory, file];
    #[cfg(feature = "postgres")]
    makers.push(postgres);
    makers
}

/// A table `t (id, a)` with the numbers from 1 to `rows`.
pub fn numbers(db: &Database, rows: i64) {
    db.execute_batch("CREATE TABLE t (id BIGINT PRIMARY KEY, a BIGINT)")
        .unwrap();
    db.execute(
        "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < CAST(? AS BIGINT)) \
         SELECT CAST(i AS BIGINT), CAST(i AS BIGINT) FROM n",
        (rows,),
    )
    .unwrap();
}

pub fn count(handle: &dyn Executor) -> i64 {
    let mut count = -1;
    let command = command("SELECT count(*) FROM t", &[]);
    handle
        .query(&command, &mut |row| {
            count = orm_core::raw::RawRow::read(row).map(|(n,): (i64,)| n)?;
            Ok(Flow::Stop)
        })
        .unwrap();
    count
}

#[track_caller]
pub fn command<'a>(sql: &'a str, params: &'a [Value]) -> Command<'a> {
    Command {
        sql,
        params,
        writes: !orm_core::raw::only_reads(sql),
        model: "Test",
        subject: Subject::Sql,
        statement: None,
        row_ids: None,
        goes_on: false,
        caller: Location::caller(),
    }
}

/// All numbers of a cursor's single column.
pub fn drain(
    handle: &dyn Executor,
    sql: &str,
    chunk: usize,
    mut each: impl FnMut(i64) -> Result<()>,
) -> Result<()> {
    let mut cursor = handle.cursor(&command(sql, &[]), chunk)?;
    loop {
        let mut rows = Vec::new();
        let more = cursor.next_chunk(&mut |row| {
            rows.push(orm_core::raw::RawRow::read(row).map(|(n,): (i64,)| n)?);
            Ok(Flow::Continue)
        })?;
        assert!(rows.len() <= chunk);
        rows.into_iter().try_for_each(&mut each)?;
        if !more {
            return Ok(());
        }
    }
}
