//! PostgreSQL's errors as ours. Its messages may repeat bound values: where they can, they are not kept.

use orm_core::diagnosis::{Failed, Violation, ViolationKind};
use orm_core::error::{DriverError, Error, ForeignKeyCause};
use tokio_postgres::error::{DbError, Severity, SqlState};

use super::bind::unfit;

pub(super) const BACKEND: &str = "PostgreSQL";

/// Whether the connection is of no more use after this error.
pub(super) fn is_fatal(error: &tokio_postgres::Error) -> bool {
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

fn has_io_cause(error: &tokio_postgres::Error) -> bool {
    std::error::Error::source(error).is_some_and(|source| source.is::<std::io::Error>())
}

/// Whether a cached plan has grown old, since a table was changed.
pub(super) fn is_stale_plan(error: &tokio_postgres::Error) -> bool {
    error.as_db_error().is_some_and(|db| {
        // The routine's name is the same in every language of the server, the message is not.
        *db.code() == SqlState::FEATURE_NOT_SUPPORTED
            && db.routine() == Some("RevalidateCachedQuery")
            || *db.code() == SqlState::INVALID_SQL_STATEMENT_NAME
    })
}

/// The error of a statement.
#[cold]
pub(super) fn from_driver(error: tokio_postgres::Error, failed: Failed<'_>) -> Error {
    if is_fatal(&error) {
        return lost(error);
    }
    let Some(db) = error.as_db_error() else {
        // The driver fails to encode a value, or does not understand the server.
        let fits = failed.params.iter().all(|value| unfit(value).is_none());
        return if fits {
            database("driver", &error.to_string(), error)
        } else {
            failed.refused(&unfit)
        };
    };
    let code = db.code().code().to_owned();
    // The code tells that ON CONFLICT has no unique constraint, or that some column is not there.
    if code == "42P10"
        && let Some(refused) = failed.no_conflict_target()
    {
        return refused;
    }
    match code.as_str() {
        "23505" => failed.violated(violation(db, ViolationKind::Unique)),
        "23503" | "23001" => failed.violated(foreign_key(db)),
        "23514" => failed.violated(violation(db, ViolationKind::Check)),
        "23502" => failed.violated(violation(db, ViolationKind::NotNull)),
        "40001" => Error::Serialization { backend: BACKEND },
        "XX000" if is_lock_race(db) => Error::Serialization { backend: BACKEND },
        "40P01" => Error::Deadlock { backend: BACKEND },
        "55P03" => Error::LockTimeout {
            backend: BACKEND,
            hint: "",
        },
        "57014" => Error::StatementTimeout { backend: BACKEND },
        // A number that overflows, a text that is too long for its column.
        "22003" | "22001" => failed.out_of_range(),
        "08P01" => Error::InvalidQuery {
            model: failed.command.model,
            message: "the number of values is not that of its parameters".into(),
        },
        "42P01" => {
            // `relation "book" does not exist`
            let message = safe_message(db);
            let table = message.split('"').nth(1).unwrap_or_default();
            database(&code, &failed.no_such_table(&message, table), error)
        }
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
pub(super) fn cannot_connect(error: tokio_postgres::Error) -> Error {
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

/// The error of a runtime that does not start: there are too many open files, or no memory.
#[cold]
pub(super) fn cannot_start(error: std::io::Error) -> Error {
    Error::Connection {
        backend: BACKEND,
        message: "the system has nothing left for another connection".to_owned(),
        source: Some(DriverError::new(error)),
    }
}

#[cold]
fn lost(error: tokio_postgres::Error) -> Error {
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

fn database(code: &str, message: &str, error: tokio_postgres::Error) -> Error {
    Error::Database {
        backend: BACKEND,
        code: code.to_owned(),
        message: message.to_owned(),
        source: Some(DriverError::new(error)),
    }
}

/// What the server tells of a violated constraint.
fn violation(db: &DbError, kind: ViolationKind) -> Violation {
    let columns = match db.column() {
        Some(column) => vec![column.to_owned()],
        None => key_columns(db.detail().unwrap_or_default()).unwrap_or_default(),
    };
    Violation {
        kind,
        table: db.table().map(str::to_owned),
        columns,
        constraint: db.constraint().map(str::to_owned),
    }
}

/// The table and constraint are those of the key, whichever side is at fault.
fn foreign_key(db: &DbError) -> Violation {
    let message = db.message();
    // RESTRICT has a code of its own from version 18 on. The words are told in the server's language: of others the
    // columns tell the side, unless they have one name on both.
    let cause = if db.code().code() == "23001" || message.starts_with("update or delete on table") {
        Some(ForeignKeyCause::StillReferenced)
    } else if message.starts_with("insert or update on table") {
        Some(ForeignKeyCause::NoSuchRow)
    } else {
        None
    };
    violation(db, ViolationKind::ForeignKey(cause))
}

/// The columns of a key stand in the detail alone: `Key (author_id, "the title")=(1, x) already exists.`, whatever the
/// language. An expression among them gives `None`.
fn key_columns(detail: &str) -> Option<Vec<String>> {
    let (_, mut rest) = detail.split_once('(')?;
    let mut columns = Vec::new();
    loop {
        let (column, after) = identifier(rest)?;
        columns.push(column);
        if after.starts_with(")=(") {
            return Some(columns);
        }
        rest = after.strip_prefix(", ")?;
    }
}

/// A name in quotes or without, and what is behind it.
fn identifier(text: &str) -> Option<(String, &str)> {
    let Some(mut rest) = text.strip_prefix('"') else {
        let plain = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
        let end = text.find(|c| !plain(c)).unwrap_or(text.len());
        return (end > 0).then(|| (text[..end].to_owned(), &text[end..]));
    };
    let mut name = String::new();
    loop {
        let (part, after) = rest.split_once('"')?;
        name.push_str(part);
        match after.strip_prefix('"') {
            Some(more) => {
                name.push('"');
                rest = more;
            }
            None => return Some((name, after)),
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_a_key() {
        for (detail, expected) in [
            ("Key (id)=(1) already exists.", Some(vec!["id"])),
            (
                "Schlüssel »(a, \"b c\", \"d\"\"e\")=(1, 2, )=(3)« existiert bereits.",
                Some(vec!["a", "b c", "d\"e"]),
            ),
            ("Key (lower(title))=(a) already exists.", None),
            ("Key (a, (b || c))=(a, d) already exists.", None),
            ("Key (\"a", None),
            ("Key (", None),
            ("Key is duplicated.", None),
            ("", None),
        ] {
            let columns = key_columns(detail);
            let columns: Option<Vec<&str>> = columns
                .as_ref()
                .map(|columns| columns.iter().map(String::as_str).collect());
            assert_eq!(columns, expected, "{detail}");
        }
    }
}
