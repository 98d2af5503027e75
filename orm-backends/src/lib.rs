//! Database handles and drivers: connections, transactions, capture and routing over SQLite and PostgreSQL.
//!
//! [`Database`], [`Transaction`] and [`Router`] are what queries run on. Each driver lives in a module of its own
//! (`sqlite`, `postgres`) behind the two traits of `driver`, with the same file names in both.
#![deny(unsafe_code)]
#![cfg_attr(
    not(any(feature = "sqlite", feature = "postgres")),
    allow(dead_code, reason = "no driver is there to use it")
)]

mod builder;
mod capture;
mod database;
mod driver;
mod groups;
mod held;
mod log;
mod observe;
mod pool;
#[cfg(feature = "postgres")]
mod postgres;
mod raw;
mod router;
#[cfg(feature = "sqlite")]
mod sqlite;
mod strict;
mod transaction;
mod url;

pub use builder::DatabaseBuilder;
pub use capture::{Capturable, Recording};
pub use database::Database;
pub use groups::{Duplicate, Group};
pub use log::{Log, Statement};
pub use router::Router;
pub use transaction::{Isolation, Transaction, TransactionOptions};

/// What `assert_queries!` names.
#[doc(hidden)]
pub mod __private {
    pub use crate::capture::{Recording, Shadow, assert_count};
}
