//! Iterators on PostgreSQL: a cursor of the server, fetched chunk by chunk.
//!
//! Such a cursor sees what was there when it was opened, whatever is written meanwhile.

use std::cell::Cell;
use std::panic::Location;
use std::rc::Rc;

use orm_core::error::Result;
use orm_core::executor::{Command, Cursor, OnRow};

use super::connection::Showing;
use super::errors;
use super::lease::Lease;
use crate::driver::own_command;
use crate::observe::{CursorNote, Kind, Watch};

/// A cursor as the query layer sees it.
struct PgCursor {
    /// `None` when all rows are read: the connection is free again.
    lease: Option<Rc<Lease>>,
    number: u32,
    fetch: String,
    chunk_size: usize,
    /// Whether its transaction is for the cursor alone.
    own_transaction: bool,
    watch: Watch,
    note: CursorNote,
    model: &'static str,
    caller: &'static Location<'static>,
}

/// Opens a cursor on a connection: in the transaction that is open there, or in a reading one of its own.
pub(super) fn open(
    lease: &Rc<Lease>,
    watch: &Watch,
    command: &Command<'_>,
    chunk_size: usize,
) -> Result<Box<dyn Cursor>> {
    let own_transaction = !lease.in_transaction();
    let chunk_size = chunk_size.max(1);
    let number = lease.next_cursor();
    if own_transaction {
        // The connection's tidying up ends it, should what follows fail.
        lease.begun();
        let begin = own_command("BEGIN READ ONLY", command.caller);
        watch.statement(Kind::Control, &begin, || {
            lease.execute_batch(&begin).map(|()| 0)
        })?;
    }
    let note = watch.cursor(command);
    let declare = format!("DECLARE orm_{number} NO SCROLL CURSOR FOR {}", command.sql);
    note.part(&Cell::new(0), || {
        let declare = Command {
            sql: &declare,
            statement: None,
            ..*command
        };
        lease.once(&declare, &mut |_| {})
    })?;
    Ok(Box::new(PgCursor {
        lease: Some(Rc::clone(lease)),
        fetch: format!("FETCH FORWARD {chunk_size} FROM orm_{number}"),
        number,
        chunk_size,
        own_transaction,
        watch: watch.clone(),
        note,
        model: command.model,
        caller: command.caller,
    }))
}

impl Cursor for PgCursor {
    fn next_chunk(&mut self, on_row: &mut OnRow<'_>) -> Result<bool> {
        let Some(lease) = &self.lease else {
            return Ok(false);
        };
        if lease.is_undone(self.number) {
            return Err(errors::undone());
        }
        let command = Command {
            model: self.model,
            ..own_command(&self.fetch, self.caller)
        };
        let shown = Cell::new(0);
        let fetched = self.note.part(&shown, || {
            let mut showing = Showing::new(on_row, &shown);
            let fetched = self.watch.statement(Kind::Control, &command, || {
                let mut fetched = 0;
                lease.once(&command, &mut |row| {
                    fetched += 1;
                    showing.row(row);
                })?;
                Ok(fetched)
            })?;
            showing.flow.map(|_| fetched)
        })?;
        let more = fetched == self.chunk_size as u64;
        if !more {
            self.close();
        }
        Ok(more)
    }
}

impl PgCursor {
    /// Gives the connection back. What fails here cannot be told any more; a connection that cannot end its
    /// transaction is not used again.
    fn close(&mut self) {
        let Some(lease) = self.lease.take() else {
            return;
        };
        let gone = lease.is_doomed() || lease.is_undone(self.number);
        if lease.is_dead() || (!self.own_transaction && gone) {
            return;
        }
        let close = format!("CLOSE orm_{}", self.number);
        let command = own_command(
            if self.own_transaction {
                "COMMIT"
            } else {
                &close
            },
            self.caller,
        );
        let closed = self.watch.statement(Kind::Control, &command, || {
            lease.execute_batch(&command).map(|()| 0)
        });
        if self.own_transaction && closed.is_ok() {
            lease.ended();
        }
    }
}

impl Drop for PgCursor {
    fn drop(&mut self) {
        self.close();
    }
}
