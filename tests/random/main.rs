//! Random queries: each is put to a database and to an evaluator in plain Rust, and the answers are compared.
//!
//! A run says which seed it had. `ORM_RANDOM_SEED=7 ./test.sh --test random` has the same one again, and with
//! `ORM_RANDOM_TIMES=100` as many times as many queries are put.

mod aggregates;
mod any;
mod build;
mod calls;
mod eval;
mod functions;
mod generate;
mod graphs;
mod judge;
mod load;
mod models;
mod plan;
mod rng;
mod samples;
mod shrink;
mod spec;
#[allow(dead_code, reason = "the suite uses all of it")]
#[path = "../suite/support.rs"]
mod support;
mod tables;
mod typed;
mod values;

mod casts;
mod conditions;
mod correlated;
mod documents;
mod groups;
mod links;
mod lists;
mod mathematics;
mod overflow;
mod query_sets;
mod sets;
mod trees;
mod updates;
mod windows;
mod zones;
