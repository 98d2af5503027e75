//! Iterators on SQLite: a statement that stays open between the chunks.
//!
//! A read that is open on a connection sees what the same connection writes, in whatever order it comes across it.
//! An iterator must not: so, before a write on its connection, what it has not shown yet is copied ([`settle`]).
//! On a file, outside of a transaction, each iterator has a connection of its own and nothing is ever copied.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::panic::Location;
use std::rc::{Rc, Weak};

use orm_core::error::Result;
use orm_core::executor::{Command, Cursor, Flow, OnRow};
use rusqlite::CachedStatement;
use self_cell::self_cell;

use super::lease::Lease;
use super::row::{Copied, SqliteRow};
use crate::driver::own_command;
use crate::observe::{CursorNote, Watch};

self_cell!(
    /// A statement beside the connection it runs on.
    struct Opened {
        owner: Rc<Lease>,
        #[not_covariant]
        dependent: CachedStatement,
    }
);

thread_local! {
    /// The iterators that this thread has open, by connection.
    static OPEN: RefCell<Vec<(u64, Weak<RefCell<Streaming>>)>> = const { RefCell::new(Vec::new()) };
}

/// Copies what the iterators on a connection have not shown yet. It costs next to nothing when there are none.
#[inline]
pub(super) fn settle(connection: u64) -> Result<()> {
    if OPEN.with_borrow(Vec::is_empty) {
        Ok(())
    } else {
        settle_open(connection)
    }
}

#[cold]
fn settle_open(connection: u64) -> Result<()> {
    let open: Vec<_> = OPEN.with_borrow_mut(|open| {
        let (here, others) = open.drain(..).partition(|(of, _)| *of == connection);
        *open = others;
        here
    });
    for (_, cursor) in open {
        let Some(cursor) = cursor.upgrade() else {
            continue;
        };
        // One that is showing a row right now cannot be copied: the write comes from inside of its own loop body,
        // which no query of ours does.
        if let Ok(mut cursor) = cursor.try_borrow_mut() {
            cursor.copy_rest()?;
        }
    }
    Ok(())
}

/// An open query, or what is left of it.
struct Streaming {
    /// `None` when all rows are read.
    opened: Option<Opened>,
    copied: VecDeque<Copied>,
    /// The model that errors name.
    model: &'static str,
}

impl Streaming {
    /// Steps the statement and shows rows as long as `show` wants them.
    ///
    /// The driver's `Rows` would reset the statement when dropped, so it is forgotten while there are more: it owns
    /// nothing, and takes up the statement where it stands when it is made again.
    fn stream(&mut self, mut show: impl FnMut(&rusqlite::Row<'_>) -> Result<Flow>) -> Result<()> {
        let Some(mut opened) = self.opened.take() else {
            return Ok(());
        };
        let model = self.model;
        let finished = opened.with_dependent_mut(|lease, statement| -> Result<bool> {
            let _armed = lease.arm();
            let failed = |error| {
                let command = Command {
                    model,
                    ..own_command("", Location::caller())
                };
                lease.failed(error, &command, &[])
            };
            let mut rows = statement.raw_query();
            loop {
                let Some(row) = rows.next().map_err(failed)? else {
                    return Ok(true);
                };
                if show(row)? == Flow::Stop {
                    std::mem::forget(rows);
                    return Ok(false);
                }
            }
        })?;
        if !finished {
            self.opened = Some(opened);
        }
        Ok(())
    }

    fn copy_rest(&mut self) -> Result<()> {
        let Some(opened) = &self.opened else {
            return Ok(());
        };
        let names = opened.with_dependent(|_, statement| Copied::names(statement));
        let mut copied = std::mem::take(&mut self.copied);
        let result = self.stream(|row| {
            copied.push_back(Copied::of(row, &names));
            Ok(Flow::Continue)
        });
        self.copied = copied;
        result
    }
}

impl Drop for Streaming {
    fn drop(&mut self) {
        if let Some(mut opened) = self.opened.take() {
            // A statement goes back into the cache as it is: it must not stay open there.
            opened.with_dependent_mut(|_, statement| drop(statement.raw_query()));
        }
    }
}

/// A cursor as the query layer sees it.
struct SqliteCursor {
    state: Rc<RefCell<Streaming>>,
    chunk_size: usize,
    note: CursorNote,
}

/// Opens a query on a connection, and keeps the connection.
pub(super) fn open(
    lease: &Rc<Lease>,
    watch: &Watch,
    command: &Command<'_>,
    chunk_size: usize,
) -> Result<Box<dyn Cursor>> {
    let opened = Opened::try_new(Rc::clone(lease), |lease| lease.prepared(command))?;
    let state = Rc::new(RefCell::new(Streaming {
        opened: Some(opened),
        copied: VecDeque::new(),
        model: command.model,
    }));
    OPEN.with_borrow_mut(|open| {
        open.retain(|(_, cursor)| cursor.strong_count() > 0);
        open.push((lease.id(), Rc::downgrade(&state)));
    });
    Ok(Box::new(SqliteCursor {
        state,
        chunk_size: chunk_size.max(1),
        note: watch.cursor(command),
    }))
}

impl Cursor for SqliteCursor {
    fn next_chunk(&mut self, on_row: &mut OnRow<'_>) -> Result<bool> {
        let (shown, chunk_size) = (Cell::new(0_u64), self.chunk_size as u64);
        let mut show = |row: &dyn orm_core::decode::Row| {
            shown.set(shown.get() + 1);
            let flow = on_row(row)?;
            Ok(if shown.get() >= chunk_size {
                Flow::Stop
            } else {
                flow
            })
        };
        let mut state = self.state.borrow_mut();
        self.note.part(&shown, || {
            while let Some(row) = state.copied.pop_front() {
                if show(&row)? == Flow::Stop {
                    return Ok(());
                }
            }
            state.stream(|row| show(&SqliteRow(row)))
        })?;
        Ok(state.opened.is_some() || !state.copied.is_empty())
    }
}

impl Drop for SqliteCursor {
    fn drop(&mut self) {
        OPEN.with_borrow_mut(|open| {
            open.retain(|(_, cursor)| !std::ptr::eq(cursor.as_ptr(), Rc::as_ptr(&self.state)))
        });
    }
}
