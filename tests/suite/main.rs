//! The suite: every test is written once and runs on SQLite and on PostgreSQL.
#![allow(
    clippy::eq_op,
    clippy::erasing_op,
    clippy::reversed_empty_ranges,
    reason = "operators and ranges that build queries do not compute: what looks idle is what is tested"
)]
#![allow(
    clippy::type_complexity,
    reason = "the type of the rows is what a test shows"
)]

mod models;
mod support;

mod aggregates;
mod arrays;
mod casts;
mod composite_keys;
mod conditions;
mod contract;
mod corners;
mod ctes;
mod database;
mod deferred;
mod differential;
mod documents;
mod embedded;
mod errors;
mod filtered;
mod functions;
mod graphs;
mod hostile;
mod inherited;
mod inherited_writes;
mod loading;
mod lookups;
mod many_to_many;
mod maths;
mod moments;
mod numbers;
mod one_database;
mod plans;
mod proxies;
mod reading;
mod references;
mod refused;
mod related;
mod reusable;
mod seeing;
#[cfg(feature = "serde")]
mod serialization;
mod sets;
mod structs;
mod subqueries;
mod windows;
mod writing;
