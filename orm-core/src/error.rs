//! The one error type. Each error names the model, the field and the database it concerns; none
//! contains a bound value.

mod text;

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
///     Err(Error::UniqueViolation { model, fields, .. }) => {
///         assert_eq!((model, fields), (Some("Book"), vec!["author".to_owned(), "title".to_owned()]));
///     }
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
    /// A relation's rows, or the value of a `Deferred` field, were asked for, but no query has loaded them.
    #[error(
        "`{relation}` is not loaded: a query loads a relation by `select_related` or `prefetch_related`, and a `Deferred` field unless it \
         leaves it out; `fetch` asks for one row or value, `all` for many"
    )]
    NotLoaded {
        /// The field; for a key that was made by hand the model that it leads to.
        relation: &'static str,
    },
    /// A handle of `db.strict()` was asked for a relation, or a field that was left out, of one row after the other, from one
    /// line of source.
    #[error("{relation} is loaded row by row from {}:{}: {advice}", .caller.file(), .caller.line())]
    RepeatedLoad {
        /// The relation or the field, such as `Book::author`.
        relation: Box<str>,
        /// The line.
        caller: &'static std::panic::Location<'static>,
        /// What loads it for all rows at once, such as ``add `.select_related(Book::author)` ``.
        advice: Box<str>,
    },
    /// A row with the same unique values exists.
    #[error(
        "{backend}: {}",
        text::unique(*.model, .table.as_deref(), .fields, .constraint.as_deref())
    )]
    UniqueViolation {
        /// The model; `None` for a table that no model of the program has.
        model: Option<&'static str>,
        /// The table, where the database tells it.
        table: Option<Box<str>>,
        /// The constraint's or index's name, the same on both databases; `None` where the database does not tell it.
        constraint: Option<String>,
        /// The model's fields that must differ, or the columns where no field has them; none for an index by expression.
        fields: Vec<String>,
        /// The database.
        backend: &'static str,
    },
    /// A key points at no row, or a row that others point at was to go.
    #[error(
        "{backend}: {}",
        text::foreign_key(*.model, .table.as_deref(), .fields, (*.references, *.cause), .constraint.as_deref())
    )]
    ForeignKeyViolation {
        /// The model that has the key, `Book` where it is `Book::author`. Where neither key nor cause is known, the
        /// statement's; `None` where that is not known either, or for a table that no model of the program has.
        model: Option<&'static str>,
        /// Its table, where the database tells it.
        table: Option<Box<str>>,
        /// The constraint's name, where it is known.
        constraint: Option<String>,
        /// The key's field, or its columns where no field has them; none where it is not known.
        fields: Vec<String>,
        /// The model that the key points at, where it is known.
        references: Option<&'static str>,
        /// Which side is at fault, where that is known.
        cause: Option<ForeignKeyCause>,
        /// The database.
        backend: &'static str,
    },
    /// A row does not satisfy a check.
    #[error("{backend}: {}", text::check(*.model, .table.as_deref(), .fields, .constraint))]
    CheckViolation {
        /// The model; `None` where it is not known, or no model of the program has the table.
        model: Option<&'static str>,
        /// The table, where the database tells it.
        table: Option<Box<str>>,
        /// The constraint's name.
        constraint: String,
        /// The model's fields that the check looks at; none where the model does not declare it.
        fields: Vec<String>,
        /// The database.
        backend: &'static str,
    },
    /// NULL in a column that takes none.
    #[error("{backend}: {}", text::not_null(*.model, .table.as_deref(), .field))]
    NotNullViolation {
        /// The model; `None` for a table that no model of the program has.
        model: Option<&'static str>,
        /// The table, where the database tells it.
        table: Option<Box<str>>,
        /// The model's field, or the column where no field has it.
        field: String,
        /// The database.
        backend: &'static str,
    },
    /// Values were refused before any SQL was sent. All that is wrong with a row is told at once.
    #[error("{}", text::validation(.model, .errors))]
    Validation {
        /// The model; `raw SQL` for a parameter of raw SQL.
        model: &'static str,
        /// Each field with what is wrong with it, in the order of the fields. Never empty.
        errors: Vec<FieldError>,
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
    /// A value left the range of its type or column while the database computed it: a number, or a text or decimal that
    /// is too long for its column.
    #[error("{backend}: {}", text::out_of_range(*.model, .field.as_deref()))]
    OutOfRange {
        /// The model of the statement; `None` for raw SQL.
        model: Option<&'static str>,
        /// The field that the value was for, where the database tells it.
        field: Option<String>,
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
    #[error("{backend}: a lock could not be had in time{hint}")]
    LockTimeout {
        /// The database.
        backend: &'static str,
        /// What may be the cause, where it is known.
        hint: &'static str,
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
    /// A query that cannot mean anything, refused before any SQL was sent; or an upsert on fields over which the database
    /// has no unique constraint.
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

/// Which side of a foreign key is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ForeignKeyCause {
    /// The key was to point at a row that does not exist.
    NoSuchRow,
    /// The row was to go, or to change its key, while a key points at it.
    StillReferenced,
}

/// What is wrong with the value of a field: a part of [`Error::Validation`].
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// # let bob = Author::objects().get(&db, Author::name.eq("Bob"))?;
/// let refused = Book::draft().title("x".repeat(201)).author(&bob).price(dec!(0.001)).save(&db).unwrap_err();
/// let fields: Vec<&str> = refused.field_errors().iter().map(|error| &*error.field).collect();
/// assert_eq!(fields, ["title", "price"]);
/// # Ok::<(), orm::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldError {
    /// The field; with the way to it where a condition goes through relations (`author.joined_date`), and
    /// `parameter 1` where the value stands for no field.
    pub field: String,
    /// What is wrong.
    pub message: String,
}

impl FieldError {
    /// What is wrong with a field.
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            message: message.into(),
        }
    }
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

    /// A value of one field that is refused: for validation of your own.
    ///
    /// ```
    /// use orm::Error;
    /// let refused = Error::validation("Book", "title", "it must not be shouted");
    /// assert_eq!(refused.to_string(), "Book.title: it must not be shouted");
    /// ```
    pub fn validation(
        model: &'static str,
        field: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self::Validation {
            model,
            errors: vec![FieldError::new(field, message)],
        }
    }

    /// What is wrong with each field of a row, in the order of the fields: the entries of
    /// [`Validation`](Self::Validation), as a form shows them. Other errors have none.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// # let day = NaiveDate::from_ymd_opt(2020, 1, 1).unwrap();
    /// let refused = Author::draft().name("Ann".repeat(100)).joined_date(day).save(&db).unwrap_err();
    /// for error in refused.field_errors() {
    ///     println!("{}: {}", error.field, error.message);
    /// }
    /// assert_eq!(refused.field_errors()[0].field, "name");
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn field_errors(&self) -> &[FieldError] {
        match self {
            Self::Validation { errors, .. } => errors,
            _ => &[],
        }
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
