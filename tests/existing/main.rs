//! Databases that others made: read and written as they are, without `create_tables`.
//!
//! `enums` has columns of a type that a model cannot declare.
#![allow(missing_docs, reason = "models of tests")]

mod enums;
#[cfg(feature = "postgres")]
mod server;
