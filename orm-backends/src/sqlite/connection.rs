//! One SQLite connection: how it is opened and how it runs a statement.

use std::cell::{Cell, RefCell};
use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use orm_core::decode::ValueRow;
use orm_core::diagnosis::Failed;
use orm_core::error::{Error, Result};
use orm_core::executor::{Command, Flow, OnRow};
use orm_core::schema::ModelSchema;
use orm_core::value::Value;
use rusqlite::config::DbConfig;
use rusqlite::{CachedStatement, Connection, OpenFlags, Statement, StatementStatus};
use rustc_hash::FxHashSet;

use super::row::SqliteRow;
use super::statements::Connected;
use super::{bind, cursor, errors, functions};
use crate::builder::Settings;
use crate::driver::{Control, own_command};
use crate::pool::{Pooled, next_id};
use crate::url::Mode;

/// How many prepared statements a connection keeps.
const STATEMENTS: usize = 256;
/// After how many of SQLite's steps the clock is looked at, where statements have a timeout.
const STEPS: i32 = 1_000;

/// A connection with what we keep beside it.
pub(super) struct Conn {
    raw: Connected,
    /// The models whose keys are known to be the numbers of their rows, by where their schema is.
    numbered: RefCell<FxHashSet<usize>>,
    id: u64,
    deadline: Option<Arc<Deadline>>,
    /// The time of the statement that runs.
    clock: functions::Clock,
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
        let reads_only = new.raw().is_readonly("main").map_err(setup_failed)?;
        let setup = if reads_only {
            // Nothing is read before it is asked for: what is wrong with the file shows now.
            "PRAGMA schema_version"
        } else {
            // Some file systems have no WAL; SQLite then answers with the mode that it keeps, which works too.
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL"
        };
        new.raw().execute_batch(setup).map_err(setup_failed)?;
        Ok(new)
    }

    fn prepare_new(mut raw: Connection, settings: &Settings) -> Result<Self> {
        let deadline = match settings.statement_timeout {
            Some(timeout) => Some(Deadline::install(&mut raw, timeout).map_err(setup_failed)?),
            None => None,
        };
        let setup = || -> rusqlite::Result<functions::Clock> {
            raw.busy_timeout(settings.busy_timeout)?;
            raw.set_db_config(
                DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG,
                settings.planner_stability,
            )?;
            raw.set_prepared_statement_cache_capacity(STATEMENTS);
            raw.pragma_update(None, "foreign_keys", true)?;
            rusqlite::vtab::array::load_module(&raw)?;
            let clock = functions::register(&raw)?;
            let mut own = settings.functions.iter();
            own.try_for_each(|own| own.register(&raw))?;
            Ok(clock)
        };
        let clock = setup().map_err(setup_failed)?;
        Ok(Self {
            raw: Connected::new(raw),
            numbered: RefCell::default(),
            id: next_id(),
            deadline,
            clock,
            keys_off: Cell::new(false),
            held: Cell::new(0),
        })
    }

    #[inline]
    pub(super) fn raw(&self) -> &Connection {
        self.raw.connection()
    }

    pub(super) const fn id(&self) -> u64 {
        self.id
    }

    /// A statement with its values bound, to be kept for longer than a call.
    pub(super) fn prepared<'c>(&'c self, command: &Command<'_>) -> Result<CachedStatement<'c>> {
        self.clock.forget();
        let mut statement = self.prepare(command)?;
        bind::bind(&mut statement, command, command.params)?;
        Ok(statement)
    }

    fn prepare<'c>(&'c self, command: &Command<'_>) -> Result<CachedStatement<'c>> {
        self.raw()
            .prepare_cached(command.sql)
            .map_err(|error| self.failed(error, command, command.params))
    }

    /// Lends the statement of a command, prepared if it has not run before.
    #[inline]
    fn with_statement<T>(
        &self,
        command: &Command<'_>,
        work: impl FnOnce(&mut Statement<'_>) -> Result<T>,
    ) -> Result<T> {
        match command.statement {
            Some(number) => {
                let failed = |error| self.failed(error, command, command.params);
                self.raw.with(number, command.sql, failed, work)
            }
            None => work(&mut *self.prepare(command)?),
        }
    }

    /// The error of a statement. What SQLite does not tell of it is asked of this connection.
    #[cold]
    pub(super) fn failed(
        &self,
        error: rusqlite::Error,
        command: &Command<'_>,
        params: &[Value],
    ) -> Error {
        let failed = Failed {
            command,
            params,
            backend: errors::BACKEND,
            witness: Some(self),
        };
        errors::from_driver(error, failed)
    }

    /// Begins to measure a statement's time.
    #[inline]
    pub(super) fn arm(&self) -> Option<Armed<'_>> {
        self.deadline.as_deref().map(Deadline::arm)
    }

    /// Before a write, what open iterators have not shown yet is copied: their rows must not change under them.
    #[inline]
    fn before(&self, command: &Command<'_>) -> Result<()> {
        self.clock.forget();
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
        self.with_statement(command, |statement| {
            let (shown, _) = self.run_once(statement, command, command.params, on_row)?;
            Ok(shown)
        })
    }

    #[inline]
    pub(super) fn execute(&self, command: &Command<'_>) -> Result<u64> {
        self.before(command)?;
        let _armed = self.arm();
        let before = self.raw().total_changes();
        self.with_statement(command, |statement| {
            bind::bind(statement, command, command.params)?;
            let failed = |error| self.failed(error, command, command.params);
            step(statement, true, &mut |_| Ok(Flow::Stop), failed)
        })?;
        Ok(self.touched(before))
    }

    /// Runs a statement with some values and shows its rows; gives how many were shown, and whether more are wanted.
    #[inline]
    fn run_once(
        &self,
        statement: &mut Statement<'_>,
        command: &Command<'_>,
        params: &[Value],
        on_row: &mut OnRow<'_>,
    ) -> Result<(u64, Flow)> {
        bind::bind(statement, command, params)?;
        let failed = |error| self.failed(error, command, params);
        let Some(model) = command.row_ids else {
            return step(statement, command.writes, on_row, failed);
        };
        self.check_row_ids(model, command)?;
        let before = self.raw().total_changes();
        step(statement, true, &mut |_| Ok(Flow::Continue), failed)?;
        if statement.reset_status(StatementStatus::RePrepare) != 0 {
            // Somebody has changed the tables in the meantime.
            self.numbered.borrow_mut().clear();
            self.check_row_ids(model, command)?;
        }
        if self.touched(before) == 0 {
            return Ok((0, Flow::Continue));
        }
        let id = [Value::I64(self.raw().last_insert_rowid())];
        Ok((1, on_row(&ValueRow(&id))?))
    }

    /// The key of a table that another program made may be one that SQLite does not fill.
    fn check_row_ids(&self, model: &'static ModelSchema, command: &Command<'_>) -> Result<()> {
        let place = std::ptr::from_ref(model) as usize;
        if self.numbered.borrow().contains(&place) {
            return Ok(());
        }
        // Of a table that is not there the statement itself tells.
        // A key that is not the row's number has an index of its own.
        let sql = "SELECT count(*) FILTER (WHERE pk > 0) = 1 AND count(*) FILTER (WHERE pk > 0 AND name = ?2 \
                   COLLATE nocase AND type = 'integer' COLLATE nocase) = 1 AND NOT EXISTS \
                   (SELECT 1 FROM pragma_index_list(?1) WHERE origin = 'pk'), count(*) = 0 FROM pragma_table_info(?1)";
        let (is_numbered, is_missing): (bool, bool) = self
            .raw()
            .prepare_cached(sql)
            .and_then(|mut asked| {
                let of = (model.table, model.key().column);
                asked.query_row(of, |row| Ok((row.get(0)?, row.get(1)?)))
            })
            .map_err(|error| self.failed(error, command, &[]))?;
        if is_missing {
            return Ok(());
        }
        if is_numbered {
            self.numbered.borrow_mut().insert(place);
            return Ok(());
        }
        let key = model.key().name;
        Err(Error::InvalidQuery {
            model: model.name,
            message: format!(
                "`{key}` is no INTEGER PRIMARY KEY of the table, so SQLite gives it no value: set it in the draft"
            ),
        })
    }

    /// The rows that the last statement touched. `changes` alone keeps its old value over a statement that is no write.
    fn touched(&self, before: u64) -> u64 {
        if self.raw().total_changes() == before {
            0
        } else {
            self.raw().changes()
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
        self.with_statement(command, |statement| {
            let shows = statement.column_count() > 0 || command.row_ids.is_some();
            let mut count = 0;
            for row in rows {
                let before = self.raw().total_changes();
                let (shown, flow) = self.run_once(statement, command, row, on_row)?;
                count += if shows { shown } else { self.touched(before) };
                if flow == Flow::Stop {
                    break;
                }
            }
            Ok(count)
        })
    }

    pub(super) fn execute_batch(&self, command: &Command<'_>) -> Result<()> {
        self.numbered.borrow_mut().clear();
        self.before(command)?;
        let _armed = self.arm();
        self.raw()
            .execute_batch(command.sql)
            .map_err(|error| self.failed(error, command, &[]))
    }

    /// Runs a statement of transaction control.
    pub(super) fn control(&self, control: Control<'_>, command: &Command<'_>) -> Result<()> {
        match control {
            Control::Begin(options) if options.changes_schema() => {
                self.keys_off.set(true);
                self.raw()
                    .pragma_update(None, "foreign_keys", false)
                    .map_err(|error| self.failed(error, command, &[]))?;
            }
            Control::Rollback | Control::RollbackTo(_) => cursor::settle(self.id)?,
            _ => {}
        }
        let ended = self.run(command.sql).and_then(|()| match control {
            Control::RollbackTo(depth) => self.run(&super::release(depth)),
            _ => Ok(()),
        });
        ended.map_err(|error| self.failed(error, command, &[]))
    }

    fn run(&self, sql: &str) -> rusqlite::Result<()> {
        self.raw().prepare_cached(sql)?.raw_execute()?;
        Ok(())
    }

    pub(super) fn in_transaction(&self) -> bool {
        !self.raw().is_autocommit()
    }
}

impl Pooled for Conn {
    fn tidy(&self) -> bool {
        if self.in_transaction() && self.run("ROLLBACK").is_err() {
            return false;
        }
        !self.keys_off.replace(false)
            || self.raw().pragma_update(None, "foreign_keys", true).is_ok()
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
    failed: impl Fn(rusqlite::Error) -> Error,
) -> Result<(u64, Flow)> {
    let mut rows = statement.raw_query();
    let (mut shown, mut flow) = (0, Flow::Continue);
    while let Some(row) = rows.next().map_err(&failed)? {
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

/// The error of what is done with a connection before any statement.
#[cold]
fn setup_failed(error: rusqlite::Error) -> Error {
    let failed = Failed {
        command: &own_command("", Location::caller()),
        params: &[],
        backend: errors::BACKEND,
        witness: None,
    };
    errors::from_driver(error, failed)
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
        u64::try_from(self.start.elapsed().saturating_add(later).as_nanos()).unwrap_or(u64::MAX)
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

/// The error of a write that waits for a lock that others hold for too long.
#[cold]
pub(super) const fn locked() -> Error {
    Error::LockTimeout {
        backend: errors::BACKEND,
        hint: "",
    }
}

/// The error of a write that would wait for a lock that this very thread holds.
#[cold]
pub(super) const fn locked_by_itself() -> Error {
    Error::LockTimeout {
        backend: errors::BACKEND,
        hint: ": this thread has a transaction open on the database, which alone may write until it ends; run this on the \
               `tx` that `atomic` hands over, `tx.atomic(..)` for a transaction within it",
    }
}
