//! The one place that sees every statement: it times them, records them and tells `tracing`.

use std::cell::Cell;
use std::sync::Arc;
use std::time::{Duration, Instant};

use orm_core::error::Result;
use orm_core::executor::Command;
use tracing::Level;

use crate::capture::{Sink, Statement};

/// Who looks at the statements of one handle. Nobody, usually: then it costs a few comparisons.
#[derive(Clone, Default)]
pub(crate) struct Watch {
    sink: Option<Arc<Sink>>,
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
    /// The same watch, which also tells `sink`. What it told before, it is still told.
    pub(crate) fn with_sink(&self) -> (Self, Arc<Sink>) {
        let sink = Arc::new(Sink::new(self.sink.clone()));
        (
            Self {
                sink: Some(Arc::clone(&sink)),
            },
            sink,
        )
    }

    #[inline]
    fn watching(&self) -> bool {
        self.sink.is_some() || tracing::enabled!(target: "orm", Level::DEBUG)
    }

    /// Runs a statement that gives a number of rows.
    #[inline]
    pub(crate) fn statement(
        &self,
        kind: Kind,
        command: &Command<'_>,
        run: impl FnOnce() -> Result<u64>,
    ) -> Result<u64> {
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
