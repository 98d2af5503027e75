//! Databases that others made: read and written as they are, without `create_tables`.
//!
//! `sakila` asks the questions of the example of that name and compares the answers with hand-written SQL; `enums` and
//! `types` have columns of types that a model cannot declare.
#![allow(missing_docs, reason = "models of tests")]

mod django;
mod enums;
mod sakila;
#[cfg(feature = "postgres")]
mod server;
#[cfg(feature = "postgres")]
mod types;
