//! The PostgreSQL driver.

mod bind;
mod client;
mod connection;
mod cursor;
mod errors;
mod lease;
mod numeric;
mod row;
mod statements;

use std::cell::Cell;
use std::panic::Location;
use std::rc::Rc;
use std::sync::Arc;

use orm_core::decode::Row;
use orm_core::dialect::{PostgresDialect, SqlDialect};
use orm_core::error::{Error, Result};
use orm_core::executor::{Command, Cursor, Flow, OnRow};
use orm_core::raw::RawRow;
use orm_core::value::Value;
use tokio_postgres::Config;
use tokio_postgres::config::SslMode;

use self::connection::Conn;
use self::errors::BACKEND;
use self::lease::Lease;
use crate::builder::Settings;
use crate::driver::{Control, Driver, Session, own_command};
use crate::held::{Holding, Holds};
use crate::observe::{Kind, Watch};
use crate::pool::Pool;
use crate::transaction::Isolation;
use crate::url;

/// A PostgreSQL database.
pub(crate) struct Postgres {
    pool: Arc<Pool<Conn>>,
    dialect: &'static dyn SqlDialect,
}

impl Postgres {
    pub(crate) fn open(url: &str, settings: &Settings) -> Result<Self> {
        // The reader's own errors may repeat parts of the URL.
        let mut config: Config = url
            .parse()
            .map_err(|_| url::refused(BACKEND, "the URL cannot be read"))?;
        if config.get_ssl_mode() == SslMode::Require {
            return Err(Error::Unsupported {
                feature: "TLS connections here (`sslmode=require`)",
                backend: BACKEND,
            });
        }
        if let Some(name) = &settings.application_name {
            config.application_name(name);
        } else if config.get_application_name().is_none() {
            config.application_name("orm");
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(settings.acquire_timeout);
        }
        let timeout = settings.statement_timeout;
        let open = Box::new(move || Conn::open(&config, timeout));
        let pool = Arc::new(Pool::new(
            BACKEND,
            settings.max_connections,
            settings.acquire_timeout,
            open,
        ));
        let dialect = PostgresDialect::with_collation(&collations(&*Pool::lease(&*pool)?)?);
        Ok(Self { pool, dialect })
    }

    /// Runs one statement on a connection. Where it has left no trace and the connection turns out to be dead, since the
    /// server was restarted, it runs once more on a new one.
    fn with<T>(
        &self,
        left_a_trace: impl Fn() -> bool,
        mut run: impl FnMut(&Conn) -> Result<T>,
    ) -> Result<T> {
        let conn = Pool::lease(&*self.pool)?;
        let result = run(&conn);
        if result.is_err() && conn.is_dead() && !left_a_trace() {
            drop(conn);
            return run(&*Pool::lease(&*self.pool)?);
        }
        result
    }

    fn lease(&self, holds: Holds) -> Result<Rc<Lease>> {
        let conn = Pool::lease(Arc::clone(&self.pool))?;
        Ok(Rc::new(Lease {
            conn,
            _holding: Holding::new(self.pool.id(), holds),
        }))
    }
}

/// Those collations of the server that the dialect may choose from, for mapping the case of all letters.
fn collations(conn: &Conn) -> Result<Vec<String>> {
    let sql = "SELECT collname::text FROM pg_catalog.pg_collation \
               WHERE collname IN ('pg_c_utf8', 'C.utf8', 'C.UTF-8', 'en_US.utf8', 'und-x-icu') \
               AND collencoding IN (-1, pg_char_to_encoding(getdatabaseencoding()))";
    let mut names = Vec::new();
    conn.query(&own_command(sql, Location::caller()), &mut |row| {
        names.push(<(String,)>::read(row)?.0);
        Ok(Flow::Continue)
    })?;
    Ok(names)
}

impl Driver for Postgres {
    fn dialect(&self) -> &'static dyn SqlDialect {
        self.dialect
    }

    fn query(&self, watch: &Watch, command: &Command<'_>, on_row: &mut OnRow<'_>) -> Result<u64> {
        // A row that was shown is not shown again.
        let shown = Cell::new(false);
        let mut show = |row: &dyn Row| {
            shown.set(true);
            on_row(row)
        };
        self.with(
            || command.writes || shown.get(),
            |conn| watch.statement(Kind::Asked, command, || conn.query(command, &mut show)),
        )
    }

    fn execute(&self, watch: &Watch, command: &Command<'_>) -> Result<u64> {
        self.with(
            || command.writes,
            |conn| watch.statement(Kind::Asked, command, || conn.execute(command)),
        )
    }

    fn query_each(
        &self,
        watch: &Watch,
        command: &Command<'_>,
        rows: &[Vec<Value>],
        on_row: &mut OnRow<'_>,
    ) -> Result<u64> {
        // Of many statements some may have run when the connection dies.
        self.with(|| true, |conn| each(conn, watch, command, rows, on_row))
    }

    fn execute_batch(&self, watch: &Watch, command: &Command<'_>) -> Result<()> {
        self.with(|| true, |conn| batch(conn, watch, command))
    }

    fn cursor(
        &self,
        watch: &Watch,
        command: &Command<'_>,
        chunk_size: usize,
    ) -> Result<Box<dyn Cursor>> {
        let lease = self.lease(Holds::Cursor)?;
        match cursor::open(&lease, watch, command, chunk_size) {
            Err(_) if lease.is_dead() => {
                drop(lease);
                cursor::open(&self.lease(Holds::Cursor)?, watch, command, chunk_size)
            }
            result => result,
        }
    }

    fn session(&self) -> Result<Rc<dyn Session>> {
        Ok(Rc::new(PgSession {
            lease: self.lease(Holds::Transaction)?,
            dialect: self.dialect,
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
struct PgSession {
    lease: Rc<Lease>,
    dialect: &'static dyn SqlDialect,
}

impl Session for PgSession {
    fn dialect(&self) -> &'static dyn SqlDialect {
        self.dialect
    }

    fn query(&self, watch: &Watch, command: &Command<'_>, on_row: &mut OnRow<'_>) -> Result<u64> {
        watch.statement(Kind::Asked, command, || self.lease.query(command, on_row))
    }

    fn execute(&self, watch: &Watch, command: &Command<'_>) -> Result<u64> {
        watch.statement(Kind::Asked, command, || self.lease.execute(command))
    }

    fn query_each(
        &self,
        watch: &Watch,
        command: &Command<'_>,
        rows: &[Vec<Value>],
        on_row: &mut OnRow<'_>,
    ) -> Result<u64> {
        each(&self.lease, watch, command, rows, on_row)
    }

    fn execute_batch(&self, watch: &Watch, command: &Command<'_>) -> Result<()> {
        batch(&self.lease, watch, command)
    }

    fn cursor(
        &self,
        watch: &Watch,
        command: &Command<'_>,
        chunk_size: usize,
    ) -> Result<Box<dyn Cursor>> {
        cursor::open(&self.lease, watch, command, chunk_size)
    }

    fn control(
        &self,
        watch: &Watch,
        control: Control<'_>,
        caller: &'static Location<'static>,
    ) -> Result<()> {
        let sql = match control {
            Control::Begin(options) => match options.isolation() {
                None => "BEGIN",
                Some(Isolation::ReadCommitted) => "BEGIN ISOLATION LEVEL READ COMMITTED",
                Some(Isolation::RepeatableRead) => "BEGIN ISOLATION LEVEL REPEATABLE READ",
                Some(Isolation::Serializable) => "BEGIN ISOLATION LEVEL SERIALIZABLE",
            },
            Control::Commit => "COMMIT",
            // It ended with its connection, or by a COMMIT that failed.
            Control::Rollback if self.lease.is_dead() || !self.lease.in_transaction() => {
                return Ok(());
            }
            Control::Rollback => "ROLLBACK",
            Control::Savepoint(depth) => &format!("SAVEPOINT orm_{depth}"),
            Control::Release(depth) => &format!("RELEASE orm_{depth}"),
            Control::RollbackTo(depth) => &format!("ROLLBACK TO orm_{depth}; RELEASE orm_{depth}"),
        };
        let command = own_command(sql, caller);
        watch
            .statement(Kind::Control, &command, || {
                self.lease.control(control, &command).map(|()| 0)
            })
            .map(drop)
    }
}
