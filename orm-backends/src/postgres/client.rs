//! The driver's client, which is asynchronous, for callers that wait: each connection has a runtime of its own, in which the
//! caller's thread works until its answer is there.
//!
//! The client of the crate `postgres` waits for all rows of an answer before it gives the first, while the server waits
//! for nothing. Here rows are shown as they come, so that they are read while the server makes the next ones.

use std::cell::RefCell;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use futures_core::Stream as _;
use orm_core::error::Result;
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::tls::NoTlsStream;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Config, Connection, Error, NoTls, Row, Socket, Statement};

use super::errors;

/// A statement that is prepared or not, with its values.
pub(super) enum Asked<'a> {
    Prepared(&'a Statement, &'a [&'a (dyn ToSql + Sync)]),
    Typed(&'a str, &'a [(&'a (dyn ToSql + Sync), Type)]),
}

/// A connection that is asked and waited for.
pub(super) struct Client {
    // It goes first: the server is told that nobody asks any more.
    asks: tokio_postgres::Client,
    link: Link,
}

impl Client {
    pub(super) fn connect(config: &Config) -> Result<Self> {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(errors::cannot_start)?;
        let (asks, connection) = runtime
            .block_on(config.connect(NoTls))
            .map_err(errors::cannot_connect)?;
        Ok(Self {
            asks,
            link: Link {
                runtime,
                connection,
                ended: false,
            },
        })
    }

    /// Runs a statement and shows its rows as they come, all of them. What goes wrong may show behind some rows.
    pub(super) fn query(
        &mut self,
        asked: &Asked<'_>,
        show: &mut dyn FnMut(&Row),
    ) -> Result<(), Error> {
        let (asks, come) = (&self.asks, RefCell::new(Vec::new()));
        let mut work = pin!(async {
            let rows = match asked {
                Asked::Prepared(statement, params) => {
                    asks.query_raw(*statement, params.iter().copied()).await?
                }
                Asked::Typed(sql, params) => {
                    let params = params.iter().map(|(value, ty)| (*value, ty.clone()));
                    asks.query_typed_raw(sql, params).await?
                }
            };
            let mut rows = pin!(rows);
            while let Some(row) = poll_fn(|cx| rows.as_mut().poll_next(cx)).await {
                come.borrow_mut().push(row?);
            }
            Ok(())
        });
        loop {
            let ended = self.link.wait(|cx| match work.as_mut().poll(cx) {
                Poll::Ready(result) => Poll::Ready(result.map(|()| true)),
                // Those that have come are read before there is anything to wait for.
                Poll::Pending if !come.borrow().is_empty() => Poll::Ready(Ok(false)),
                Poll::Pending => Poll::Pending,
            })?;
            come.borrow_mut().drain(..).for_each(|row| show(&row));
            if ended {
                return Ok(());
            }
        }
    }

    /// Runs a statement; gives the number of rows that it touched.
    pub(super) fn execute(&mut self, asked: &Asked<'_>) -> Result<u64, Error> {
        match asked {
            Asked::Prepared(statement, params) => {
                self.link.answer(self.asks.execute(*statement, params))
            }
            Asked::Typed(sql, params) => self.link.answer(self.asks.execute_typed(sql, params)),
        }
    }

    pub(super) fn prepare(&mut self, sql: &str, types: &[Type]) -> Result<Statement, Error> {
        self.link.answer(self.asks.prepare_typed(sql, types))
    }

    pub(super) fn batch_execute(&mut self, sql: &str) -> Result<(), Error> {
        self.link.answer(self.asks.batch_execute(sql))
    }
}

/// What goes to the server and comes from it.
struct Link {
    runtime: Runtime,
    connection: Connection<Socket, NoTlsStream>,
    /// It came to its end, and must not be asked again.
    ended: bool,
}

impl Link {
    /// Waits for one answer.
    fn answer<T>(&mut self, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        let mut work = pin!(work);
        self.wait(|cx| work.as_mut().poll(cx))
    }

    /// Waits until `step` is ready. It comes before the exchange with the server, so that what it asks is sent in the same turn,
    /// and behind it, so that it has what came at once.
    fn wait<T>(
        &mut self,
        mut step: impl FnMut(&mut Context<'_>) -> Poll<Result<T, Error>>,
    ) -> Result<T, Error> {
        let Self {
            runtime,
            connection,
            ended,
        } = self;
        runtime.block_on(poll_fn(|cx| {
            if let Poll::Ready(result) = step(cx) {
                return Poll::Ready(result);
            }
            if !*ended && let Err(error) = exchange(connection, cx, ended) {
                return Poll::Ready(Err(error));
            }
            step(cx)
        }))
    }
}

/// Sends what is to be sent and takes what has come. Notices of the server are for its own log.
fn exchange(
    connection: &mut Connection<Socket, NoTlsStream>,
    cx: &mut Context<'_>,
    ended: &mut bool,
) -> Result<(), Error> {
    loop {
        match connection.poll_message(cx) {
            Poll::Pending => return Ok(()),
            Poll::Ready(Some(Ok(_))) => {}
            Poll::Ready(Some(Err(error))) => {
                *ended = true;
                return Err(error);
            }
            Poll::Ready(None) => {
                *ended = true;
                return Ok(());
            }
        }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        if self.ended {
            return;
        }
        let Self {
            runtime,
            connection,
            ..
        } = self;
        // What is left is to take leave of the server; nobody hears of it if that fails.
        let _ = runtime.block_on(Pin::new(connection));
    }
}
