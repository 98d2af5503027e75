//! The crate beside hand-written driver code, in one run: `cargo run --release -p orm-benches`.
//!
//! Each case runs both sides in turn, many short rounds of each, so that the machine's noise meets both;
//! what counts is the median of the ratios of neighbouring rounds.

mod build;
mod graph;
mod group;
mod harness;
mod models;
#[cfg(feature = "postgres")]
mod postgres;
mod rows;
mod sqlite;

use harness::Harness;

const USAGE: &str =
    "usage: orm-benches [part of a case's name] [--profile TIMES | --profile-by-hand TIMES]
  with a part of a name, only the cases that have it run
  with --profile only the crate's side runs, so many times and untimed: for callgrind, with
  --toggle-collect='*harness*time*'; with --profile-by-hand the other side
  PostgreSQL runs where the feature `postgres` is on and DATABASE_URL names a server";

fn main() -> orm::Result<()> {
    let Some(harness) = Harness::from_arguments(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        std::process::exit(2);
    };
    harness.heading();
    build::run(&harness)?;
    sqlite::run(&harness)?;
    #[cfg(feature = "postgres")]
    if let Ok(url) = std::env::var("DATABASE_URL") {
        postgres::run(&harness, &url)?;
    }
    Ok(())
}
