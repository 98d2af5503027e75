//! Recording the statements that run through a handle: what `capture` and `assert_queries!` show.

use std::fmt;
use std::ops::Deref;
use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use orm_core::error::Result;
use orm_core::executor::Command;
use orm_core::value::Value;
use parking_lot::Mutex;
use rustc_hash::FxHashMap;

use crate::database::Database;
use crate::observe::{Kind, OpenRecording, Watch};
use crate::router::Router;
use crate::transaction::Transaction;

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

    fn take(&self) -> Log {
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

/// One statement that ran several times with the same values.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Duplicate {
    /// Its text.
    pub sql: String,
    /// How often it ran.
    pub count: usize,
    /// Where it was asked for, once each.
    pub callers: Vec<&'static Location<'static>>,
}

/// One statement that ran several times from one line of source, with different values.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Repeated {
    /// Its text.
    pub sql: String,
    /// The model it is about.
    pub model: &'static str,
    /// The line that asked for it.
    pub caller: &'static Location<'static>,
    /// How often it ran.
    pub count: usize,
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

    /// Statements that ran more than once with the same values, wherever they were asked for.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let (_, log) = db.capture(|db| {
    ///     Book::objects().count(db)?;
    ///     Book::objects().count(db)
    /// })?;
    /// assert_eq!(log.duplicates()[0].count, 2);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn duplicates(&self) -> Vec<Duplicate> {
        let mut groups: Vec<(&Statement, Duplicate)> = Vec::new();
        let mut by_sql: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
        for statement in &self.statements {
            let places = by_sql.entry(&statement.sql).or_default();
            let known = places
                .iter()
                .copied()
                .find(|place| groups[*place].0.params == statement.params);
            let place = known.unwrap_or_else(|| {
                let duplicate = Duplicate {
                    sql: statement.sql.clone(),
                    count: 0,
                    callers: Vec::new(),
                };
                groups.push((statement, duplicate));
                places.push(groups.len() - 1);
                groups.len() - 1
            });
            let duplicate = &mut groups[place].1;
            duplicate.count += 1;
            if !duplicate.callers.contains(&statement.caller) {
                duplicate.callers.push(statement.caller);
            }
        }
        groups
            .into_iter()
            .map(|(_, duplicate)| duplicate)
            .filter(|duplicate| duplicate.count > 1)
            .collect()
    }

    /// Statements that one line of source ran more than once with different values: usually a query inside of a loop, to be
    /// replaced by one query for all.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let (_, log) = db.capture(|db| {
    ///     for author in Author::objects().all(db)? {
    ///         Book::objects().filter(Book::author.eq(&author)).count(db)?;
    ///     }
    ///     Ok(())
    /// })?;
    /// let repeated = &log.n_plus_one()[0];
    /// assert_eq!((repeated.model, repeated.count), ("Book", 2));
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn n_plus_one(&self) -> Vec<Repeated> {
        let mut groups: Vec<(Repeated, &Statement, bool)> = Vec::new();
        let mut places: FxHashMap<(&str, &Location<'_>), usize> = FxHashMap::default();
        for statement in &self.statements {
            let place = *places
                .entry((&statement.sql, statement.caller))
                .or_insert_with(|| {
                    let Statement {
                        sql, model, caller, ..
                    } = statement;
                    groups.push((
                        Repeated {
                            sql: sql.clone(),
                            model,
                            caller,
                            count: 0,
                        },
                        statement,
                        false,
                    ));
                    groups.len() - 1
                });
            let (repeated, first, differs) = &mut groups[place];
            repeated.count += 1;
            *differs |= first.params != statement.params;
        }
        groups
            .into_iter()
            .filter(|(_, _, differs)| *differs)
            .map(|(repeated, ..)| repeated)
            .collect()
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

/// A handle whose statements can be recorded: `Database`, `Router`, and references to them and to a `Transaction`.
pub trait Capturable {
    /// The handle that records, of the same type.
    #[doc(hidden)]
    type Recorder;
    #[doc(hidden)]
    fn recorder(&self) -> (Self::Recorder, RecordingSink);
}

/// Where a recording's statements go.
#[doc(hidden)]
pub struct RecordingSink {
    sink: Arc<Sink>,
    /// So that the thread knows of it.
    open: OpenRecording,
}

impl RecordingSink {
    pub(crate) fn new(sink: Arc<Sink>, watch: &Watch) -> Self {
        let open = OpenRecording::new(&sink);
        open.of(watch);
        Self { sink, open }
    }

    /// It is of the database of this watch as well.
    pub(crate) fn also_of(&self, watch: &Watch) {
        self.open.of(watch);
    }

    fn finish(self) -> Log {
        drop(self.open);
        self.sink.take()
    }
}

impl Capturable for Database {
    type Recorder = Self;
    fn recorder(&self) -> (Self, RecordingSink) {
        self.recording()
    }
}

impl Capturable for Router {
    type Recorder = Self;
    fn recorder(&self) -> (Self, RecordingSink) {
        self.recording()
    }
}

impl Capturable for Transaction<'_> {
    type Recorder = Self;
    fn recorder(&self) -> (Self, RecordingSink) {
        self.recording()
    }
}

impl<C: Capturable> Capturable for &C {
    type Recorder = C::Recorder;
    fn recorder(&self) -> (C::Recorder, RecordingSink) {
        (**self).recorder()
    }
}

/// A recording under way, for code in which the closure of `capture` is in the way.
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// let recording = orm::Recording::of(&db);
/// Book::objects().count(recording.handle())?;
/// assert_eq!(recording.finish().len(), 1);
/// # Ok::<(), orm::Error>(())
/// ```
pub struct Recording<H: Capturable> {
    recorder: H::Recorder,
    sink: RecordingSink,
}

impl<H: Capturable> Recording<H> {
    /// Begins to record what runs through [`Recording::handle`].
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let recording = orm::Recording::of(&db);
    /// Book::objects().count(&db)?;  // not through its handle
    /// assert!(recording.finish().is_empty());
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn of(handle: &H) -> Self {
        let (recorder, sink) = handle.recorder();
        Self { recorder, sink }
    }

    /// The handle that is recorded; nothing that runs through the original one is.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let recording = orm::Recording::of(&db);
    /// let db = recording.handle();
    /// assert_eq!(Book::objects().count(db)?, 4);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub const fn handle(&self) -> &H::Recorder {
        &self.recorder
    }

    /// What was recorded. Iterators that are still open show the rows of so far.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let recording = orm::Recording::of(&db);
    /// Book::objects().iterator(recording.handle())?.next();
    /// assert_eq!(recording.finish().len(), 1);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn finish(self) -> Log {
        self.sink.finish()
    }
}

/// Runs `work` with a handle that records.
pub(crate) fn capture<H: Capturable, T>(
    handle: &H,
    work: impl FnOnce(&H::Recorder) -> Result<T>,
) -> Result<(T, Log)> {
    let recording = Recording::of(handle);
    let value = work(recording.handle())?;
    Ok((value, recording.finish()))
}

/// What `assert_queries!` names: the handle of the type that the shadowed variable has.
#[doc(hidden)]
pub trait Shadow {
    type Handle<'r>
    where
        Self: 'r;
    fn shadow(&self) -> Self::Handle<'_>;
}

macro_rules! shadow_by_value {
    ($($handle:ty)*) => {$(
        impl Shadow for Recording<$handle> {
            type Handle<'r>
                = $handle
            where
                Self: 'r;
            fn shadow(&self) -> $handle {
                self.recorder.clone()
            }
        }
    )*};
}
shadow_by_value! { Database Router }

impl<C: Capturable> Shadow for Recording<&C> {
    type Handle<'r>
        = &'r C::Recorder
    where
        Self: 'r;
    fn shadow(&self) -> &C::Recorder {
        &self.recorder
    }
}

/// Fails with the statements if their number is not the expected one.
#[doc(hidden)]
#[track_caller]
pub fn assert_count<H: Capturable>(recording: Recording<H>, expected: usize) {
    let log = recording.finish();
    let count = log.len();
    assert!(
        count == expected,
        "expected {expected} queries, but {count} ran:\n{log}"
    );
}

/// Asserts that a block runs exactly so many statements; transaction control does not count. It is Django's
/// `assertNumQueries`.
///
/// Inside the block the name of the handle stands for one that records. The block's value is the macro's.
///
/// # Panics
/// When another number ran; the message lists them with their source lines.
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// let books = assert_queries!(db, 1, { Book::objects().all(&db)? });
/// assert_eq!(books.len(), 4);
/// # Ok::<(), orm::Error>(())
/// ```
#[macro_export]
macro_rules! assert_queries {
    ($(&)? $db:ident, $expected:expr, $body:block $(,)?) => {{
        let recording = $crate::__private::Recording::of(&$db);
        let value = {
            #[allow(unused_variables)]
            let $db = $crate::__private::Shadow::shadow(&recording);
            $body
        };
        $crate::__private::assert_count(recording, $expected);
        value
    }};
}
