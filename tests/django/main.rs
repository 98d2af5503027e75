//! The questions of `data/cases.json`, whose answers are Django's: each is put to SQLite and to PostgreSQL.
//!
//! A case has the name that it has there, and its answer is read from there; where ours is another on purpose, the section of
//! the design that wants it so stands beside it.

mod answer;
mod case;
mod file;
mod load;
mod models;

mod aggregate;
mod annotate_having;
mod compiler;
mod complete;
mod conditional;
mod dates;
mod f_expressions;
mod group_by;
mod json;
mod loading;
mod lookups;
mod math_functions;
mod ordering;
mod relations;
mod set_operations;
mod subquery;
mod text_functions;
mod traps;
mod values;
mod window;
mod writes;

use orm::prelude::*;

/// A day, for short: `2020-02-29`.
fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

/// A moment, for short: `2020-02-29T06:07:08Z`.
fn moment(text: &str) -> DateTime<Utc> {
    text.parse().expect("a moment")
}
