//! SQLite's errors as ours. SQLite never repeats a bound value in a message, so its own text can be kept.

use orm_core::error::{DriverError, Error};
use rusqlite::Error as Sqlite;
use rusqlite::ffi::{self, ErrorCode};

pub(super) const BACKEND: &str = "SQLite";

/// The error of a statement.
#[cold]
pub(super) fn from_driver(error: Sqlite) -> Error {
    let (code, message) = match &error {
        Sqlite::SqliteFailure(code, message) => (*code, message.clone().unwrap_or_default()),
        Sqlite::SqlInputError {
            error: code, msg, ..
        } => (*code, msg.clone()),
        Sqlite::MultipleStatement => {
            return database(
                "several statements",
                "run a script by `execute_batch`",
                error,
            );
        }
        _ => return database("driver", &describe(&error), error),
    };
    match (code.code, code.extended_code) {
        (ErrorCode::ConstraintViolation, extended) => constraint(extended, &message, error),
        (_, ffi::SQLITE_BUSY_SNAPSHOT) => Error::Serialization { backend: BACKEND },
        (ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked, _) => {
            Error::LockTimeout { backend: BACKEND }
        }
        (ErrorCode::OperationInterrupted, _) => Error::StatementTimeout { backend: BACKEND },
        (ErrorCode::CannotOpen | ErrorCode::NotADatabase, _)
        | (_, ffi::SQLITE_READONLY_DIRECTORY | ffi::SQLITE_READONLY_CANTINIT) => cannot_open(error),
        _ if overflow(&message) => Error::OutOfRange { backend: BACKEND },
        (_, extended) => database(&extended.to_string(), &message, error),
    }
}

/// The error of opening a database.
#[cold]
pub(super) fn cannot_open(error: Sqlite) -> Error {
    let message = match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => "the file is not a database, or is encrypted",
        Some(ErrorCode::PermissionDenied) => "the file may not be opened",
        Some(ErrorCode::ReadOnly) => {
            "the file is in WAL mode, which needs a directory that can be written"
        }
        _ => {
            "the file cannot be opened: does it exist, or its directory, and may this program use it?"
        }
    };
    Error::Connection {
        backend: BACKEND,
        message: message.to_owned(),
        source: Some(DriverError::new(error)),
    }
}

/// The error of every statement in a transaction that SQLite has rolled back by itself.
#[cold]
pub(super) fn rolled_back() -> Error {
    Error::Database {
        backend: BACKEND,
        code: ffi::SQLITE_ABORT_ROLLBACK.to_string(),
        message: "the transaction is over: SQLite rolled it back because of an earlier error, which was passed over"
            .to_owned(),
        source: None,
    }
}

fn overflow(message: &str) -> bool {
    [
        "integer out of range",
        "numeric value out of range",
        "integer overflow",
    ]
    .contains(&message)
}

fn database(code: &str, message: &str, error: Sqlite) -> Error {
    Error::Database {
        backend: BACKEND,
        code: code.to_owned(),
        message: message.to_owned(),
        source: Some(DriverError::new(error)),
    }
}

/// The driver's own errors by kind: their texts may hold values or the whole SQL.
fn describe(error: &Sqlite) -> String {
    match error {
        Sqlite::NulError(_) => "the SQL holds a NUL character",
        Sqlite::InvalidParameterCount(..) => "the number of parameters is wrong",
        Sqlite::UnwindingPanic => "a function panicked",
        _ => "the driver refused the statement",
    }
    .to_owned()
}

fn constraint(extended: i32, message: &str, error: Sqlite) -> Error {
    let (_, what) = message
        .split_once("constraint failed: ")
        .unwrap_or(("", ""));
    match extended {
        ffi::SQLITE_CONSTRAINT_UNIQUE
        | ffi::SQLITE_CONSTRAINT_PRIMARYKEY
        | ffi::SQLITE_CONSTRAINT_ROWID => unique(what),
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => Error::ForeignKeyViolation {
            constraint: None,
            backend: BACKEND,
        },
        // ON DELETE RESTRICT is carried out by a trigger inside of SQLite.
        ffi::SQLITE_CONSTRAINT_TRIGGER if message == "FOREIGN KEY constraint failed" => {
            Error::ForeignKeyViolation {
                constraint: None,
                backend: BACKEND,
            }
        }
        ffi::SQLITE_CONSTRAINT_CHECK => Error::CheckViolation {
            constraint: what.to_owned(),
            backend: BACKEND,
        },
        ffi::SQLITE_CONSTRAINT_NOTNULL => Error::NotNullViolation {
            column: what.to_owned(),
            backend: BACKEND,
        },
        _ => database(&extended.to_string(), message, error),
    }
}

/// `book.author_id, book.title`, or `index 'name'` for an index of expressions.
fn unique(what: &str) -> Error {
    if let Some(name) = what
        .strip_prefix("index '")
        .and_then(|rest| rest.strip_suffix('\''))
    {
        return Error::UniqueViolation {
            constraint: name.to_owned(),
            fields: Vec::new(),
            backend: BACKEND,
        };
    }
    let mut table = "";
    let fields: Vec<String> = what
        .split(", ")
        .map(|column| {
            let (before, name) = column.rsplit_once('.').unwrap_or(("", column));
            table = before;
            name.to_owned()
        })
        .collect();
    Error::UniqueViolation {
        constraint: format!("{table}({})", fields.join(", ")),
        fields,
        backend: BACKEND,
    }
}
