//! Runs a test on each database: SQLite in memory, and a schema of its own in a real PostgreSQL.

#[path = "bound.rs"]
mod bound;

use orm::prelude::*;

use bound::no_value_is_written;

/// Writes each test once and runs it on both databases: `fn name(db) { .. }`, whose body is that of a
/// function returning `orm::Result<()>`.
macro_rules! suite {
    ($($(#[$attr:meta])* fn $name:ident($db:ident) $body:block)+) => {
        mod cases {
            use super::*;
            $($(#[$attr])* pub fn $name($db: &orm::Database) -> orm::Result<()> {
                $body
                #[allow(unreachable_code, reason = "a body may end in a loop or a panic")]
                Ok(())
            })+
        }

        mod sqlite {
            $(#[test]
            fn $name() {
                crate::support::on_sqlite(super::cases::$name);
            })+
        }

        #[cfg(feature = "postgres")]
        mod postgres {
            $(#[test]
            fn $name() {
                crate::support::on_postgres(super::cases::$name);
            })+
        }
    };
}
pub(crate) use suite;

type Case = fn(&Database) -> Result<()>;

/// Runs a test on SQLite, in memory, with all tables made.
pub fn on_sqlite(case: Case) {
    let db = Database::connect("sqlite::memory:").expect("SQLite in memory");
    db.create_tables().expect("tables");
    run(&db, case);
}

/// Runs a test, and looks whether a value has come into the text of a statement.
fn run(db: &Database, case: Case) {
    let (result, log) = db.capture(|db| Ok(case(db))).expect("a recording");
    result.expect("the test");
    no_value_is_written(&log);
}

/// Runs a test on PostgreSQL, in a schema of its own, with all tables made.
///
/// Without a server it fails: PostgreSQL's tests are never skipped.
#[cfg(feature = "postgres")]
pub fn on_postgres(case: Case) {
    let schema = Schema::new();
    let db = Database::builder(&schema.url())
        .max_connections(20)
        .connect()
        .expect("PostgreSQL");
    db.create_tables().expect("tables");
    run(&db, case);
}

/// A schema that goes when it is dropped.
#[cfg(feature = "postgres")]
pub struct Schema {
    name: String,
}

#[cfg(feature = "postgres")]
impl Schema {
    /// Makes a schema of a new name.
    pub fn new() -> Self {
        let name = format!("test_{}", uuid::Uuid::new_v4().simple());
        let schema = Self { name };
        schema.admin(&format!("CREATE SCHEMA {}", schema.name));
        schema
    }

    /// The URL of the server with the schema as the search path.
    pub fn url(&self) -> String {
        let base = server_url();
        let separator = if base.contains('?') { '&' } else { '?' };
        format!("{base}{separator}options=-csearch_path%3D{}", self.name)
    }

    fn admin(&self, sql: &str) {
        let mut client =
            postgres::Client::connect(&server_url(), postgres::NoTls).expect("PostgreSQL answers");
        client
            .batch_execute(sql)
            .expect("the schema is made or dropped");
    }
}

#[cfg(feature = "postgres")]
impl Drop for Schema {
    fn drop(&mut self) {
        let drop = format!("DROP SCHEMA {} CASCADE", self.name);
        // A test that failed may have left a transaction open that still holds the tables.
        let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.admin(&drop)));
    }
}

/// The server that `test.sh` starts, or the one of `DATABASE_URL`.
#[cfg(feature = "postgres")]
pub fn server_url() -> String {
    std::env::var("DATABASE_URL")
        .expect("PostgreSQL's tests need DATABASE_URL: run ./test.sh, which starts a server")
}

/// A day, for short.
pub fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a day of the calendar")
}

/// A moment, for short: `2020-02-29T12:30:00.000001Z`.
pub fn moment(text: &str) -> DateTime<Utc> {
    text.parse().expect("a moment")
}

/// The words of the database that a test runs on.
pub fn dialect(db: &Database) -> Dialect {
    orm::Executor::dialect(db).dialect()
}
