//! What was recorded of a handle: its statements, and what is seen in them.

use std::fmt;
use std::ops::Deref;
use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use orm_core::executor::{Command, Lazy};
use orm_core::value::Value;
use parking_lot::Mutex;

use crate::observe::Kind;

/// One statement that ran. Written by `{}` it shows everything but the bound values.
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// let (_, log) = db.capture(|db| Book::objects().filter(Book::title.eq("SQL")).all(db))?;
/// let statement = &log[0];
/// assert_eq!((statement.rows, statement.model), (1, "Book"));
/// assert_eq!(statement.params, [orm::value::Value::Text("SQL".into())]);
/// assert!(statement.caller.line() > 0 && statement.error.is_none());
/// # Ok::<(), orm::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Statement {
    /// Its text.
    pub sql: String,
    /// What was bound to it; for a statement that ran once for each of many rows, what the first run bound.
    pub params: Vec<Value>,
    /// How long the database and the reading of the rows took.
    pub duration: Duration,
    /// How many rows it returned or touched.
    pub rows: u64,
    /// The model it is about; empty for raw SQL.
    pub model: &'static str,
    /// The relation or the field, if an instance asked for one of its own: `book.author.fetch(&db)`, `author.books.all(&db)`,
    /// `article.body.fetch(&db)`.
    pub lazy: Option<Lazy>,
    /// Whether it goes on with what a statement before it began: what is loaded beside the rows of a query, a further batch
    /// of rows to write.
    pub goes_on: bool,
    /// Where the user's code asked for it.
    pub caller: &'static Location<'static>,
    /// Whether it only begins, ends or marks a transaction, or serves an iterator.
    pub control: bool,
    /// The error's text, if it failed.
    pub error: Option<String>,
    /// When it began.
    pub started: Instant,
}

impl Statement {
    pub(crate) fn new(
        kind: Kind,
        command: &Command<'_>,
        started: Instant,
        duration: Duration,
        rows: u64,
        error: Option<String>,
    ) -> Self {
        Self {
            sql: command.sql.to_owned(),
            params: command.params.to_vec(),
            duration,
            rows,
            model: command.model,
            lazy: command.lazy(),
            goes_on: command.goes_on,
            caller: command.caller,
            control: kind == Kind::Control,
            error,
            started,
        }
    }
}

/// Without the bound values.
impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} [{} rows, {:?}, {}]",
            self.sql, self.rows, self.duration, self.caller
        )?;
        self.error
            .as_ref()
            .map_or(Ok(()), |error| write!(f, " failed: {error}"))
    }
}

/// Where statements are recorded. A recording within another one tells that one too.
pub(crate) struct Sink {
    statements: Mutex<Vec<Statement>>,
    outer: Option<Arc<Sink>>,
    /// Statements on the same database, in the thread that records, which this was not told of.
    missed: AtomicUsize,
}

impl Sink {
    pub(crate) const fn new(outer: Option<Arc<Self>>) -> Self {
        Self {
            statements: Mutex::new(Vec::new()),
            outer,
            missed: AtomicUsize::new(0),
        }
    }

    /// Whether what is told to this sink is told to `other` too.
    pub(crate) fn tells(&self, other: &Self) -> bool {
        std::ptr::eq(self, other) || self.outer.as_ref().is_some_and(|outer| outer.tells(other))
    }

    pub(crate) fn miss(&self) {
        self.missed.fetch_add(1, Ordering::Relaxed);
    }

    /// Records a statement here and in the sinks around this one; gives its place in each.
    pub(crate) fn push(self: &Arc<Self>, statement: Statement) -> Vec<(Arc<Self>, usize)> {
        let mut places = match &self.outer {
            Some(outer) => outer.push(statement.clone()),
            None => Vec::new(),
        };
        let mut statements = self.statements.lock();
        places.push((Arc::clone(self), statements.len()));
        statements.push(statement);
        places
    }

    /// Fills in what was not known when the statement began.
    pub(crate) fn amend(&self, place: usize, rows: u64, duration: Duration) {
        if let Some(statement) = self.statements.lock().get_mut(place) {
            (statement.rows, statement.duration) = (rows, duration);
        }
    }

    pub(crate) fn take(&self) -> Log {
        let all = std::mem::take(&mut *self.statements.lock());
        let statements = all
            .iter()
            .filter(|statement| !statement.control)
            .cloned()
            .collect();
        Log {
            all,
            statements,
            missed: self.missed.load(Ordering::Relaxed),
        }
    }
}

/// The statements that ran through a handle, in order.
///
/// It derefs to the slice of statements without BEGIN, COMMIT, savepoints and the fetches of iterators, so `log.len()` is
/// the number of statements that the code asked for; [`Log::all`] has every one. Written by `{}` it is one line a
/// statement, without the bound values.
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// let (_, log) = db.capture(|db| db.atomic(|tx| Book::objects().count(tx)))?;
/// assert_eq!((log.len(), log.all().len()), (1, 3));
/// assert!(log.to_string().starts_with("1. SELECT count(*)"));
/// # Ok::<(), orm::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Log {
    all: Vec<Statement>,
    statements: Vec<Statement>,
    missed: usize,
}

impl Log {
    /// The statements that were asked for: all but transaction control and the fetches of iterators.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let (_, log) = db.capture(|db| Book::objects().all(db))?;
    /// assert!(log.statements()[0].sql.starts_with("SELECT"));
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn statements(&self) -> &[Statement] {
        &self.statements
    }

    /// The same as [`Log::statements`], by the name that users of Django look for.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let (_, log) = db.capture(|db| Book::objects().all(db))?;
    /// assert_eq!(log.queries().len(), 1);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn queries(&self) -> &[Statement] {
        &self.statements
    }

    /// Every statement, with BEGIN, COMMIT, savepoints and the fetches of iterators.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let (_, log) = db.capture(|db| db.atomic(|tx| Book::objects().count(tx)))?;
    /// assert!(log.all()[0].sql.starts_with("BEGIN") && log.all()[0].control);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn all(&self) -> &[Statement] {
        &self.all
    }

    /// How many statements are not here that ran meanwhile in the same thread on the same database, but on another handle than
    /// the one that was given: `db.capture(|_| Book::objects().all(&db))` records nothing. Written by `{}` the log says so.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let (_, log) = db.capture(|_| Book::objects().all(&db))?;
    /// assert_eq!((log.len(), log.missed()), (0, 1));
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub const fn missed(&self) -> usize {
        self.missed
    }

    /// How long all statements took together, the reading of their rows included.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let (_, log) = db.capture(|db| Book::objects().all(db))?;
    /// assert!(log.total_time() >= log[0].duration);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn total_time(&self) -> Duration {
        self.all.iter().map(|statement| statement.duration).sum()
    }
}

impl Deref for Log {
    type Target = [Statement];

    fn deref(&self) -> &[Statement] {
        &self.statements
    }
}

impl IntoIterator for Log {
    type Item = Statement;
    type IntoIter = std::vec::IntoIter<Statement>;

    fn into_iter(self) -> Self::IntoIter {
        self.statements.into_iter()
    }
}

impl<'l> IntoIterator for &'l Log {
    type Item = &'l Statement;
    type IntoIter = std::slice::Iter<'l, Statement>;

    fn into_iter(self) -> Self::IntoIter {
        self.statements.iter()
    }
}

/// One line a statement, without the bound values, and what was missed.
impl fmt::Display for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, statement) in self.statements.iter().enumerate() {
            writeln!(f, "{}. {statement}", number + 1)?;
        }
        if self.missed > 0 {
            let missed = self.missed;
            writeln!(
                f,
                "{missed} not recorded: not run on the handle that records"
            )?;
        }
        Ok(())
    }
}
