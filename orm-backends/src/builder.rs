//! Settings of a database's connections.

use std::fmt;
use std::time::Duration;

use orm_core::error::Result;

use crate::database::Database;
use crate::url::{self, Target};

/// What the drivers are told.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) max_connections: usize,
    pub(crate) acquire_timeout: Duration,
    pub(crate) statement_timeout: Option<Duration>,
    pub(crate) busy_timeout: Duration,
    pub(crate) planner_stability: bool,
    pub(crate) application_name: Option<String>,
    #[cfg(feature = "sqlite")]
    pub(crate) functions: Vec<crate::sqlite::OwnFunction>,
}

/// Settings for [`Database::builder`]; what is not set has the default named at its method.
///
/// ```
/// # use orm_doc_models::*;
/// let db = Database::builder("sqlite::memory:")
///     .max_connections(16)
///     .acquire_timeout(secs(5))
///     .statement_timeout(secs(30))
///     .connect()?;
/// # Ok::<(), orm::Error>(())
/// ```
#[must_use = "settings do nothing until `connect`"]
#[derive(Clone)]
pub struct DatabaseBuilder {
    url: String,
    settings: Settings,
}

/// Without the URL, which may hold a password.
impl fmt::Debug for DatabaseBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatabaseBuilder")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

impl DatabaseBuilder {
    pub(crate) fn new(url: &str) -> Self {
        let settings = Settings {
            max_connections: 16,
            acquire_timeout: Duration::from_secs(30),
            statement_timeout: None,
            busy_timeout: Duration::from_secs(5),
            planner_stability: true,
            application_name: None,
            #[cfg(feature = "sqlite")]
            functions: Vec::new(),
        };
        Self {
            url: url.to_owned(),
            settings,
        }
    }

    /// Registers a function in Rust with every connection to SQLite, where the SQL of [`custom`](orm_core::expr::custom) functions and of your own can
    /// call it by this name; other databases have it under another name or not at all. It must give the same result for the same arguments.
    ///
    /// The arguments come as SQLite holds them: integers, floats, texts, bytes and NULL. An error it returns is that of the statement.
    ///
    /// ```
    /// use orm::prelude::*;
    /// use orm::value::{Value, ValueRef};
    ///
    /// let db = Database::builder("sqlite::memory:")
    ///     .sqlite_function("vowels", 1, |args| {
    ///         Ok(match args {
    ///             [ValueRef::Text(text)] => Value::I64(text.matches(['a', 'e', 'i', 'o', 'u']).count() as i64),
    ///             _ => Value::Null,
    ///         })
    ///     })
    ///     .connect()?;
    /// assert_eq!(db.query::<(i64,)>("SELECT vowels('unknown')", ())?, [(2,)]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    #[cfg(feature = "sqlite")]
    pub fn sqlite_function<F>(mut self, name: &str, arguments: u8, function: F) -> Self
    where
        F: Fn(
                &[orm_core::value::ValueRef<'_>],
            ) -> Result<orm_core::value::Value, orm_core::BoxError>
            + Send
            + Sync
            + 'static,
    {
        let function = crate::sqlite::OwnFunction::new(name, arguments, function);
        self.settings.functions.push(function);
        self
    }

    /// How many connections there are at most: 16, and never less than one. They are opened as they are needed. A database in
    /// memory has one connection; there it is the number of transactions and iterators that may be open at once.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// let db = Database::builder("sqlite::memory:").max_connections(4).connect()?;
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub const fn max_connections(mut self, max: usize) -> Self {
        self.settings.max_connections = if max == 0 { 1 } else { max };
        self
    }

    /// How long a query waits for a free connection: 30 seconds. Then it fails with `Error::PoolTimeout`.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// let db = Database::builder("sqlite::memory:").acquire_timeout(secs(5)).connect()?;
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub const fn acquire_timeout(mut self, timeout: Duration) -> Self {
        self.settings.acquire_timeout = timeout;
        self
    }

    /// How long a statement may run: for ever. Then it fails with `Error::StatementTimeout`.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// let db = Database::builder("sqlite::memory:").statement_timeout(std::time::Duration::from_millis(20)).connect()?;
    /// let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
    /// assert!(matches!(db.query::<(i64,)>(endless, ()), Err(Error::StatementTimeout { .. })));
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub const fn statement_timeout(mut self, timeout: Duration) -> Self {
        self.settings.statement_timeout = Some(timeout);
        self
    }

    /// How long a write waits on SQLite while another one has the database locked: 5 seconds. Then it fails with
    /// `Error::LockTimeout`. PostgreSQL does not use it.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// let db = Database::builder("sqlite::memory:").busy_timeout(secs(1)).connect()?;
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub const fn busy_timeout(mut self, timeout: Duration) -> Self {
        self.settings.busy_timeout = timeout;
        self
    }

    /// SQLite's query planner stability guarantee (on): plans do not depend on bound values, so that cached statements are
    /// never prepared anew. Off, the planner may look at the values; `LIKE ?` may then use an index. PostgreSQL does not use
    /// it.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// let db = Database::builder("sqlite::memory:").query_planner_stability(false).connect()?;
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub const fn query_planner_stability(mut self, on: bool) -> Self {
        self.settings.planner_stability = on;
        self
    }

    /// The name that PostgreSQL shows for the connections in `pg_stat_activity`: `orm`, unless the URL says otherwise. SQLite
    /// does not use it.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// let builder = Database::builder("postgres://shop@localhost/shop").application_name("till");
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn application_name(mut self, name: impl Into<String>) -> Self {
        self.settings.application_name = Some(name.into());
        self
    }

    /// Opens the database with one first connection.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// let refused = Database::builder("mysql://localhost/shop").connect();
    /// assert!(matches!(refused, Err(Error::Connection { .. })));
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// `Error::Connection` when the URL cannot be read, the database is not reached, or the cargo feature for it
    /// is off; `Error::Unsupported` for `sslmode=require` and stricter. No error holds the URL.
    pub fn connect(self) -> Result<Database> {
        match url::parse(&self.url)? {
            target @ (Target::SqliteMemory | Target::SqliteFile { .. }) => {
                sqlite(target, &self.settings)
            }
            Target::Postgres(url) => postgres(&url, &self.settings),
        }
    }
}

#[cfg(feature = "sqlite")]
fn sqlite(target: Target, settings: &Settings) -> Result<Database> {
    crate::sqlite::Sqlite::open(target, settings).map(Database::new)
}

#[cfg(not(feature = "sqlite"))]
fn sqlite(_: Target, _: &Settings) -> Result<Database> {
    Err(url::refused(
        "SQLite",
        "enable the cargo feature `sqlite` of `orm`",
    ))
}

#[cfg(feature = "postgres")]
fn postgres(url: &str, settings: &Settings) -> Result<Database> {
    crate::postgres::Postgres::open(url, settings).map(Database::new)
}

#[cfg(not(feature = "postgres"))]
fn postgres(_: &str, _: &Settings) -> Result<Database> {
    Err(url::refused(
        "PostgreSQL",
        "enable the cargo feature `postgres` of `orm`",
    ))
}
