//! Hostile input: values at the ends of their types, texts of every kind, names that are SQL. Each comes back as it went in, or
//! is refused by an error that names model and field, the same on both databases wherever both can.

#![allow(
    clippy::ptr_arg,
    reason = "a function for each type of column, written once by a macro"
)]

#[allow(dead_code, reason = "the suite uses all of it")]
#[path = "../suite/support.rs"]
mod support;

mod documents;
mod texts;
mod values;
mod vault;
