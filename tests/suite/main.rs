//! The suite: every test is written once and runs on SQLite and on PostgreSQL.

mod models;
mod support;

mod conditions;
mod contract;
mod database;
mod lookups;
mod reading;
mod writing;
