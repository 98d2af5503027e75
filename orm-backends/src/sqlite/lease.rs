//! A SQLite connection held for longer than one statement.

use std::ops::Deref;
use std::sync::Arc;

use parking_lot::lock_api::{ArcMutexGuard, ArcReentrantMutexGuard};
use parking_lot::{RawMutex, RawThreadId};

use super::connection::Conn;
use crate::held::Holding;
use crate::pool::{self, Pool, Pooled};

/// The only connection of a database in memory, locked by this thread.
pub(super) type Locked = ArcReentrantMutexGuard<RawMutex, RawThreadId, Conn>;
/// The right to write to a file.
pub(super) type Gate = ArcMutexGuard<RawMutex, ()>;

/// A connection for a transaction or an iterator. What the thread holds is told by `_holding`.
pub(super) enum Lease {
    File {
        conn: pool::Lease<Conn, Arc<Pool<Conn>>>,
        _gate: Option<Gate>,
        _holding: Holding,
    },
    Memory {
        conn: Locked,
        transaction: bool,
        _holding: Holding,
    },
}

impl Deref for Lease {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        match self {
            Self::File { conn, .. } => conn,
            Self::Memory { conn, .. } => conn,
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        // The pool tidies up the connection of a file; an iterator must not end a transaction around it.
        if let Self::Memory {
            conn, transaction, ..
        } = self
        {
            conn.held.set(conn.held.get() - 1);
            if *transaction && !conn.tidy() {
                tracing::error!(target: "orm", "a transaction on a database in memory could not be rolled back");
            }
        }
    }
}
