//! The crate beside hand-written driver code, in one run: `cargo run --release -p orm-benches`.
//!
//! Each case runs both sides in turn, many short rounds of each, so that the machine's noise meets both;
//! what counts is the median of the ratios of neighbouring rounds.

mod harness;
mod models;
mod sqlite;

fn main() -> orm::Result<()> {
    println!(
        "{:<44} {:>12} {:>12} {:>7}",
        "case", "by hand", "orm", "ratio"
    );
    sqlite::run()
}
