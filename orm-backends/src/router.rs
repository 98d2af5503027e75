//! `Router`: reads on replicas, writes and transactions on the primary.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use orm_core::dialect::SqlDialect;
use orm_core::error::{Error, Result};
use orm_core::executor::{Command, Cursor, Executor, Handle, NoTransaction, OnRow};
use orm_core::value::Value;

use crate::capture::{self, RecordingSink};
use crate::database::Database;
use crate::log::Log;
use crate::raw::raw_methods;
use crate::transaction::{Transaction, TransactionOptions};

/// A primary database and its replicas as one handle.
///
/// Reads outside of transactions go to the replicas in turn; writes, transactions and the reads inside of them go to the
/// primary. Raw SQL is judged by its words: what is not surely a read goes to the primary. A replica may lag behind: what
/// must be read as it was just written is read from the [`primary`](Self::primary) itself, which is a handle too.
///
/// ```
/// # use orm_doc_models::*;
/// # let (primary, replica) = (bookstore()?, bookstore()?);
/// let db = Router::new(primary).replica(replica);
/// // In this example nothing copies what is written to the replica.
/// Book::objects().filter(Book::title.eq("SQL")).delete(&db)?;
/// assert_eq!(Book::objects().count(&db)?, 4);
/// assert_eq!(Book::objects().count(db.primary())?, 3);
/// # Ok::<(), orm::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Router {
    primary: Database,
    replicas: Vec<Database>,
    next: Arc<AtomicUsize>,
}

impl Router {
    /// A router without replicas: everything goes to the primary.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let router = Router::new(db);
    /// assert_eq!(Book::objects().count(&router)?, 4);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn new(primary: Database) -> Self {
        Self {
            primary,
            replicas: Vec::new(),
            next: Arc::default(),
        }
    }

    /// Adds a replica, which must be the same kind of database; if it is not, reads are refused with `Error::Unsupported`.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let (primary, replica) = (bookstore()?, bookstore()?);
    /// # let second = bookstore()?;
    /// let db = Router::new(primary).replica(replica).replica(second);
    /// # Ok::<(), orm::Error>(())
    /// ```
    #[must_use]
    pub fn replica(mut self, replica: Database) -> Self {
        self.replicas.push(replica);
        self
    }

    /// The primary, for reads that must see what was just written.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let (primary, replica) = (bookstore()?, bookstore()?);
    /// let db = Router::new(primary).replica(replica);
    /// let book = Book::objects().get(&db, Book::title.eq("SQL"))?;
    /// Book::objects().update(&db, Book::stock_level.set(1))?;
    /// assert_eq!(Book::objects().get(db.primary(), Book::id.eq(book.id))?.stock_level, 1);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub const fn primary(&self) -> &Database {
        &self.primary
    }

    raw_methods!();

    /// Runs a script on the primary; see [`Database::execute_batch`].
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let router = Router::new(db);
    /// router.execute_batch("DELETE FROM book")?;
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// The database's, of the first statement that fails.
    #[track_caller]
    pub fn execute_batch(&self, sql: &str) -> Result<()> {
        self.primary.execute_batch(sql)
    }

    /// A transaction on the primary; see [`Database::atomic`].
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let router = Router::new(db);
    /// router.atomic(|tx| Book::objects().update(tx, Book::stock_level.set(0)))?;
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Database::atomic`].
    #[track_caller]
    pub fn atomic<'env, T>(
        &'env self,
        work: impl FnOnce(&Transaction<'env>) -> Result<T>,
    ) -> Result<T> {
        self.primary.atomic(work)
    }

    /// A transaction on the primary with an error type of your own; see [`Database::atomic_as`].
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let router = Router::new(db);
    /// let deleted = router.atomic_as::<orm::BoxError, _>(|tx| Ok(Book::objects().delete(tx)?));
    /// assert_eq!(deleted.unwrap(), 4);
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
        self.primary.atomic_as(work)
    }

    /// A transaction on the primary at an isolation level; see [`Database::atomic_with`].
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let router = Router::new(db);
    /// router.atomic_with(Isolation::Serializable, |tx| Book::objects().count(tx))?;
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Database::atomic_with`].
    #[track_caller]
    pub fn atomic_with<'env, T>(
        &'env self,
        options: impl Into<TransactionOptions>,
        work: impl FnMut(&Transaction<'env>) -> Result<T>,
    ) -> Result<T> {
        self.primary.atomic_with(options, work)
    }

    /// Records the statements of the primary and of all replicas; see [`Database::capture`].
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let (primary, replica) = (bookstore()?, bookstore()?);
    /// let router = Router::new(primary).replica(replica);
    /// let (_, log) = router.capture(|db| {
    ///     Book::objects().update(db, Book::stock_level.set(0))?;
    ///     Book::objects().count(db)
    /// })?;
    /// assert_eq!(log.len(), 2);
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of `work`.
    pub fn capture<T>(&self, work: impl FnOnce(&Self) -> Result<T>) -> Result<(T, Log)> {
        capture::capture(self, work)
    }

    /// A router on which nothing is loaded row by row; see [`Database::strict`].
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let router = Router::new(db).strict();
    /// let books = Book::objects().all(&router)?;
    /// assert!(books.iter().any(|book| book.author.fetch(&router).is_err()));
    /// # Ok::<(), orm::Error>(())
    /// ```
    #[must_use = "it is the handle that is given that is strict"]
    pub fn strict(&self) -> Self {
        let primary = self.primary.strict();
        let replicas = self.replicas.iter();
        Self {
            replicas: replicas
                .map(|replica| replica.watched_by(&replica.watch().strict_as(primary.watch())))
                .collect(),
            primary,
            next: Arc::clone(&self.next),
        }
    }

    pub(crate) fn recording(&self) -> (Self, RecordingSink) {
        let (primary, sink) = self.primary.recording();
        let replicas = self
            .replicas
            .iter()
            .map(|replica| {
                sink.also_of(replica.watch());
                replica.watched_by(primary.watch())
            })
            .collect();
        (
            Self {
                primary,
                replicas,
                next: Arc::clone(&self.next),
            },
            sink,
        )
    }

    /// Where a statement goes.
    fn of(&self, command: &Command<'_>) -> Result<&Database> {
        if command.writes || self.replicas.is_empty() {
            return Ok(&self.primary);
        }
        let turn = self.next.fetch_add(1, Ordering::Relaxed) % self.replicas.len();
        let replica = &self.replicas[turn];
        let (wanted, found) = (self.primary.dialect(), replica.dialect());
        if wanted.dialect() == found.dialect() {
            Ok(replica)
        } else {
            Err(Error::Unsupported {
                feature: "a replica of another kind of database",
                backend: wanted.name(),
            })
        }
    }
}

impl Executor for Router {
    fn dialect(&self) -> &'static dyn SqlDialect {
        self.primary.dialect()
    }

    fn query(&self, command: &Command<'_>, on_row: &mut OnRow<'_>) -> Result<u64> {
        Executor::query(self.of(command)?, command, on_row)
    }

    fn execute(&self, command: &Command<'_>) -> Result<u64> {
        Executor::execute(self.of(command)?, command)
    }

    fn query_each(
        &self,
        command: &Command<'_>,
        rows: &[Vec<Value>],
        on_row: &mut OnRow<'_>,
    ) -> Result<u64> {
        self.of(command)?.query_each(command, rows, on_row)
    }

    fn cursor<'a>(
        &'a self,
        command: &Command<'_>,
        chunk_size: usize,
    ) -> Result<Box<dyn Cursor + 'a>> {
        self.of(command)?.cursor(command, chunk_size)
    }

    #[track_caller]
    fn atomic(&self, work: &mut dyn FnMut(&dyn Executor) -> Result<()>) -> Result<()> {
        Executor::atomic(&self.primary, work)
    }
}

impl Handle for Router {
    type Kind = NoTransaction;

    fn executor(&self) -> &dyn Executor {
        self
    }
}
