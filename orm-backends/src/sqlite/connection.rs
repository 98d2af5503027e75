//! One SQLite connection: how it is opened and how it runs a statement.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use orm_core::error::{Error, Result};
use orm_core::executor::{Command, Flow, OnRow};
use orm_core::value::Value;
use rusqlite::config::DbConfig;
use rusqlite::{CachedStatement, Connection, OpenFlags, Statement};

use super::row::SqliteRow;
use super::{bind, cursor, errors, functions};
use crate::builder::Settings;
use crate::driver::Control;
use crate::pool::{Pooled, next_id};
use crate::url::Mode;

/// How many prepared statements a connection keeps.
const STATEMENTS: usize = 256;
/// After how many of SQLite's steps the clock is looked at, where statements have a timeout.
const STEPS: i32 = 1_000;

/// A connection with what we keep beside it.
pub(super) struct Conn {
    raw: Connection,
    id: u64,
    deadline: Option<Arc<Deadline>>,
    /// Foreign keys are off for a change of tables.
    keys_off: Cell<bool>,
    /// How many transactions and iterators hold it, where it is the only one of a database in memory.
    pub(super) held: Cell<usize>,
}

impl Conn {
    /// A connection to a new database in memory.
    pub(super) fn in_memory(settings: &Settings) -> Result<Self> {
        let raw = Connection::open_in_memory().map_err(errors::cannot_open)?;
        Self::prepare_new(raw, settings)
    }

    /// A connection to a file.
    pub(super) fn open(path: &str, mode: Mode, settings: &Settings) -> Result<Self> {
        let access = match mode {
            Mode::ReadOnly => OpenFlags::SQLITE_OPEN_READ_ONLY,
            Mode::ReadWrite => OpenFlags::SQLITE_OPEN_READ_WRITE,
            Mode::Create => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
        };
        let raw = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)
            .map_err(errors::cannot_open)?;
        let new = Self::prepare_new(raw, settings)?;
        // A file that may not be written is opened for reading alone.
        let reads_only = new.raw.is_readonly("main").map_err(errors::from_driver)?;
        let setup = if reads_only {
            // Nothing is read before it is asked for: what is wrong with the file shows now.
            "PRAGMA schema_version"
        } else {
            // Some file systems have no WAL; SQLite then answers with the mode that it keeps, which works too.
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL"
        };
        new.raw.execute_batch(setup).map_err(errors::from_driver)?;
        Ok(new)
    }

    fn prepare_new(mut raw: Connection, settings: &Settings) -> Result<Self> {
        let deadline = match settings.statement_timeout {
            Some(timeout) => {
                Some(Deadline::install(&mut raw, timeout).map_err(errors::from_driver)?)
            }
            None => None,
        };
        let setup = || -> rusqlite::Result<()> {
            raw.busy_timeout(settings.busy_timeout)?;
            raw.set_db_config(
                DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG,
                settings.planner_stability,
            )?;
            raw.set_prepared_statement_cache_capacity(STATEMENTS);
            raw.pragma_update(None, "foreign_keys", true)?;
            rusqlite::vtab::array::load_module(&raw)?;
            functions::register(&raw)
        };
        setup().map_err(errors::from_driver)?;
        Ok(Self {
            raw,
            id: next_id(),
            deadline,
            keys_off: Cell::new(false),
            held: Cell::new(0),
        })
    }

    pub(super) const fn id(&self) -> u64 {
        self.id
    }

    /// A statement with its values bound, from the cache where it has run before.
    #[inline]
    pub(super) fn prepared<'c>(&'c self, command: &Command<'_>) -> Result<CachedStatement<'c>> {
        let mut statement = self
            .raw
            .prepare_cached(command.sql)
            .map_err(errors::from_driver)?;
        bind::bind(&mut statement, command, command.params)?;
        Ok(statement)
    }

    /// Begins to measure a statement's time.
    #[inline]
    pub(super) fn arm(&self) -> Option<Armed<'_>> {
        self.deadline.as_deref().map(Deadline::arm)
    }

    /// Before a write, what open iterators have not shown yet is copied: their rows must not change under them.
    #[inline]
    fn before(&self, command: &Command<'_>) -> Result<()> {
        if command.writes {
            cursor::settle(self.id)
        } else {
            Ok(())
        }
    }

    #[inline]
    pub(super) fn query(&self, command: &Command<'_>, on_row: &mut OnRow<'_>) -> Result<u64> {
        self.before(command)?;
        let _armed = self.arm();
        let mut statement = self.prepared(command)?;
        let (shown, _) = step(&mut statement, command.writes, on_row)?;
        Ok(shown)
    }

    #[inline]
    pub(super) fn execute(&self, command: &Command<'_>) -> Result<u64> {
        self.before(command)?;
        let _armed = self.arm();
        let before = self.raw.total_changes();
        let mut statement = self.prepared(command)?;
        step(&mut statement, true, &mut |_| Ok(Flow::Stop))?;
        Ok(self.touched(before))
    }

    /// The rows that the last statement touched. `changes` alone keeps its old value over a statement that is no write.
    fn touched(&self, before: u64) -> u64 {
        if self.raw.total_changes() == before {
            0
        } else {
            self.raw.changes()
        }
    }

    pub(super) fn query_each(
        &self,
        command: &Command<'_>,
        rows: &[Vec<Value>],
        on_row: &mut OnRow<'_>,
    ) -> Result<u64> {
        self.before(command)?;
        let _armed = self.arm();
        let mut statement = self
            .raw
            .prepare_cached(command.sql)
            .map_err(errors::from_driver)?;
        let returns = statement.column_count() > 0;
        let mut count = 0;
        for row in rows {
            bind::bind(&mut statement, command, row)?;
            let before = self.raw.total_changes();
            let (shown, flow) = step(&mut statement, true, on_row)?;
            count += if returns { shown } else { self.touched(before) };
            if flow == Flow::Stop {
                break;
            }
        }
        Ok(count)
    }

    pub(super) fn execute_batch(&self, command: &Command<'_>) -> Result<()> {
        self.before(command)?;
        let _armed = self.arm();
        self.raw
            .execute_batch(command.sql)
            .map_err(errors::from_driver)
    }

    /// Runs a statement of transaction control.
    pub(super) fn control(&self, control: Control<'_>, command: &Command<'_>) -> Result<()> {
        match control {
            Control::Begin(options) if options.changes_schema() => {
                self.keys_off.set(true);
                self.raw
                    .pragma_update(None, "foreign_keys", false)
                    .map_err(errors::from_driver)?;
            }
            Control::Rollback | Control::RollbackTo(_) => cursor::settle(self.id)?,
            _ => {}
        }
        self.run(command.sql)?;
        match control {
            Control::RollbackTo(depth) => self.run(&super::release(depth)),
            _ => Ok(()),
        }
    }

    fn run(&self, sql: &str) -> Result<()> {
        let mut statement = self.raw.prepare_cached(sql).map_err(errors::from_driver)?;
        statement.raw_execute().map_err(errors::from_driver)?;
        Ok(())
    }

    pub(super) fn in_transaction(&self) -> bool {
        !self.raw.is_autocommit()
    }
}

impl Pooled for Conn {
    fn tidy(&self) -> bool {
        if self.in_transaction() && self.run("ROLLBACK").is_err() {
            return false;
        }
        !self.keys_off.replace(false) || self.raw.pragma_update(None, "foreign_keys", true).is_ok()
    }
}

/// Steps a statement and shows its rows; gives how many were shown, and whether more are wanted.
///
/// A statement that writes is stepped to its end: only there SQLite says whether it could be committed.
#[inline]
fn step(
    statement: &mut Statement<'_>,
    to_the_end: bool,
    on_row: &mut OnRow<'_>,
) -> Result<(u64, Flow)> {
    let mut rows = statement.raw_query();
    let (mut shown, mut flow) = (0, Flow::Continue);
    while let Some(row) = rows.next().map_err(errors::from_driver)? {
        if flow == Flow::Stop {
            continue;
        }
        shown += 1;
        flow = on_row(&SqliteRow(row))?;
        if flow == Flow::Stop && !to_the_end {
            break;
        }
    }
    Ok((shown, flow))
}

/// Until when the running statement may run. SQLite asks while it works.
pub(super) struct Deadline {
    start: Instant,
    timeout: Duration,
    /// In nanoseconds after `start`; zero when nothing runs.
    until: AtomicU64,
}

impl Deadline {
    fn install(connection: &mut Connection, timeout: Duration) -> rusqlite::Result<Arc<Self>> {
        let deadline = Arc::new(Self {
            start: Instant::now(),
            timeout,
            until: AtomicU64::new(0),
        });
        let asked = Arc::clone(&deadline);
        connection.progress_handler(STEPS, Some(move || asked.is_over()))?;
        Ok(deadline)
    }

    fn nanos(&self, later: Duration) -> u64 {
        u64::try_from((self.start.elapsed() + later).as_nanos()).unwrap_or(u64::MAX)
    }

    fn is_over(&self) -> bool {
        let until = self.until.load(Ordering::Relaxed);
        until != 0 && self.nanos(Duration::ZERO) > until
    }

    fn arm(&self) -> Armed<'_> {
        let until = self.nanos(self.timeout);
        Armed {
            deadline: self,
            before: self.until.swap(until, Ordering::Relaxed),
        }
    }
}

/// A statement's time is measured as long as this lives.
pub(super) struct Armed<'d> {
    deadline: &'d Deadline,
    /// Of a statement in whose midst this one runs.
    before: u64,
}

impl Drop for Armed<'_> {
    fn drop(&mut self) {
        self.deadline.until.store(self.before, Ordering::Relaxed);
    }
}

/// The error of a write that waits for a lock that this very thread holds, or that others hold for too long.
#[cold]
pub(super) const fn locked() -> Error {
    Error::LockTimeout {
        backend: errors::BACKEND,
    }
}
