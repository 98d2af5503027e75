//! The one place that sees every statement: it times them, records them and tells `tracing`.

use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use orm_core::error::Result;
use orm_core::executor::Command;
use tracing::Level;

use crate::log::{Sink, Statement};
use crate::strict::Strict;

/// Who looks at the statements of one handle. Nobody, usually: then it costs a few comparisons.
#[derive(Clone)]
pub(crate) struct Watch {
    sink: Option<Arc<Sink>>,
    strict: Option<Arc<Strict>>,
    /// A number for each database, which its handles share.
    database: u64,
}

thread_local! {
    /// The recordings that this thread began, each with a database that it is of.
    static OPEN: RefCell<Vec<(u64, Weak<Sink>)>> = const { RefCell::new(Vec::new()) };
}

/// Makes a recording one of its thread's until this is dropped, so that it learns what goes past it.
pub(crate) struct OpenRecording(Weak<Sink>);

impl OpenRecording {
    pub(crate) fn new(sink: &Arc<Sink>) -> Self {
        Self(Arc::downgrade(sink))
    }

    /// It is of the database of this watch.
    pub(crate) fn of(&self, watch: &Watch) {
        let _ = OPEN.try_with(|open| open.borrow_mut().push((watch.database, self.0.clone())));
    }
}

impl Drop for OpenRecording {
    fn drop(&mut self) {
        let _ = OPEN.try_with(|open| {
            open.borrow_mut()
                .retain(|(_, sink)| !sink.ptr_eq(&self.0) && sink.strong_count() > 0);
        });
    }
}

/// What kind of statement is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A statement that was asked for.
    Asked,
    /// One that begins, ends or marks a transaction, or serves a cursor.
    Control,
}

impl Watch {
    /// Of a new database, watched by nobody.
    pub(crate) fn of_a_database() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self {
            sink: None,
            strict: None,
            database: NEXT.fetch_add(1, Ordering::Relaxed),
        }
    }

    /// The same watch, which also tells `sink`. What it told before, it is still told.
    pub(crate) fn with_sink(&self) -> (Self, Arc<Sink>) {
        let sink = Arc::new(Sink::new(self.sink.clone()));
        (
            Self {
                sink: Some(Arc::clone(&sink)),
                ..self.clone()
            },
            sink,
        )
    }

    /// The same watch, which refuses what loads relations row by row, with nothing seen yet.
    pub(crate) fn with_strict(&self) -> Self {
        Self {
            strict: Some(Arc::default()),
            ..self.clone()
        }
    }

    /// The same watch, which refuses what another does, of what both have seen.
    pub(crate) fn strict_as(&self, other: &Self) -> Self {
        Self {
            strict: other.strict.clone(),
            ..self.clone()
        }
    }

    #[inline]
    fn watching(&self) -> bool {
        self.sink.is_some() || tracing::enabled!(target: "orm", Level::DEBUG)
    }

    /// Tells the recordings of this thread that are of the same database, and are not told of the statement.
    #[inline]
    fn pass(&self) {
        let _ = OPEN.try_with(|open| {
            let open = open.borrow();
            if !open.is_empty() {
                self.pass_by(&open);
            }
        });
    }

    #[cold]
    fn pass_by(&self, open: &[(u64, Weak<Sink>)]) {
        let here = open
            .iter()
            .filter(|(database, _)| *database == self.database);
        for recording in here.filter_map(|(_, recording)| recording.upgrade()) {
            let told = self
                .sink
                .as_ref()
                .is_some_and(|sink| sink.tells(&recording));
            if !told {
                recording.miss();
            }
        }
    }

    /// Runs a statement that gives a number of rows.
    #[inline]
    pub(crate) fn statement(
        &self,
        kind: Kind,
        command: &Command<'_>,
        run: impl FnOnce() -> Result<u64>,
    ) -> Result<u64> {
        if let Some(strict) = &self.strict {
            strict.check(command)?;
        }
        if kind == Kind::Asked {
            self.pass();
        }
        if !self.watching() {
            return run();
        }
        let start = Instant::now();
        let result = run();
        self.tell(kind, command, start, &result);
        result
    }

    #[cold]
    fn tell(&self, kind: Kind, command: &Command<'_>, start: Instant, result: &Result<u64>) {
        let duration = start.elapsed();
        event(command, duration, result);
        if let Some(sink) = &self.sink {
            let error = result.as_ref().err().map(ToString::to_string);
            let rows = *result.as_ref().unwrap_or(&0);
            sink.push(Statement::new(kind, command, start, duration, rows, error));
        }
    }

    /// Begins the note of a cursor, whose rows and time add up until it is dropped.
    pub(crate) fn cursor(&self, command: &Command<'_>) -> CursorNote {
        self.pass();
        let start = Instant::now();
        let statement = || Statement::new(Kind::Asked, command, start, Duration::ZERO, 0, None);
        let places = self
            .sink
            .as_ref()
            .map_or_else(Vec::new, |sink| sink.push(statement()));
        let (rows, spent) = (Cell::new(0), Cell::new(Duration::ZERO));
        let told = tracing::enabled!(target: "orm", Level::DEBUG).then(|| command.sql.to_owned());
        CursorNote {
            places,
            told,
            model: command.model,
            rows,
            spent,
        }
    }
}

/// Tells `tracing` of one statement: never of its parameters.
fn event(command: &Command<'_>, duration: Duration, result: &Result<u64>) {
    let elapsed = duration.as_secs_f64();
    match result {
        Ok(rows) => {
            tracing::debug!(target: "orm", sql = command.sql, model = command.model, rows, elapsed, "statement");
        }
        Err(error) => {
            tracing::debug!(target: "orm", sql = command.sql, model = command.model, elapsed, %error, "statement failed");
        }
    }
}

/// The note of an open cursor; its rows and time are known when it is dropped.
pub(crate) struct CursorNote {
    places: Vec<(Arc<Sink>, usize)>,
    told: Option<String>,
    model: &'static str,
    rows: Cell<u64>,
    spent: Cell<Duration>,
}

impl CursorNote {
    /// Runs one part of the cursor's work, which shows a number of rows.
    pub(crate) fn part<T>(&self, rows: &Cell<u64>, run: impl FnOnce() -> Result<T>) -> Result<T> {
        if self.places.is_empty() && self.told.is_none() {
            return run();
        }
        let (start, before) = (Instant::now(), rows.get());
        let result = run();
        self.spent.set(self.spent.get() + start.elapsed());
        self.rows.set(self.rows.get() + rows.get() - before);
        result
    }
}

impl Drop for CursorNote {
    fn drop(&mut self) {
        for (sink, place) in &self.places {
            sink.amend(*place, self.rows.get(), self.spent.get());
        }
        if let Some(sql) = &self.told {
            let (rows, elapsed) = (self.rows.get(), self.spent.get().as_secs_f64());
            tracing::debug!(target: "orm", sql, model = self.model, rows, elapsed, "cursor");
        }
    }
}
