//! Rust functions registered in every SQLite connection, where SQLite lacks the meaning that
//! PostgreSQL has.
//!
//! All are deterministic and innocuous, so that indexes, generated columns and CHECKs may use them.
//! NULL in gives NULL out. Their error messages never hold a value.

mod aggregate;
mod cast;
mod decimal;
mod float;
mod hash;
mod integer;
mod json;
mod list;
mod math;
mod regexp;
mod spread;
mod text;
mod time;
mod wide;
mod zone;

use rusqlite::functions::{Context, FunctionFlags, SqlFnOutput};
use rusqlite::{Connection, Error, Result};

pub(crate) use decimal::to_sql as decimal_to_sql;
pub(crate) use time::Clock;

/// What is promised to SQLite about every function.
const FLAGS: FunctionFlags = FunctionFlags::SQLITE_UTF8
    .union(FunctionFlags::SQLITE_DETERMINISTIC)
    .union(FunctionFlags::SQLITE_INNOCUOUS);

/// Registers every function, aggregate and collation in a new connection, which has a clock of its own.
pub(crate) fn register(connection: &Connection) -> Result<Clock> {
    text::register(connection)?;
    hash::register(connection)?;
    cast::register(connection)?;
    math::register(connection)?;
    integer::register(connection)?;
    aggregate::register(connection)?;
    list::register(connection)?;
    spread::register(connection)?;
    decimal::register(connection)?;
    json::register(connection)?;
    regexp::register(connection)?;
    float::register(connection)?;
    let clock = Clock::default();
    time::register(connection, clock.clone())?;
    zone::register(connection)?;
    Ok(clock)
}

/// Registers one function of a fixed number of arguments.
fn scalar<F, T>(
    connection: &Connection,
    name: &'static str,
    arguments: i32,
    function: F,
) -> Result<()>
where
    F: Fn(&Context<'_>) -> Result<T> + Send + 'static,
    T: SqlFnOutput,
{
    connection.create_scalar_function(name, arguments, FLAGS, function)
}

/// An error whose whole message is this text.
pub(crate) fn failure(message: impl Into<String>) -> Error {
    Error::UserFunctionError(message.into().into())
}

#[cfg(test)]
mod tests {
    use rusqlite::types::Value;

    /// A connection in memory with everything registered.
    pub(super) fn connection() -> rusqlite::Connection {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        super::register(&connection).unwrap();
        connection
    }

    /// The one value of a query.
    pub(super) fn value(expression: &str) -> Value {
        connection()
            .query_row(&format!("SELECT {expression}"), [], |row| row.get(0))
            .unwrap_or_else(|error| panic!("{expression}: {error}"))
    }

    /// The message that an expression fails with, as SQLite gives it.
    pub(super) fn message(expression: &str) -> String {
        let result = connection().query_row(&format!("SELECT {expression}"), [], |row| {
            row.get::<_, Value>(0)
        });
        match result {
            Err(rusqlite::Error::SqliteFailure(_, Some(message))) => message,
            other => panic!("{expression}: {other:?}"),
        }
    }

    #[test]
    fn functions_serve_in_indexes_checks_and_generated_columns() {
        let connection = connection();
        connection
            .execute_batch(
                "CREATE TABLE t (
                    a TEXT CHECK (orm_regexp('^\\w+$', a, 0)),
                    b TEXT GENERATED ALWAYS AS (orm_lower(a)) STORED,
                    c NUMERIC CHECK (orm_dec_cmp(c, 0) > 0),
                    d INTEGER GENERATED ALWAYS AS (orm_add(c, 1, 64)) VIRTUAL,
                    e TEXT COLLATE orm_decimal
                );
                CREATE INDEX i ON t (orm_upper(a));
                PRAGMA trusted_schema = OFF;
                INSERT INTO t (a, c, e) VALUES ('Änne', 1, '10'), ('ÄNNE', 2, '9.0');",
            )
            .unwrap();
        let plan: String = connection
            .query_row(
                "EXPLAIN QUERY PLAN SELECT 1 FROM t WHERE orm_upper(a) = ?",
                ["x"],
                |row| row.get(3),
            )
            .unwrap();
        assert!(plan.contains("INDEX i "), "{plan}");
        let first: String = connection
            .query_row("SELECT e FROM t ORDER BY e", [], |row| row.get(0))
            .unwrap();
        assert_eq!(first, "9.0");
        assert!(
            connection
                .execute("INSERT INTO t (a, c) VALUES ('-', 1)", [])
                .is_err()
        );
    }
}
