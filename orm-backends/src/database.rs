//! `Database`: the handle of a database, a pool of connections inside.

use std::fmt;
use std::panic::Location;
use std::sync::Arc;

use orm_core::dialect::SqlDialect;
use orm_core::error::{Error, Result};
use orm_core::executor::{Command, Cursor, Executor, Handle, NoTransaction, OnRow};
use orm_core::value::Value;

use crate::builder::DatabaseBuilder;
use crate::capture::{self, RecordingSink};
use crate::driver::{Driver, own_command};
use crate::log::Log;
use crate::observe::Watch;
use crate::raw::raw_methods;
use crate::transaction::{self, Transaction, TransactionOptions};

/// A database: a pool of connections that every clone and every thread shares.
///
/// Each statement runs on any free connection. Statements that belong together go through [`Database::atomic`].
///
/// ```
/// use orm::prelude::*;
///
/// #[derive(Model)]
/// struct Note {
///     id: i64,
///     text: String,
/// }
///
/// let db = Database::connect("sqlite::memory:")?;
/// db.create_tables()?;
/// Note::draft().text("Milk").save(&db)?;
/// std::thread::scope(|scope| {
///     let notes = scope.spawn(|| Note::objects().count(&db)).join().unwrap()?;
///     assert_eq!(notes, 1);
///     Ok::<(), orm::Error>(())
/// })?;
/// # Ok::<(), orm::Error>(())
/// ```
#[derive(Clone)]
pub struct Database {
    driver: Arc<dyn Driver>,
    watch: Watch,
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Database")
            .field(&self.driver.dialect().name())
            .finish()
    }
}

impl Database {
    pub(crate) fn new(driver: impl Driver + 'static) -> Self {
        Self {
            driver: Arc::new(driver),
            watch: Watch::of_a_database(),
        }
    }

    /// Opens a database by its URL, with default settings; see [`DatabaseBuilder`] for others.
    ///
    /// - `sqlite::memory:` is a new database in memory, shared by all clones of the handle and gone with the last. It has one
    ///   connection, which threads take in turn: while a transaction or an iterator is open in one thread, the others wait.
    ///   Within a transaction, reads of the same thread on the database itself see what the transaction has written.
    /// - `sqlite://shop.db`, `sqlite:shop.db` and `sqlite:///var/shop.db` are files, made if they do not exist (`?mode=rw` and
    ///   `?mode=ro` do not make one). They are put into WAL mode.
    /// - `postgres://user:password@host:5432/name` is a PostgreSQL database. TLS is not supported yet.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// let db = Database::connect("sqlite::memory:")?;
    /// let missing = Database::connect("sqlite://nowhere/shop.db?mode=rw");
    /// assert!(matches!(missing, Err(Error::Connection { backend: "SQLite", .. })));
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// `Error::Connection` when the URL cannot be read, the database is not reached, or the cargo feature for it is
    /// off. No error holds the URL, since it may hold a password.
    pub fn connect(url: &str) -> Result<Self> {
        Self::builder(url).connect()
    }

    /// Settings for a connection to the database at a URL.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// let db = Database::builder("sqlite::memory:").max_connections(4).statement_timeout(secs(10)).connect()?;
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn builder(url: &str) -> DatabaseBuilder {
        DatabaseBuilder::new(url)
    }

    raw_methods!();

    /// Runs a script: any number of statements without parameters, as one goes. It is not a transaction by itself on
    /// SQLite; on PostgreSQL it is, unless it begins one.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// db.execute_batch("CREATE TABLE shelf (label text); INSERT INTO shelf VALUES ('A'), ('B')")?;
    /// assert_eq!(db.query::<(i64,)>("SELECT count(*) FROM shelf", ())?, [(2,)]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// The database's, of the first statement that fails.
    #[track_caller]
    pub fn execute_batch(&self, sql: &str) -> Result<()> {
        self.driver
            .execute_batch(&self.watch, &own_command(sql, Location::caller()))
    }

    /// Runs `work` in a transaction: committed if it returns `Ok`, rolled back on `Err` and on panic. It is Django's
    /// `transaction.atomic`.
    ///
    /// What is to be part of the transaction runs on the `tx` that `work` is given. Inside of it, `tx.atomic` makes a
    /// savepoint. On SQLite a transaction is a writing one from the start, so that it never has to give up halfway.
    ///
    /// SQL: `BEGIN`, on SQLite `BEGIN IMMEDIATE`; `COMMIT` or `ROLLBACK`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let moved = db.atomic(|tx| {
    ///     let from = Book::objects().filter(Book::title.eq("SQL") & Book::stock_level.gte(2));
    ///     if from.update(tx, Book::stock_level.set(Book::stock_level - 2))? == 0 {
    ///         return Err(Error::custom("too few"));
    ///     }
    ///     Book::objects().filter(Book::title.eq("Rust")).update(tx, Book::stock_level.set(Book::stock_level + 2))
    /// })?;
    /// assert_eq!(moved, 1);
    /// // An error undoes everything.
    /// let failed = db.atomic(|tx| {
    ///     Book::objects().delete(tx)?;
    ///     Err::<(), _>(Error::custom("changed my mind"))
    /// });
    /// assert!(failed.is_err() && Book::objects().exists(&db)?);
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of `work`, of BEGIN and of COMMIT; after any of them the transaction is rolled back. On SQLite
    /// `Error::LockTimeout` at once, where this thread has another transaction open on the same database.
    #[track_caller]
    pub fn atomic<'env, T>(
        &'env self,
        work: impl FnOnce(&Transaction<'env>) -> Result<T>,
    ) -> Result<T> {
        self.atomic_as(work)
    }

    /// [`Database::atomic`] with an error type of your own, which needs a `From<orm::Error>`.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// #[derive(Debug)]
    /// enum ShopError {
    ///     SoldOut,
    ///     Database(Error),
    /// }
    ///
    /// impl From<Error> for ShopError {
    ///     fn from(error: Error) -> Self {
    ///         Self::Database(error)
    ///     }
    /// }
    ///
    /// let sold = db.atomic_as::<ShopError, _>(|tx| {
    ///     let book = Book::objects().get(tx, Book::title.eq("Rust"))?;
    ///     if book.stock_level == 0 { Err(ShopError::SoldOut) } else { Ok(book) }
    /// });
    /// assert!(matches!(sold, Err(ShopError::SoldOut)));
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Database::atomic`].
    #[track_caller]
    pub fn atomic_as<'env, E: From<Error>, T>(
        &'env self,
        work: impl FnOnce(&Transaction<'env>) -> Result<T, E>,
    ) -> Result<T, E> {
        let options = TransactionOptions::default();
        transaction::run(
            &*self.driver,
            &self.watch,
            &options,
            Location::caller(),
            work,
        )
    }

    /// [`Database::atomic`] at an isolation level, and again if the database asks for it.
    ///
    /// `work` runs once for each try, so it must not change anything but the database. SQLite's transactions are serializable
    /// at every level.
    ///
    /// SQL: `BEGIN ISOLATION LEVEL SERIALIZABLE` on PostgreSQL
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let total = db.atomic_with(Isolation::Serializable.retries(3), |tx| {
    ///     let prices = Book::objects().values_list(Book::price).all(tx)?;
    ///     Ok(prices.into_iter().sum::<Decimal>())
    /// })?;
    /// assert_eq!(total, dec!(61.40));
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Database::atomic`]; of the last try.
    #[track_caller]
    pub fn atomic_with<'env, T>(
        &'env self,
        options: impl Into<TransactionOptions>,
        mut work: impl FnMut(&Transaction<'env>) -> Result<T>,
    ) -> Result<T> {
        let (options, caller) = (options.into(), Location::caller());
        transaction::retried(options.retry_count(), || {
            transaction::run(&*self.driver, &self.watch, &options, caller, &mut work)
        })
    }

    /// Runs `work` and records every statement that goes through the handle it is given, and through transactions and
    /// iterators of that handle. Nothing else is recorded: what runs on the outer `db` is not, and
    /// [`Log::missed`] counts it.
    ///
    /// The cost is a copy of each statement and its values; without a recording there is none.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let (books, log) = db.capture(|db| {
    ///     let books = Book::objects().all(db)?;
    ///     for book in &books {
    ///         book.author.fetch(db)?;
    ///     }
    ///     Ok(books)
    /// })?;
    /// assert_eq!(log.len(), 1 + books.len());
    /// assert_eq!(log.n_plus_one()[0].count, 4);
    /// println!("{log}");
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of `work`.
    pub fn capture<T>(&self, work: impl FnOnce(&Self) -> Result<T>) -> Result<(T, Log)> {
        capture::capture(self, work)
    }

    /// The same database by a handle on which nothing is loaded row by row: a second `fetch` of the same relation from
    /// the same line of source, for another row, is an error that says what would load it for all rows at once. So are `all`,
    /// `count`, `exists` and `contains` of a relation to many that was not loaded, queries that begin at one, as
    /// `author.books.filter(..)`, and the `fetch` of a `Deferred`. For tests.
    ///
    /// It holds for the clones of the handle, in all threads together, and for its transactions. What it has seen it does not
    /// forget, so each test takes a handle of its own. Query sets that begin at a model are not concerned.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let db = db.strict();
    /// let books = Book::objects().all(&db)?;
    /// let names: Result<Vec<&str>> = books.iter().map(|book| Ok(&*book.author.fetch(&db)?.name)).collect();
    /// let told = names.unwrap_err().to_string();
    /// assert!(told.starts_with("Book::author is loaded row by row from "));
    /// assert!(told.ends_with(": add `.select_related(Book::author)`"));
    ///
    /// for book in Book::objects().select_related(Book::author).all(&db)? {
    ///     println!("{}", book.author.fetch(&db)?.name);
    /// }
    /// # Ok::<(), orm::Error>(())
    /// ```
    #[must_use = "it is the handle that is given that is strict"]
    pub fn strict(&self) -> Self {
        self.watched_by(&self.watch.with_strict())
    }

    pub(crate) fn recording(&self) -> (Self, RecordingSink) {
        let (watch, sink) = self.watch.with_sink();
        let sink = RecordingSink::new(sink, &watch);
        let driver = Arc::clone(&self.driver);
        (Self { driver, watch }, sink)
    }

    /// The same database, recording as another handle does.
    pub(crate) fn watched_by(&self, watch: &Watch) -> Self {
        Self {
            driver: Arc::clone(&self.driver),
            watch: watch.clone(),
        }
    }

    pub(crate) const fn watch(&self) -> &Watch {
        &self.watch
    }
}

impl Executor for Database {
    fn dialect(&self) -> &'static dyn SqlDialect {
        self.driver.dialect()
    }

    #[inline]
    fn query(&self, command: &Command<'_>, on_row: &mut OnRow<'_>) -> Result<u64> {
        self.driver.query(&self.watch, command, on_row)
    }

    fn execute(&self, command: &Command<'_>) -> Result<u64> {
        self.driver.execute(&self.watch, command)
    }

    fn query_each(
        &self,
        command: &Command<'_>,
        rows: &[Vec<Value>],
        on_row: &mut OnRow<'_>,
    ) -> Result<u64> {
        self.driver.query_each(&self.watch, command, rows, on_row)
    }

    fn cursor<'a>(
        &'a self,
        command: &Command<'_>,
        chunk_size: usize,
    ) -> Result<Box<dyn Cursor + 'a>> {
        self.driver.cursor(&self.watch, command, chunk_size)
    }

    #[track_caller]
    fn atomic(&self, work: &mut dyn FnMut(&dyn Executor) -> Result<()>) -> Result<()> {
        self.atomic_as(|tx| work(tx))
    }
}

impl Handle for Database {
    type Kind = NoTransaction;

    fn executor(&self) -> &dyn Executor {
        self
    }
}
