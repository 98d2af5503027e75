//! From models to tables: the statements that make them, in an order that works with cycles.
//!
//! A program uses [`create_statements`] through `db.create_tables()`.
#![forbid(unsafe_code)]

mod create;
mod editor;
mod order;

pub use create::create_statements;
