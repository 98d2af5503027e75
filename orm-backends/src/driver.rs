//! The two traits a driver implements; everything above them is the same for all databases.

use std::panic::Location;
use std::rc::Rc;

use orm_core::dialect::SqlDialect;
use orm_core::error::Result;
use orm_core::executor::{Command, Cursor, OnRow, Subject};
use orm_core::value::Value;

use crate::observe::Watch;
use crate::transaction::TransactionOptions;

/// A pool of connections of one database: each statement runs on any of them.
pub(crate) trait Driver: Send + Sync {
    /// How to print SQL for it.
    fn dialect(&self) -> &'static dyn SqlDialect;

    /// See [`Executor::query`](orm_core::executor::Executor::query).
    fn query(&self, watch: &Watch, command: &Command<'_>, on_row: &mut OnRow<'_>) -> Result<u64>;

    /// See [`Executor::execute`](orm_core::executor::Executor::execute).
    fn execute(&self, watch: &Watch, command: &Command<'_>) -> Result<u64>;

    /// See [`Executor::query_each`](orm_core::executor::Executor::query_each).
    fn query_each(
        &self,
        watch: &Watch,
        command: &Command<'_>,
        rows: &[Vec<Value>],
        on_row: &mut OnRow<'_>,
    ) -> Result<u64>;

    /// Runs a script of statements without parameters.
    fn execute_batch(&self, watch: &Watch, command: &Command<'_>) -> Result<()>;

    /// Opens a query on a connection of its own.
    fn cursor(
        &self,
        watch: &Watch,
        command: &Command<'_>,
        chunk_size: usize,
    ) -> Result<Box<dyn Cursor>>;

    /// Takes a connection for a transaction.
    fn session(&self) -> Result<Rc<dyn Session>>;
}

/// One connection, held for a transaction.
pub(crate) trait Session {
    /// How to print SQL for it.
    fn dialect(&self) -> &'static dyn SqlDialect;

    /// See [`Executor::query`](orm_core::executor::Executor::query).
    fn query(&self, watch: &Watch, command: &Command<'_>, on_row: &mut OnRow<'_>) -> Result<u64>;

    /// See [`Executor::execute`](orm_core::executor::Executor::execute).
    fn execute(&self, watch: &Watch, command: &Command<'_>) -> Result<u64>;

    /// See [`Executor::query_each`](orm_core::executor::Executor::query_each).
    fn query_each(
        &self,
        watch: &Watch,
        command: &Command<'_>,
        rows: &[Vec<Value>],
        on_row: &mut OnRow<'_>,
    ) -> Result<u64>;

    /// Runs a script of statements without parameters.
    fn execute_batch(&self, watch: &Watch, command: &Command<'_>) -> Result<()>;

    /// Opens a query on this connection; other statements may run on it in between.
    fn cursor(
        &self,
        watch: &Watch,
        command: &Command<'_>,
        chunk_size: usize,
    ) -> Result<Box<dyn Cursor>>;

    /// Begins, ends and marks places in the transaction.
    fn control(
        &self,
        watch: &Watch,
        control: Control<'_>,
        caller: &'static Location<'static>,
    ) -> Result<()>;
}

/// What is done with a transaction as a whole.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Control<'a> {
    Begin(&'a TransactionOptions),
    /// Fails, and rolls back, where an earlier error has doomed the transaction.
    Commit,
    Rollback,
    /// A savepoint at a depth of nesting.
    Savepoint(u32),
    Release(u32),
    /// Undoes what came after a savepoint, and removes it.
    RollbackTo(u32),
}

/// A statement of ours, without parameters and about no model.
pub(crate) const fn own_command<'a>(
    sql: &'a str,
    caller: &'static Location<'static>,
) -> Command<'a> {
    Command {
        sql,
        params: &[],
        writes: true,
        model: "",
        statement: None,
        row_ids: None,
        subject: Subject::Sql,
        goes_on: false,
        caller,
    }
}
