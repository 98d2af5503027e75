//! The functions and lookups there are: one static row each, in PostgreSQL's words.
//!
//! What SQLite words differently is in its [dialect](crate::dialect)'s tables, by the row's name.
//! [`FUNCTIONS`] and [`LOOKUPS`] list every row, so that a test can run each on every database.

pub mod aggregates;
pub mod dates;
pub mod general;
pub mod json;
pub mod lookups;
pub mod math;
pub mod moments;
pub mod text;
pub mod windows;

use crate::ast::{Function, Lookup};

/// Every function.
pub static FUNCTIONS: &[&[&Function]] = &[
    text::ALL,
    general::ALL,
    math::ALL,
    dates::ALL,
    moments::ALL,
    json::ALL,
];

/// Every aggregate.
pub static AGGREGATES: &[&Function] = aggregates::ALL;

/// Every lookup.
pub static LOOKUPS: &[&Lookup] = lookups::ALL;
