//! The one error type. Each error names the model, the field and the database it concerns; none
//! contains a bound value.

use std::error::Error as StdError;

/// `Result` with [`Error`] as the error, unless another is named.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A boxed error of any kind.
pub type BoxError = Box<dyn StdError + Send + Sync + 'static>;

/// Everything that can go wrong between a query and its answer.
///
/// What a message says never contains a bound value; `source()` of [`Database`](Self::Database) and
/// [`Connection`](Self::Connection) is the driver's own error and may. The enum may grow, so a `match` needs a `_`.
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// # let bob = Author::objects().get(&db, Author::name.eq("Bob"))?;
/// let again = Book::draft().title("SQL").author(&bob).price(5).save(&db);
/// match again {
///     Err(Error::UniqueViolation { fields, .. }) => assert_eq!(fields, ["author_id", "title"]),
///     other => panic!("{other:?}"),
/// }
/// # Ok::<(), orm::Error>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No row matched where exactly one was asked for, or the row to be written is gone.
    #[error("no {model} matches")]
    DoesNotExist {
        /// The model asked for.
        model: &'static str,
    },
    /// More than one row matched where exactly one was asked for.
    #[error("more than one {model} matches")]
    MultipleObjects {
        /// The model asked for.
        model: &'static str,
    },
    /// A relation's rows were asked for, but no query has loaded them.
    #[error("the {relation} of this key is not loaded: `fetch` it")]
    NotLoaded {
        /// The model that the key leads to.
        relation: &'static str,
    },
    /// A row with the same unique values exists.
    #[error(
        "{backend}: the values of {fields:?} are taken already (unique constraint {constraint:?})"
    )]
    UniqueViolation {
        /// The constraint's or index's name; on SQLite made up of its table and columns.
        constraint: String,
        /// The columns of the constraint, where the database tells them.
        fields: Vec<String>,
        /// The database.
        backend: &'static str,
    },
    /// A key points at no row, or a row that others point at was to go.
    #[error("{backend}: a foreign key is violated{}", in_constraint(.constraint))]
    ForeignKeyViolation {
        /// The constraint's name where the database tells it.
        constraint: Option<String>,
        /// The database.
        backend: &'static str,
    },
    /// A row does not satisfy a check.
    #[error("{backend}: check constraint {constraint:?} is violated")]
    CheckViolation {
        /// The constraint's name.
        constraint: String,
        /// The database.
        backend: &'static str,
    },
    /// NULL in a column that takes none.
    #[error("{backend}: {column:?} cannot be NULL")]
    NotNullViolation {
        /// The column, with its table where the database tells it.
        column: String,
        /// The database.
        backend: &'static str,
    },
    /// A value was refused before any SQL was sent.
    #[error("{model}.{field}: {message}")]
    Validation {
        /// The model.
        model: &'static str,
        /// The field.
        field: &'static str,
        /// Why the value was refused.
        message: String,
    },
    /// The database returned something the field's type cannot hold.
    #[error("{model}.{field}: expected {expected}, found {found}")]
    Decode {
        /// The model.
        model: &'static str,
        /// The field, or what was selected.
        field: String,
        /// The Rust type.
        expected: &'static str,
        /// What the database returned.
        found: &'static str,
    },
    /// A number left the range of its type while the database computed it.
    #[error("{backend}: a number is out of the range of its type")]
    OutOfRange {
        /// The database.
        backend: &'static str,
    },
    /// The transaction could not be serialized; run it again, or see `Isolation::retries`.
    #[error("{backend}: the transaction conflicts with another and was rolled back")]
    Serialization {
        /// The database.
        backend: &'static str,
    },
    /// Two transactions waited for each other and this one was ended.
    #[error("{backend}: deadlock, this transaction was rolled back")]
    Deadlock {
        /// The database.
        backend: &'static str,
    },
    /// A lock was not to be had in time (SQLite: the file is locked; PostgreSQL: `nowait`, `lock_timeout`).
    #[error("{backend}: a lock could not be had in time")]
    LockTimeout {
        /// The database.
        backend: &'static str,
    },
    /// A statement ran longer than the statement timeout.
    #[error("{backend}: the statement took longer than its timeout")]
    StatementTimeout {
        /// The database.
        backend: &'static str,
    },
    /// The database lacks a feature. Refused before any SQL was sent.
    #[error("{backend} does not support {feature}")]
    Unsupported {
        /// The feature.
        feature: &'static str,
        /// The database.
        backend: &'static str,
    },
    /// A query that cannot mean anything, refused before any SQL was sent.
    #[error("this query of {model} cannot run: {message}")]
    InvalidQuery {
        /// The model the query is about.
        model: &'static str,
        /// What is wrong with it.
        message: String,
    },
    /// The connection could not be opened, or was lost.
    #[error("{backend}: {message}")]
    Connection {
        /// The database.
        backend: &'static str,
        /// What happened.
        message: String,
        /// The driver's own error.
        #[source]
        source: Option<DriverError>,
    },
    /// No connection became free in time.
    #[error("{backend}: no connection became free within {waited:?}{hint}")]
    PoolTimeout {
        /// The database.
        backend: &'static str,
        /// How long was waited.
        waited: std::time::Duration,
        /// What may be the cause, where it is known.
        hint: &'static str,
    },
    /// The database's own error, of a kind that has no entry here. `source()` is the driver's error
    /// and may contain values.
    #[error("{backend}: the database refused the statement ({code}: {message})")]
    Database {
        /// The database.
        backend: &'static str,
        /// SQLSTATE, or SQLite's extended result code.
        code: String,
        /// A description without values.
        message: String,
        /// The driver's own error.
        #[source]
        source: Option<DriverError>,
    },
    /// A migration or the making of tables failed.
    #[error("migration: {message}")]
    Migration {
        /// What happened.
        message: String,
    },
    /// The user's own error, passed through a transaction.
    #[error(transparent)]
    Custom(#[from] BoxError),
}

/// A driver's own error. It may contain values, so `Debug` does not show it; `Display` does.
pub struct DriverError(BoxError);

impl DriverError {
    /// Keeps a driver's error.
    pub fn new(error: impl Into<BoxError>) -> Self {
        Self(error.into())
    }
}

impl std::fmt::Debug for DriverError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(the driver's error, which may contain values)")
    }
}

impl std::fmt::Display for DriverError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl StdError for DriverError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.0)
    }
}

impl Error {
    /// Wraps the user's own error, so that it can leave the closure of `atomic` by `?`.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let sold = db.atomic(|tx| {
    ///     let mut book = Book::objects().select_for_update().get(tx, Book::title.eq("Rust"))?;
    ///     if book.stock_level == 0 {
    ///         return Err(Error::custom("the shelf is empty"));
    ///     }
    ///     book.update(tx, Book::stock_level.set(Book::stock_level - 1))
    /// });
    /// assert_eq!(sold.unwrap_err().to_string(), "the shelf is empty");
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn custom(error: impl Into<BoxError>) -> Self {
        Self::Custom(error.into())
    }

    /// Whether running the whole transaction again may succeed: after [`Serialization`](Self::Serialization) and
    /// [`Deadlock`](Self::Deadlock). `atomic_with` does so by itself where it is told how often.
    ///
    /// ```
    /// use orm::Error;
    /// assert!(Error::Deadlock { backend: "PostgreSQL" }.is_retryable());
    /// assert!(!Error::DoesNotExist { model: "Book" }.is_retryable());
    /// ```
    pub const fn is_retryable(&self) -> bool {
        matches!(self, Self::Serialization { .. } | Self::Deadlock { .. })
    }
}

fn in_constraint(constraint: &Option<String>) -> String {
    constraint
        .as_ref()
        .map(|c| format!(" (constraint {c:?})"))
        .unwrap_or_default()
}
