//! Transactions and savepoints: begun, committed or rolled back as the closure ends.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::panic::Location;
use std::rc::Rc;
use std::time::Duration;

use orm_core::dialect::SqlDialect;
use orm_core::error::{Error, Result};
use orm_core::executor::{Command, Cursor, Executor, Handle, InTransaction, OnRow};
use orm_core::value::Value;

use crate::capture::{self, RecordingSink};
use crate::driver::{Control, Driver, Session, own_command};
use crate::log::Log;
use crate::observe::Watch;
use crate::raw::raw_methods;

/// How much a transaction sees of others, in the words of the SQL standard. SQLite's are serializable at every level.
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// let n = db.atomic_with(Isolation::RepeatableRead, |tx| Book::objects().count(tx))?;
/// assert_eq!(n, 4);
/// # Ok::<(), orm::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Isolation {
    /// Each statement sees what was committed before it began: PostgreSQL's default.
    ReadCommitted,
    /// All statements see what was committed before the first one began.
    RepeatableRead,
    /// As if the transactions ran one after the other.
    Serializable,
}

impl Isolation {
    /// At this level, and up to so many times again when the database could not serialize the transaction or ended it because
    /// of a deadlock. Between the tries is a short pause that grows.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// db.atomic_with(Isolation::Serializable.retries(3), |tx| {
    ///     Book::objects().filter(Book::title.eq("SQL")).update(tx, Book::stock_level.set(Book::stock_level - 1))
    /// })?;
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn retries(self, retries: u32) -> TransactionOptions {
        TransactionOptions::from(self).retries(retries)
    }
}

/// Settings of a transaction; an [`Isolation`] is one too.
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// // The level of the database, and up to five times again.
/// let options = orm::TransactionOptions::default().retries(5);
/// db.atomic_with(options, |tx| Book::objects().update(tx, Book::sales_count.set(0)))?;
/// # Ok::<(), orm::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TransactionOptions {
    isolation: Option<Isolation>,
    retries: u32,
    schema_change: bool,
}

impl From<Isolation> for TransactionOptions {
    fn from(isolation: Isolation) -> Self {
        Self {
            isolation: Some(isolation),
            ..Self::default()
        }
    }
}

impl TransactionOptions {
    /// How many times the transaction is run again when it could not be serialized or met a deadlock: none.
    ///
    /// ```
    /// use orm::{Isolation, TransactionOptions};
    /// assert_eq!(TransactionOptions::from(Isolation::Serializable).retries(3), Isolation::Serializable.retries(3));
    /// ```
    #[must_use]
    pub const fn retries(mut self, retries: u32) -> Self {
        self.retries = retries;
        self
    }

    /// For changes of tables on SQLite: foreign keys are not enforced within the transaction, so that a table can be made anew
    /// under the rows that point to it. It is for the caller to check them (`PRAGMA foreign_key_check`). PostgreSQL needs
    /// nothing of the kind.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let options = orm::TransactionOptions::default().schema_change();
    /// db.atomic_with(options, |tx| tx.execute_batch(
    ///     "ALTER TABLE author RENAME TO old; ALTER TABLE old RENAME TO author"))?;
    /// # Ok::<(), orm::Error>(())
    /// ```
    #[must_use]
    pub const fn schema_change(mut self) -> Self {
        self.schema_change = true;
        self
    }

    pub(crate) const fn retry_count(&self) -> u32 {
        self.retries
    }

    #[cfg(feature = "postgres")]
    pub(crate) const fn isolation(&self) -> Option<Isolation> {
        self.isolation
    }

    #[cfg(feature = "sqlite")]
    pub(crate) const fn changes_schema(&self) -> bool {
        self.schema_change
    }
}

/// An open transaction or savepoint: what `atomic` hands to its closure. It stays in the thread that began it.
///
/// `'env` is what closures given to [`Transaction::on_commit`] may borrow from: anything that lives longer than the
/// transaction. A function takes a `&Transaction`.
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// fn sell(tx: &Transaction, title: &str) -> Result<Book> {
///     let mut book = Book::objects().select_for_update().get(tx, Book::title.eq(title))?;
///     book.update(tx, Book::stock_level.set(Book::stock_level - 1))?;
///     Ok(book)
/// }
///
/// assert_eq!(db.atomic(|tx| sell(tx, "SQL"))?.stock_level, 4);
/// // The check `stock_not_negative` refuses the other.
/// assert!(matches!(db.atomic(|tx| sell(tx, "Rust")), Err(Error::CheckViolation { .. })));
/// # Ok::<(), orm::Error>(())
/// ```
pub struct Transaction<'env> {
    session: Rc<dyn Session>,
    shared: Rc<Shared<'env>>,
    watch: Watch,
}

/// What a transaction and its savepoints have in common.
#[derive(Default)]
struct Shared<'env> {
    hooks: RefCell<Vec<Box<dyn FnOnce() + 'env>>>,
    /// How many savepoints are open.
    depth: Cell<u32>,
}

impl fmt::Debug for Transaction<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transaction")
            .field("database", &self.session.dialect().name())
            .field("savepoints", &self.shared.depth.get())
            .finish()
    }
}

impl<'env> Transaction<'env> {
    raw_methods!();

    /// The same transaction once more. Not `Clone`: none may leave the closure it was lent to.
    fn share(&self) -> Self {
        Self {
            session: Rc::clone(&self.session),
            shared: Rc::clone(&self.shared),
            watch: self.watch.clone(),
        }
    }

    /// Runs a script: any number of statements without parameters.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// db.atomic(|tx| tx.execute_batch("DELETE FROM book; DELETE FROM author"))?;
    /// assert!(!Author::objects().exists(&db)?);
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// The database's, of the first statement that fails.
    #[track_caller]
    pub fn execute_batch(&self, sql: &str) -> Result<()> {
        self.session
            .execute_batch(&self.watch, &own_command(sql, Location::caller()))
    }

    /// Runs `work` in a savepoint: kept if it returns `Ok`, undone on `Err` and on panic, with the transaction around it open
    /// and usable either way. Savepoints nest to any depth.
    ///
    /// SQL: `SAVEPOINT`, `RELEASE`, `ROLLBACK TO`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// # let bob = Author::objects().get(&db, Author::name.eq("Bob"))?;
    /// let refused = db.atomic(|tx| {
    ///     let mut refused = 0;
    ///     for title in ["SQL", "Joins"] {
    ///         let saved = tx.atomic(|sp| Book::draft().title(title).author(&bob).price(5).save(sp));
    ///         refused += u32::from(saved.is_err());
    ///     }
    ///     Ok(refused)
    /// })?;
    /// // One of the titles was taken; the other was saved all the same.
    /// assert_eq!((refused, Book::objects().count(&db)?), (1, 5));
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of `work` and of the savepoint's own statements.
    #[track_caller]
    pub fn atomic<T>(&self, work: impl FnOnce(&Self) -> Result<T>) -> Result<T> {
        self.atomic_as(work)
    }

    /// [`Transaction::atomic`] with an error type of your own; see [`Database::atomic_as`](crate::Database::atomic_as).
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// db.atomic_as::<orm::BoxError, _>(|tx| {
    ///     let least: Decimal = "7.95".parse()?;
    ///     let deleted = tx.atomic_as::<orm::BoxError, _>(|sp| {
    ///         Ok(Book::objects().filter(Book::price.lt(least)).delete(sp)?)
    ///     })?;
    ///     assert_eq!(deleted, 2);
    ///     Ok(())
    /// }).unwrap();
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Transaction::atomic`].
    #[track_caller]
    pub fn atomic_as<E: From<Error>, T>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, E>,
    ) -> Result<T, E> {
        let caller = Location::caller();
        let depth = self.shared.depth.get();
        self.control(Control::Savepoint(depth), caller)?;
        self.shared.depth.set(depth + 1);
        let mut open = Open::new(self, depth, Control::RollbackTo(depth), caller);
        let value = work(self)?;
        self.control(Control::Release(depth), caller)?;
        open.undo = None;
        Ok(value)
    }

    /// Runs `hook` once the outermost transaction has committed; never if it, or the savepoint in which this was called, is
    /// rolled back. Hooks run in the order in which they were given, with the connection free again: Django's
    /// `transaction.on_commit`.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let sent = std::cell::Cell::new(0);
    /// db.atomic(|tx| {
    ///     let book = Book::objects().get(tx, Book::title.eq("SQL"))?;
    ///     tx.on_commit(|| sent.set(sent.get() + 1));
    ///     assert_eq!(sent.get(), 0);
    ///     book.delete(tx)
    /// })?;
    /// assert_eq!(sent.get(), 1);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn on_commit<R>(&self, hook: impl FnOnce() -> R + 'env) {
        self.shared
            .hooks
            .borrow_mut()
            .push(Box::new(|| drop(hook())));
    }

    /// Records the statements that go through the handle `work` is given; see
    /// [`Database::capture`](crate::Database::capture).
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// db.atomic(|tx| {
    ///     let (_, log) = tx.capture(|tx| Book::objects().count(tx))?;
    ///     assert_eq!(log.len(), 1);
    ///     Ok(())
    /// })?;
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of `work`.
    pub fn capture<T>(&self, work: impl FnOnce(&Self) -> Result<T>) -> Result<(T, Log)> {
        capture::capture(self, work)
    }

    pub(crate) fn recording(&self) -> (Self, RecordingSink) {
        let (watch, sink) = self.watch.with_sink();
        let sink = RecordingSink::new(sink, &watch);
        (
            Self {
                watch,
                ..self.share()
            },
            sink,
        )
    }

    fn control(&self, control: Control<'_>, caller: &'static Location<'static>) -> Result<()> {
        self.session.control(&self.watch, control, caller)
    }
}

/// An open transaction or savepoint, undone when it is dropped before it is done: on an error and on panic.
struct Open<'t, 'env> {
    tx: &'t Transaction<'env>,
    /// `None` when there is nothing to undo.
    undo: Option<Control<'static>>,
    /// How many hooks there were, and how deep the nesting was, when it began.
    hooks: usize,
    depth: u32,
    caller: &'static Location<'static>,
}

impl<'t, 'env> Open<'t, 'env> {
    fn new(
        tx: &'t Transaction<'env>,
        depth: u32,
        undo: Control<'static>,
        caller: &'static Location<'static>,
    ) -> Self {
        Self {
            tx,
            undo: Some(undo),
            hooks: tx.shared.hooks.borrow().len(),
            depth,
            caller,
        }
    }
}

impl Drop for Open<'_, '_> {
    fn drop(&mut self) {
        self.tx.shared.depth.set(self.depth);
        let Some(undo) = self.undo else { return };
        self.tx.shared.hooks.borrow_mut().truncate(self.hooks);
        // The error that led here is the one to report; a connection that cannot roll back is not used again.
        if let Err(error) = self.tx.control(undo, self.caller) {
            tracing::warn!(target: "orm", %error, "rollback failed");
        }
    }
}

/// Runs `work` in a transaction on a connection of `driver`.
pub(crate) fn run<'env, E: From<Error>, T>(
    driver: &dyn Driver,
    watch: &Watch,
    options: &TransactionOptions,
    caller: &'static Location<'static>,
    work: impl FnOnce(&Transaction<'env>) -> Result<T, E>,
) -> Result<T, E> {
    let _span = tracing::debug_span!(target: "orm", "transaction").entered();
    let tx = begin(driver, watch, options, caller)?;
    let mut open = Open::new(&tx, 0, Control::Rollback, caller);
    let value = work(&tx)?;
    tx.control(Control::Commit, caller)?;
    open.undo = None;
    drop(open);
    let hooks = tx.shared.hooks.take();
    // The connection goes back before the hooks run, so that they may use it.
    drop(tx);
    for hook in hooks {
        hook();
    }
    Ok(value)
}

/// Begins a transaction: on a new connection, where the one from the pool turns out to be dead.
fn begin<'env>(
    driver: &dyn Driver,
    watch: &Watch,
    options: &TransactionOptions,
    caller: &'static Location<'static>,
) -> Result<Transaction<'env>> {
    let take = || -> Result<Transaction<'env>> {
        Ok(Transaction {
            session: driver.session()?,
            shared: Rc::default(),
            watch: watch.clone(),
        })
    };
    let mut tx = take()?;
    match tx.control(Control::Begin(options), caller) {
        Err(Error::Connection { .. }) => {
            // The dead one goes before another is asked for: there may be no more than one.
            drop(tx);
            tx = take()?;
            tx.control(Control::Begin(options), caller)?;
        }
        result => result?,
    }
    Ok(tx)
}

/// Runs `work` again, up to `retries` times, while its error says that this may help.
pub(crate) fn retried<T>(retries: u32, mut work: impl FnMut() -> Result<T>) -> Result<T> {
    let mut tried = 0;
    loop {
        match work() {
            Err(error) if tried < retries && error.is_retryable() => {
                tracing::debug!(target: "orm", tried, %error, "transaction is tried again");
                std::thread::sleep(pause(tried));
                tried += 1;
            }
            result => return result,
        }
    }
}

/// Two transactions that met once should not meet again in step: the pause grows and is uneven.
fn pause(tried: u32) -> Duration {
    let base = 1_u64 << tried.min(6);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let uneven = now.map_or(0, |now| {
        u64::from(now.subsec_nanos()) / 1_000 % (base * 1_000)
    });
    Duration::from_micros(base * 500 + uneven)
}

impl Executor for Transaction<'_> {
    fn dialect(&self) -> &'static dyn SqlDialect {
        self.session.dialect()
    }

    #[inline]
    fn query(&self, command: &Command<'_>, on_row: &mut OnRow<'_>) -> Result<u64> {
        self.session.query(&self.watch, command, on_row)
    }

    fn execute(&self, command: &Command<'_>) -> Result<u64> {
        self.session.execute(&self.watch, command)
    }

    fn query_each(
        &self,
        command: &Command<'_>,
        rows: &[Vec<Value>],
        on_row: &mut OnRow<'_>,
    ) -> Result<u64> {
        self.session.query_each(&self.watch, command, rows, on_row)
    }

    fn cursor<'a>(
        &'a self,
        command: &Command<'_>,
        chunk_size: usize,
    ) -> Result<Box<dyn Cursor + 'a>> {
        self.session.cursor(&self.watch, command, chunk_size)
    }

    #[track_caller]
    fn atomic(&self, work: &mut dyn FnMut(&dyn Executor) -> Result<()>) -> Result<()> {
        self.atomic_as(|savepoint| work(savepoint))
    }
}

impl Handle for Transaction<'_> {
    type Kind = InTransaction;

    fn executor(&self) -> &dyn Executor {
        self
    }
}
