//! SQLite's errors as ours. SQLite never repeats a bound value in a message, so its own text can be kept.

use orm_core::diagnosis::{Failed, Violation, ViolationKind};
use orm_core::error::{DriverError, Error, ForeignKeyCause};
use rusqlite::Error as Sqlite;
use rusqlite::ffi::{self, ErrorCode};

pub(super) const BACKEND: &str = "SQLite";

/// SQLite refuses an upsert on columns without a unique constraint by these words alone.
const NO_TARGET: &str = "ON CONFLICT clause does not match any PRIMARY KEY or UNIQUE constraint";

/// What SQLite says of a table that is not there, before its name.
const NO_TABLE: &str = "no such table: ";

/// The error of a statement.
#[cold]
pub(super) fn from_driver(error: Sqlite, failed: Failed<'_>) -> Error {
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
        (ErrorCode::ConstraintViolation, extended) => match violation(extended, &message) {
            Some(violation) => failed.violated(violation),
            None => database(&extended.to_string(), &message, error),
        },
        (_, ffi::SQLITE_BUSY_SNAPSHOT) => Error::Serialization { backend: BACKEND },
        (ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked, _) => Error::LockTimeout {
            backend: BACKEND,
            hint: "",
        },
        (ErrorCode::OperationInterrupted, _) => Error::StatementTimeout { backend: BACKEND },
        (ErrorCode::CannotOpen | ErrorCode::NotADatabase, _)
        | (_, ffi::SQLITE_READONLY_DIRECTORY | ffi::SQLITE_READONLY_CANTINIT) => cannot_open(error),
        _ if overflow(&message) => failed.out_of_range(),
        (_, extended) if message.starts_with(NO_TABLE) => {
            let table = &message[NO_TABLE.len()..];
            let table = table.strip_prefix("main.").unwrap_or(table);
            database(
                &extended.to_string(),
                &failed.no_such_table(&message, table),
                error,
            )
        }
        (_, extended) => {
            let refused = (message == NO_TARGET).then(|| failed.no_conflict_target());
            refused
                .flatten()
                .unwrap_or_else(|| database(&extended.to_string(), &message, error))
        }
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

/// What SQLite tells of a violated constraint; `None` for kinds that are none of ours.
fn violation(extended: i32, message: &str) -> Option<Violation> {
    let (_, what) = message
        .split_once("constraint failed: ")
        .unwrap_or(("", ""));
    let (mut table, mut columns, mut constraint) = (None, Vec::new(), None);
    let kind = match extended {
        ffi::SQLITE_CONSTRAINT_UNIQUE
        | ffi::SQLITE_CONSTRAINT_PRIMARYKEY
        | ffi::SQLITE_CONSTRAINT_ROWID => {
            constraint = index_name(what);
            if constraint.is_none() {
                (table, columns) = columns_of(what);
            }
            ViolationKind::Unique
        }
        ffi::SQLITE_CONSTRAINT_NOTNULL => {
            (table, columns) = columns_of(what);
            ViolationKind::NotNull
        }
        ffi::SQLITE_CONSTRAINT_CHECK => {
            constraint = Some(what.to_owned());
            ViolationKind::Check
        }
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => ViolationKind::ForeignKey(None),
        // ON DELETE RESTRICT is carried out by a trigger inside of SQLite.
        ffi::SQLITE_CONSTRAINT_TRIGGER if message == "FOREIGN KEY constraint failed" => {
            ViolationKind::ForeignKey(Some(ForeignKeyCause::StillReferenced))
        }
        _ => return None,
    };
    Some(Violation {
        kind,
        table,
        columns,
        constraint,
    })
}

/// `index 'name'`: an index of expressions.
fn index_name(what: &str) -> Option<String> {
    let name = what.strip_prefix("index '")?.strip_suffix('\'')?;
    Some(name.to_owned())
}

/// `book.author_id, book.title`
fn columns_of(what: &str) -> (Option<String>, Vec<String>) {
    let mut table = None;
    let columns = what.split(", ").map(|column| {
        let (before, name) = column.rsplit_once('.').unwrap_or(("", column));
        table = Some(before.to_owned()).filter(|before| !before.is_empty());
        name.to_owned()
    });
    let columns = columns.collect();
    (table, columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_message_tells() {
        let read = |extended, message: &str| violation(extended, message).unwrap();
        let unique = read(
            ffi::SQLITE_CONSTRAINT_UNIQUE,
            "UNIQUE constraint failed: my.book.author_id, my.book.the title",
        );
        assert_eq!(unique.table.as_deref(), Some("my.book"));
        assert_eq!(unique.columns, ["author_id", "the title"]);
        let index = read(
            ffi::SQLITE_CONSTRAINT_UNIQUE,
            "UNIQUE constraint failed: index 'it's lower'",
        );
        assert_eq!(index.constraint.as_deref(), Some("it's lower"));
        assert_eq!((index.table, index.columns), (None, vec![]));
        // A trigger of the user's own may raise anything.
        assert_eq!(violation(ffi::SQLITE_CONSTRAINT_TRIGGER, "too late"), None);
        let empty = read(ffi::SQLITE_CONSTRAINT_NOTNULL, "");
        assert_eq!((empty.table, empty.columns), (None, vec![String::new()]));
    }
}
