//! The SQLite driver.
//!
//! A file has a pool of connections in WAL mode; who writes takes its turn at a gate of ours first, because
//! SQLite's own waiting is by sleeping and does not keep the order. A database in memory has one connection, which
//! threads take in turn: SQLite's ways to share one (shared cache, `memdb`) block readers and writers in ways
//! that no timeout resolves, and are slower.

mod bind;
mod connection;
mod cursor;
mod errors;
mod functions;
mod lease;
mod own;
mod row;
mod statements;
mod witness;

use std::panic::Location;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use orm_core::dialect::{SqlDialect, SqliteDialect};
use orm_core::error::Result;
use orm_core::executor::{Command, Cursor, OnRow};
use orm_core::value::Value;
use parking_lot::{Mutex, ReentrantMutex};

use self::connection::{Conn, locked, locked_by_itself};
use self::errors::BACKEND;
use self::lease::{Gate, Lease};
pub(crate) use self::own::OwnFunction;
use crate::builder::Settings;
use crate::driver::{Control, Driver, Session, own_command};
use crate::held::{self, Holding, Holds};
use crate::observe::{Kind, Watch};
use crate::pool::{self, Pool};
use crate::url::Target;

/// A SQLite database.
pub(crate) struct Sqlite {
    id: u64,
    place: Place,
    busy_timeout: Duration,
}

enum Place {
    File {
        pool: Arc<Pool<Conn>>,
        gate: Arc<Mutex<()>>,
    },
    Memory {
        conn: Arc<ReentrantMutex<Conn>>,
        max: usize,
        timeout: Duration,
    },
}

impl Sqlite {
    pub(crate) fn open(target: Target, settings: &Settings) -> Result<Self> {
        let busy_timeout = settings.busy_timeout;
        let (max, timeout) = (settings.max_connections, settings.acquire_timeout);
        let Target::SqliteFile { path, mode } = target else {
            let conn = Arc::new(ReentrantMutex::new(Conn::in_memory(settings)?));
            return Ok(Self {
                id: pool::next_id(),
                place: Place::Memory { conn, max, timeout },
                busy_timeout,
            });
        };
        let settings = settings.clone();
        let open = Box::new(move || Conn::open(&path, mode, &settings));
        let pool = Arc::new(Pool::new(BACKEND, max, timeout, open));
        // Mistakes in the URL show now, not at the first query.
        drop(Pool::lease(&*pool)?);
        Ok(Self {
            id: pool.id(),
            place: Place::File {
                pool,
                gate: Arc::default(),
            },
            busy_timeout,
        })
    }

    /// Runs one statement on a connection.
    #[inline]
    fn with<T>(&self, writes: bool, run: impl FnOnce(&Conn) -> Result<T>) -> Result<T> {
        // It would wait for the end of a transaction that cannot end before it.
        if writes && held::in_transaction(self.id) {
            return Err(locked_by_itself());
        }
        match &self.place {
            Place::File { pool, gate } => {
                let _gate = match writes {
                    true => Some(gate.try_lock_for(self.busy_timeout).ok_or_else(locked)?),
                    false => None,
                };
                run(&*Pool::lease(&**pool)?)
            }
            Place::Memory { conn, max, timeout } => {
                let guard = match conn.try_lock() {
                    Some(guard) => guard,
                    None => conn
                        .try_lock_for(*timeout)
                        .ok_or_else(|| no_turn(*timeout, *max))?,
                };
                free_place(&guard, *max)?;
                run(&guard)
            }
        }
    }

    /// Takes a connection for a transaction or an iterator.
    fn lease(&self, holds: Holds) -> Result<Lease> {
        let transaction = holds == Holds::Transaction;
        if transaction && held::in_transaction(self.id) {
            return Err(locked_by_itself());
        }
        match &self.place {
            Place::File { pool, gate } => {
                let gate: Option<Gate> = match transaction {
                    true => Some(
                        gate.try_lock_arc_for(self.busy_timeout)
                            .ok_or_else(locked)?,
                    ),
                    false => None,
                };
                let conn = Pool::lease(Arc::clone(pool))?;
                Ok(Lease::File {
                    conn,
                    _gate: gate,
                    _holding: Holding::new(self.id, holds),
                })
            }
            Place::Memory { conn, max, timeout } => {
                let conn = conn
                    .try_lock_arc_for(*timeout)
                    .ok_or_else(|| no_turn(*timeout, *max))?;
                free_place(&conn, *max)?;
                conn.held.set(conn.held.get() + 1);
                Ok(Lease::Memory {
                    conn,
                    transaction,
                    _holding: Holding::new(self.id, holds),
                })
            }
        }
    }
}

/// The limit of connections holds in memory too, so that code that needs more fails there as it does elsewhere.
#[inline]
fn free_place(conn: &Conn, max: usize) -> Result<()> {
    if conn.held.get() < max {
        return Ok(());
    }
    Err(pool::no_connection(
        BACKEND,
        Duration::ZERO,
        conn.held.get(),
        max,
    ))
}

#[cold]
fn no_turn(waited: Duration, max: usize) -> orm_core::error::Error {
    pool::no_connection(BACKEND, waited, 0, max)
}

impl Driver for Sqlite {
    fn dialect(&self) -> &'static dyn SqlDialect {
        &SqliteDialect
    }

    #[inline]
    fn query(&self, watch: &Watch, command: &Command<'_>, on_row: &mut OnRow<'_>) -> Result<u64> {
        self.with(command.writes, |conn| {
            watch.statement(Kind::Asked, command, || conn.query(command, on_row))
        })
    }

    fn execute(&self, watch: &Watch, command: &Command<'_>) -> Result<u64> {
        self.with(command.writes, |conn| {
            watch.statement(Kind::Asked, command, || conn.execute(command))
        })
    }

    fn query_each(
        &self,
        watch: &Watch,
        command: &Command<'_>,
        rows: &[Vec<Value>],
        on_row: &mut OnRow<'_>,
    ) -> Result<u64> {
        self.with(command.writes, |conn| {
            each(conn, watch, command, rows, on_row)
        })
    }

    fn execute_batch(&self, watch: &Watch, command: &Command<'_>) -> Result<()> {
        self.with(true, |conn| batch(conn, watch, command))
    }

    fn cursor(
        &self,
        watch: &Watch,
        command: &Command<'_>,
        chunk_size: usize,
    ) -> Result<Box<dyn Cursor>> {
        cursor::open(
            &Rc::new(self.lease(Holds::Cursor)?),
            watch,
            command,
            chunk_size,
        )
    }

    fn session(&self) -> Result<Rc<dyn Session>> {
        Ok(Rc::new(SqliteSession {
            lease: Rc::new(self.lease(Holds::Transaction)?),
        }))
    }
}

fn each(
    conn: &Conn,
    watch: &Watch,
    command: &Command<'_>,
    rows: &[Vec<Value>],
    on_row: &mut OnRow<'_>,
) -> Result<u64> {
    let first = Command {
        params: rows.first().map_or(&[], Vec::as_slice),
        ..*command
    };
    watch.statement(Kind::Asked, &first, || {
        conn.query_each(command, rows, on_row)
    })
}

fn batch(conn: &Conn, watch: &Watch, command: &Command<'_>) -> Result<()> {
    watch
        .statement(Kind::Asked, command, || {
            conn.execute_batch(command).map(|()| 0)
        })
        .map(drop)
}

/// A connection held for a transaction.
struct SqliteSession {
    lease: Rc<Lease>,
}

impl SqliteSession {
    /// The connection, while the transaction is open. Some errors make SQLite roll the whole of it back by itself: what came
    /// after would be written as if there had never been one.
    #[inline]
    fn open(&self) -> Result<&Rc<Lease>> {
        if self.lease.in_transaction() {
            Ok(&self.lease)
        } else {
            Err(errors::rolled_back())
        }
    }
}

impl Session for SqliteSession {
    fn dialect(&self) -> &'static dyn SqlDialect {
        &SqliteDialect
    }

    #[inline]
    fn query(&self, watch: &Watch, command: &Command<'_>, on_row: &mut OnRow<'_>) -> Result<u64> {
        let lease = self.open()?;
        watch.statement(Kind::Asked, command, || lease.query(command, on_row))
    }

    fn execute(&self, watch: &Watch, command: &Command<'_>) -> Result<u64> {
        let lease = self.open()?;
        watch.statement(Kind::Asked, command, || lease.execute(command))
    }

    fn query_each(
        &self,
        watch: &Watch,
        command: &Command<'_>,
        rows: &[Vec<Value>],
        on_row: &mut OnRow<'_>,
    ) -> Result<u64> {
        each(self.open()?, watch, command, rows, on_row)
    }

    fn execute_batch(&self, watch: &Watch, command: &Command<'_>) -> Result<()> {
        batch(self.open()?, watch, command)
    }

    fn cursor(
        &self,
        watch: &Watch,
        command: &Command<'_>,
        chunk_size: usize,
    ) -> Result<Box<dyn Cursor>> {
        cursor::open(self.open()?, watch, command, chunk_size)
    }

    fn control(
        &self,
        watch: &Watch,
        control: Control<'_>,
        caller: &'static Location<'static>,
    ) -> Result<()> {
        if matches!(
            control,
            Control::Commit | Control::Savepoint(_) | Control::Release(_)
        ) {
            self.open()?;
        }
        let sql = match control {
            // A reading transaction that comes to write may have to give up; one that may write from the start waits.
            Control::Begin(_) => "BEGIN IMMEDIATE",
            Control::Commit => "COMMIT",
            // An error has ended the transaction already.
            Control::Rollback | Control::RollbackTo(_) if !self.lease.in_transaction() => {
                return Ok(());
            }
            Control::Rollback => "ROLLBACK",
            Control::Savepoint(depth) => &format!("SAVEPOINT orm_{depth}"),
            Control::Release(depth) => &release(depth),
            Control::RollbackTo(depth) => &format!("ROLLBACK TO orm_{depth}"),
        };
        let command = own_command(sql, caller);
        watch
            .statement(Kind::Control, &command, || {
                self.lease.control(control, &command).map(|()| 0)
            })
            .map(drop)
    }
}

/// The statement that removes a savepoint.
fn release(depth: u32) -> String {
    format!("RELEASE orm_{depth}")
}
