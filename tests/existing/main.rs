//! Databases that others made: read and written as they are, without `create_tables`.
//!
//! `enums` and `types` have columns of types that a model cannot declare.
#![allow(missing_docs, reason = "models of tests")]

mod enums;
#[cfg(feature = "postgres")]
mod server;
#[cfg(feature = "postgres")]
mod types;
