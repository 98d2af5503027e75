//! A PostgreSQL connection held for longer than one statement.

use std::ops::Deref;
use std::sync::Arc;

use super::connection::Conn;
use crate::held::Holding;
use crate::pool::{self, Pool};

/// A connection for a transaction or an iterator. What the thread holds is told by `_holding`.
pub(super) struct Lease {
    pub(super) conn: pool::Lease<Conn, Arc<Pool<Conn>>>,
    pub(super) _holding: Holding,
}

impl Deref for Lease {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        &self.conn
    }
}
