//! `Router`: reads on replicas, writes and transactions on the primary.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use orm_core::dialect::SqlDialect;
use orm_core::error::{Error, Result};
use orm_core::executor::{Command, Cursor, Executor, Handle, NoTransaction, OnRow};
use orm_core::value::Value;

use crate::capture::{self, Log, RecordingSink};
use crate::database::Database;
use crate::raw::raw_methods;
use crate::transaction::{Transaction, TransactionOptions};

/// A primary database and its replicas as one handle.
///
/// Reads outside of transactions go to the replicas in turn; writes, transactions and the reads inside of them
/// go to the primary. A replica may lag behind: what must be read as it was just written is read from the
/// primary itself, which is a handle too.
///
/// ```
/// # fn main() -> orm_core::error::Result<()> {
/// # use orm_backends::{Database, Router};
/// # let (primary, replica) = (Database::connect("sqlite::memory:")?, Database::connect("sqlite::memory:")?);
/// let db = Router::new(primary).replica(replica);
/// db.query::<(i64,)>("SELECT 1", ())?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Router {
    primary: Database,
    replicas: Vec<Database>,
    next: Arc<AtomicUsize>,
}

impl Router {
    /// A router without replicas: everything goes to the primary.
    pub fn new(primary: Database) -> Self {
        Self {
            primary,
            replicas: Vec::new(),
            next: Arc::default(),
        }
    }

    /// Adds a replica, which must be the same kind of database; if it is not, reads are refused.
    #[must_use]
    pub fn replica(mut self, replica: Database) -> Self {
        self.replicas.push(replica);
        self
    }

    /// The primary, for reads that must see what was just written.
    pub const fn primary(&self) -> &Database {
        &self.primary
    }

    raw_methods!();

    /// Runs a script on the primary; see [`Database::execute_batch`].
    ///
    /// # Errors
    /// The database's, of the first statement that fails.
    #[track_caller]
    pub fn execute_batch(&self, sql: &str) -> Result<()> {
        self.primary.execute_batch(sql)
    }

    /// A transaction on the primary; see [`Database::atomic`].
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
    /// # Errors
    /// Those of `work`.
    pub fn capture<T>(&self, work: impl FnOnce(&Self) -> Result<T>) -> Result<(T, Log)> {
        capture::capture(self, work)
    }

    pub(crate) fn recording(&self) -> (Self, RecordingSink) {
        let (primary, sink) = self.primary.recording();
        let replicas = self
            .replicas
            .iter()
            .map(|replica| replica.watched_by(primary.watch()))
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
