//! Faults: what goes wrong below a program, brought about on real databases. Each gives one error of its own kind, the next
//! call works where it can, what was committed stays, and what was not does not.

mod models;
mod place;
mod victim;

mod files;
mod iterators;
mod killed;
mod limits;
mod panics;
mod schema;

#[cfg(feature = "postgres")]
mod conflicts;
#[cfg(feature = "postgres")]
mod lost;
#[cfg(feature = "postgres")]
mod server;
