//! One PostgreSQL connection: how it is opened and how it runs a statement.

use std::cell::{Cell, RefCell, RefMut};
use std::ops::Range;
use std::panic::Location;
use std::time::Duration;

use orm_core::diagnosis::Failed;
use orm_core::error::{Error, Result};
use orm_core::executor::{Command, Flow, OnRow};
use orm_core::value::Value;
use tokio_postgres::{Config, Row, Statement};

use super::bind::Params;
use super::client::{Asked, Client};
use super::errors;
use super::row::PgRow;
use super::statements::{Known, Statements};
use crate::driver::{Control, own_command};
use crate::pool::Pooled;

/// A connection with what we keep beside it.
pub(super) struct Conn {
    client: RefCell<Client>,
    statements: RefCell<Statements>,
    dead: Cell<bool>,
    in_transaction: Cell<bool>,
    /// An error has doomed the open transaction: the server refuses all but its end.
    doomed: Cell<bool>,
    cursors: Cell<u32>,
    /// How many cursors had been named when each of the open savepoints was made.
    savepoints: RefCell<Vec<u32>>,
    /// The cursors that went with a savepoint.
    undone: RefCell<Vec<Range<u32>>>,
}

impl Conn {
    pub(super) fn open(config: &Config, statement_timeout: Option<Duration>) -> Result<Self> {
        let mut client = Client::connect(config)?;
        // Zero would switch the timeout off.
        let limit =
            statement_timeout.map_or(0, |limit| limit.as_millis().clamp(1, i32::MAX as u128));
        let setup = if limit > 0 {
            format!("SET TIME ZONE 'UTC'; SET statement_timeout = {limit}")
        } else {
            "SET TIME ZONE 'UTC'".to_owned()
        };
        client
            .batch_execute(&setup)
            .map_err(errors::cannot_connect)?;
        Ok(Self {
            client: RefCell::new(client),
            statements: RefCell::default(),
            dead: Cell::new(false),
            in_transaction: Cell::new(false),
            doomed: Cell::new(false),
            cursors: Cell::new(0),
            savepoints: RefCell::default(),
            undone: RefCell::default(),
        })
    }

    pub(super) const fn is_dead(&self) -> bool {
        self.dead.get()
    }

    pub(super) const fn is_doomed(&self) -> bool {
        self.doomed.get()
    }

    /// A number for the next cursor's name.
    pub(super) fn next_cursor(&self) -> u32 {
        self.cursors.replace(self.cursors.get() + 1)
    }

    /// Whether the savepoint in which a cursor was opened has been rolled back, and the cursor with it.
    pub(super) fn is_undone(&self, cursor: u32) -> bool {
        self.undone
            .borrow()
            .iter()
            .any(|undone| undone.contains(&cursor))
    }

    fn client(&self) -> Result<RefMut<'_, Client>> {
        // Rows are shown only after the client is free again, so that nothing runs in their midst.
        self.client.try_borrow_mut().map_err(|_| Error::Connection {
            backend: errors::BACKEND,
            message: "the connection is in use by another statement of this thread".to_owned(),
            source: None,
        })
    }

    /// Notes what an error means for the connection, and makes it one of ours.
    #[cold]
    fn error(
        &self,
        error: tokio_postgres::Error,
        command: &Command<'_>,
        params: &[Value],
    ) -> Error {
        if errors::is_fatal(&error) {
            self.dead.set(true);
        } else if self.in_transaction.get() && error.as_db_error().is_some() {
            self.doomed.set(true);
        }
        let failed = Failed {
            command,
            params,
            backend: errors::BACKEND,
            witness: None,
        };
        errors::from_driver(error, failed)
    }

    /// Runs a statement, the first time unprepared, which needs one round trip instead of two.
    fn run<T>(
        &self,
        command: &Command<'_>,
        params: &Params<'_>,
        shown: &Cell<u64>,
        mut ask: impl FnMut(&mut Client, &Asked<'_>) -> Result<T, tokio_postgres::Error>,
    ) -> Result<T> {
        let mut client = self.client()?;
        let known = self
            .statements
            .borrow_mut()
            .find(command.sql, &params.types);
        let statement = match known {
            Known::New => {
                return ask(&mut client, &Asked::Typed(command.sql, &params.typed()))
                    .map_err(|error| self.error(error, command, params.given));
            }
            Known::Seen => self.prepare(&mut client, command, params)?,
            Known::Prepared(statement) => statement,
        };
        fits(&statement, command, params)?;
        let result = match ask(&mut client, &Asked::Prepared(&statement, &params.plain())) {
            Err(error) if errors::is_stale_plan(&error) && shown.get() == 0 => {
                let conflict = self.stale(command, params);
                if self.in_transaction.get() {
                    return Err(conflict);
                }
                ask(&mut client, &Asked::Typed(command.sql, &params.typed()))
            }
            result => result,
        };
        result.map_err(|error| self.error(error, command, params.given))
    }

    /// Forgets a statement whose tables have changed since it was prepared, which has ended an open transaction: that may
    /// be run again, and then prepares it anew.
    #[cold]
    fn stale(&self, command: &Command<'_>, params: &Params<'_>) -> Error {
        self.statements
            .borrow_mut()
            .forget(command.sql, &params.types);
        self.doomed.set(self.in_transaction.get());
        Error::Serialization {
            backend: errors::BACKEND,
        }
    }

    fn prepare(
        &self,
        client: &mut Client,
        command: &Command<'_>,
        params: &Params<'_>,
    ) -> Result<Statement> {
        let statement = client
            .prepare(command.sql, &params.types)
            .map_err(|error| self.error(error, command, params.given))?;
        self.statements
            .borrow_mut()
            .keep(command.sql, &params.types, &statement);
        Ok(statement)
    }

    pub(super) fn query(&self, command: &Command<'_>, on_row: &mut OnRow<'_>) -> Result<u64> {
        let params = Params::new(command, command.params)?;
        let shown = Cell::new(0);
        let mut showing = Showing::new(on_row, &shown);
        self.run(command, &params, &shown, |client, asked| {
            client.query(asked, &mut |row| showing.row(row))
        })?;
        showing.flow?;
        Ok(shown.get())
    }

    pub(super) fn execute(&self, command: &Command<'_>) -> Result<u64> {
        let params = Params::new(command, command.params)?;
        self.run(command, &params, &Cell::new(0), Client::execute)
    }

    pub(super) fn query_each(
        &self,
        command: &Command<'_>,
        rows: &[Vec<Value>],
        on_row: &mut OnRow<'_>,
    ) -> Result<u64> {
        let mut count = 0;
        for params in rows {
            let (touched, flow) = self.one_of_each(command, params, on_row)?;
            count += touched;
            if flow == Flow::Stop {
                break;
            }
        }
        Ok(count)
    }

    /// Runs a statement that will run again, so that it is prepared at once. A NULL among the values makes it
    /// another statement, since the server knows the types of the others alone.
    fn one_of_each(
        &self,
        command: &Command<'_>,
        params: &[Value],
        on_row: &mut OnRow<'_>,
    ) -> Result<(u64, Flow)> {
        let params = Params::new(command, params)?;
        let shown = Cell::new(0);
        let mut showing = Showing::new(on_row, &shown);
        let touched = {
            let mut client = self.client()?;
            let known = self
                .statements
                .borrow_mut()
                .find(command.sql, &params.types);
            let statement = match known {
                Known::Prepared(statement) => statement,
                Known::New | Known::Seen => self.prepare(&mut client, command, &params)?,
            };
            fits(&statement, command, &params)?;
            let asked = &Asked::Prepared(&statement, &params.plain());
            let done = match statement.columns().is_empty() {
                true => client.execute(asked),
                false => client.query(asked, &mut |row| showing.row(row)).map(|()| 0),
            };
            done.map_err(|error| match errors::is_stale_plan(&error) {
                true => self.stale(command, &params),
                false => self.error(error, command, params.given),
            })?
        };
        Ok((touched + shown.get(), showing.flow?))
    }

    /// Runs a statement of ours that is not worth remembering, and shows its rows to the last.
    pub(super) fn once(&self, command: &Command<'_>, show: &mut dyn FnMut(&Row)) -> Result<()> {
        let params = Params::new(command, command.params)?;
        self.client()?
            .query(&Asked::Typed(command.sql, &params.typed()), show)
            .map_err(|error| self.error(error, command, params.given))
    }

    pub(super) fn execute_batch(&self, command: &Command<'_>) -> Result<()> {
        self.client()?
            .batch_execute(command.sql)
            .map_err(|error| self.error(error, command, &[]))
    }

    /// Runs a statement of transaction control.
    pub(super) fn control(&self, control: Control<'_>, command: &Command<'_>) -> Result<()> {
        if matches!(control, Control::Commit) && self.doomed.get() {
            return Err(doomed());
        }
        let result = self.execute_batch(command);
        match control {
            Control::Begin(_) => self.in_transaction.set(result.is_ok()),
            // A COMMIT that fails has ended the transaction too.
            Control::Commit | Control::Rollback => self.ended(),
            Control::Savepoint(_) if result.is_ok() => {
                self.savepoints.borrow_mut().push(self.cursors.get());
            }
            Control::Release(depth) if result.is_ok() => {
                self.savepoints.borrow_mut().truncate(depth as usize);
            }
            Control::RollbackTo(depth) if result.is_ok() => {
                self.doomed.set(false);
                let mut savepoints = self.savepoints.borrow_mut();
                let opened = savepoints.get(depth as usize).copied().unwrap_or(0);
                savepoints.truncate(depth as usize);
                let undone = opened..self.cursors.get();
                if !undone.is_empty() {
                    self.undone.borrow_mut().push(undone);
                }
            }
            _ => {}
        }
        result
    }

    pub(super) fn begun(&self) {
        self.in_transaction.set(true);
    }

    pub(super) fn ended(&self) {
        self.in_transaction.set(false);
        self.doomed.set(false);
        self.savepoints.borrow_mut().clear();
        self.undone.borrow_mut().clear();
    }

    pub(super) const fn in_transaction(&self) -> bool {
        self.in_transaction.get()
    }
}

/// The server counts parameters in a language of its own.
fn fits(statement: &Statement, command: &Command<'_>, params: &Params<'_>) -> Result<()> {
    let (expected, given) = (statement.params().len(), params.values.len());
    if expected == given {
        return Ok(());
    }
    let message = format!("the statement has {expected} parameters, but {given} values were given");
    Err(Error::InvalidQuery {
        model: command.model,
        message,
    })
}

/// The server would answer COMMIT with a silent rollback.
#[cold]
fn doomed() -> Error {
    Error::Database {
        backend: errors::BACKEND,
        code: "25P02".to_owned(),
        message: "an earlier error in the transaction was passed over, so it is rolled back; to go on after an \
                  error, run what may fail in `tx.atomic(..)`"
            .to_owned(),
        source: None,
    }
}

/// Rows on their way to somebody who may want no more. The rest is read all the same: what goes wrong behind them counts.
pub(super) struct Showing<'s, 'r> {
    on_row: &'s mut OnRow<'r>,
    shown: &'s Cell<u64>,
    pub(super) flow: Result<Flow>,
}

impl<'s, 'r> Showing<'s, 'r> {
    pub(super) const fn new(on_row: &'s mut OnRow<'r>, shown: &'s Cell<u64>) -> Self {
        Self {
            on_row,
            shown,
            flow: Ok(Flow::Continue),
        }
    }

    #[inline]
    pub(super) fn row(&mut self, row: &Row) {
        if matches!(self.flow, Ok(Flow::Continue)) {
            self.shown.set(self.shown.get() + 1);
            self.flow = (self.on_row)(&PgRow(row));
        }
    }
}

impl Pooled for Conn {
    fn tidy(&self) -> bool {
        if self.in_transaction.get() && !self.dead.get() {
            let command = own_command("ROLLBACK", Location::caller());
            let ended = self.execute_batch(&command).is_ok();
            self.ended();
            return ended;
        }
        !self.dead.get()
    }
}
