//! PostgreSQL's errors as ours. Its messages may repeat bound values: where they can, they are not kept.

use orm_core::error::{DriverError, Error};
use postgres::error::{DbError, Severity, SqlState};

pub(super) const BACKEND: &str = "PostgreSQL";

/// Whether the connection is of no more use after this error.
pub(super) fn is_fatal(error: &postgres::Error) -> bool {
    match error.as_db_error() {
        Some(db) => {
            matches!(
                db.parsed_severity(),
                Some(Severity::Fatal | Severity::Panic)
            ) || matches!(db.code().code(), "57P01" | "57P02" | "57P03")
        }
        None => error.is_closed() || has_io_cause(error),
    }
}

fn has_io_cause(error: &postgres::Error) -> bool {
    std::error::Error::source(error).is_some_and(|source| source.is::<std::io::Error>())
}

/// Whether a cached plan has grown old, since a table was changed.
pub(super) fn is_stale_plan(error: &postgres::Error) -> bool {
    error.as_db_error().is_some_and(|db| {
        // The routine's name is the same in every language of the server, the message is not.
        *db.code() == SqlState::FEATURE_NOT_SUPPORTED
            && db.routine() == Some("RevalidateCachedQuery")
            || *db.code() == SqlState::INVALID_SQL_STATEMENT_NAME
    })
}

/// The error of a statement about a model.
#[cold]
pub(super) fn from_driver(error: postgres::Error, model: &'static str) -> Error {
    if is_fatal(&error) {
        return lost(error);
    }
    let Some(db) = error.as_db_error() else {
        return database("driver", &error.to_string(), error);
    };
    let code = db.code().code().to_owned();
    match code.as_str() {
        "23505" => unique(db),
        "23503" | "23001" => Error::ForeignKeyViolation {
            constraint: named(db.constraint()),
            backend: BACKEND,
        },
        "23514" => Error::CheckViolation {
            constraint: db.constraint().unwrap_or_default().to_owned(),
            backend: BACKEND,
        },
        "23502" => Error::NotNullViolation {
            column: column(db),
            backend: BACKEND,
        },
        "40001" => Error::Serialization { backend: BACKEND },
        "XX000" if is_lock_race(db) => Error::Serialization { backend: BACKEND },
        "40P01" => Error::Deadlock { backend: BACKEND },
        "55P03" => Error::LockTimeout { backend: BACKEND },
        "57014" => Error::StatementTimeout { backend: BACKEND },
        "22003" => Error::OutOfRange { backend: BACKEND },
        "08P01" => Error::InvalidQuery {
            model,
            message: "the number of values is not that of its parameters".into(),
        },
        _ => {
            let message = safe_message(db);
            database(&code, &message, error)
        }
    }
}

/// Where a row is locked by foreign keys and an update of it is just being rolled back, the server can meet that update half
/// undone, and fails the next one with an internal error (seen in 15 to 17). It is a conflict like others: run again, it is past.
fn is_lock_race(db: &DbError) -> bool {
    db.routine() == Some("MultiXactIdCreateFromMembers")
}

/// The error of opening a connection.
#[cold]
pub(super) fn cannot_connect(error: postgres::Error) -> Error {
    let message = match error.as_db_error().map(|db| db.code().code()) {
        Some("28P01" | "28000") => "the server refused the user or the password",
        Some("3D000") => "there is no database of this name",
        Some("53300") => "the server has too many connections already",
        Some("57P03") => "the server is starting up or shutting down",
        Some(_) => "the server refused the connection",
        None => "the server is not reached",
    };
    Error::Connection {
        backend: BACKEND,
        message: message.to_owned(),
        source: Some(DriverError::new(error)),
    }
}

#[cold]
fn lost(error: postgres::Error) -> Error {
    let message = match error.as_db_error() {
        Some(_) => "the server closed the connection",
        None => "the connection was lost",
    };
    Error::Connection {
        backend: BACKEND,
        message: message.to_owned(),
        source: Some(DriverError::new(error)),
    }
}

/// The error of an iterator that went with its savepoint. To ask the server would doom the transaction.
#[cold]
pub(super) fn undone() -> Error {
    Error::Database {
        backend: BACKEND,
        code: SqlState::INVALID_CURSOR_NAME.code().to_owned(),
        message: "the savepoint in which this iterator was begun has been rolled back".to_owned(),
        source: None,
    }
}

fn database(code: &str, message: &str, error: postgres::Error) -> Error {
    Error::Database {
        backend: BACKEND,
        code: code.to_owned(),
        message: message.to_owned(),
        source: Some(DriverError::new(error)),
    }
}

fn named(name: Option<&str>) -> Option<String> {
    name.map(str::to_owned)
}

fn column(db: &DbError) -> String {
    match (db.table(), db.column()) {
        (Some(table), Some(column)) => format!("{table}.{column}"),
        (_, column) => column.unwrap_or_default().to_owned(),
    }
}

/// The columns stand in the detail alone: `Key (author_id, title)=(1, x) already exists.`, whatever the language.
fn unique(db: &DbError) -> Error {
    let detail = db.detail().unwrap_or_default();
    let columns = detail
        .split_once('(')
        .and_then(|(_, rest)| rest.split_once(")=("))
        .map_or("", |(columns, _)| columns);
    let fields = columns
        .split(", ")
        .filter(|column| !column.is_empty())
        .map(|column| column.replace('"', ""));
    Error::UniqueViolation {
        constraint: db.constraint().unwrap_or_default().to_owned(),
        fields: fields.collect(),
        backend: BACKEND,
    }
}

/// A text without values. Messages about names and syntax only repeat the SQL; all others are replaced.
fn safe_message(db: &DbError) -> String {
    let code = db.code().code();
    match &code[..2.min(code.len())] {
        "42" | "0A" | "25" | "3D" | "3F" | "34" | "53" | "54" | "55" if code != "42804" => {
            db.message().to_owned()
        }
        "42" => "an expression has the wrong type".to_owned(),
        "22" => "a value cannot be used here; the source of this error has the server's message"
            .to_owned(),
        "23" => "a constraint is violated".to_owned(),
        _ => "the source of this error has the server's message".to_owned(),
    }
}
