//! Load: many threads read and write through one `Database` for a while. The counters end exactly right, no connection is lost,
//! and memory does not grow. It prints its figures.
//!
//! Three seconds for each database, unless ORM_LOAD_SECONDS says otherwise; CONTRIBUTING.md has the command.

#[path = "../faults/place.rs"]
#[allow(dead_code, reason = "the faults need more of it")]
mod place;

mod figures;
mod models;
mod watch;
mod work;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use place::Place;

/// One at a time, so that each has the machine and the process's memory to itself.
static TURN: Mutex<()> = Mutex::new(());

fn seconds() -> u64 {
    std::env::var("ORM_LOAD_SECONDS").map_or(3, |seconds| {
        seconds.parse().expect("ORM_LOAD_SECONDS is a number")
    })
}

fn run(name: &str, place: impl FnOnce() -> Place) {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    work::run(name, &place(), Duration::from_secs(seconds()));
}

#[test]
fn sqlite() {
    run("SQLite", || Place::sqlite(module_path!()));
}

#[cfg(feature = "postgres")]
#[test]
fn postgres() {
    run("PostgreSQL", || Place::postgres(module_path!()));
}
