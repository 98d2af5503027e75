//! Watches over a run from outside: memory, connections, and whether it still goes on.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::place::Place;

/// The memory that this process has now, in KiB, where the system tells it.
pub fn memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// What was seen of a run.
pub struct Seen {
    /// The memory after a quarter of the time, and at the end, in KiB.
    pub early: u64,
    pub late: u64,
    pub peak: u64,
    /// The most connections at once.
    pub connections: usize,
}

/// Looks at a run until it is over. A run in which nothing happens any more is ended with the whole program, since threads that
/// wait for each other cannot be ended otherwise.
pub fn until_over(
    at: &Place,
    duration: Duration,
    over: &AtomicBool,
    progress: &[AtomicU64],
    mut connections: impl FnMut(&Place) -> usize,
) -> Seen {
    let start = Instant::now();
    let mut seen = Seen {
        early: 0,
        late: 0,
        peak: 0,
        connections: 0,
    };
    let mut last = (Instant::now(), 0);
    while !over.load(Ordering::SeqCst) {
        thread::sleep(Duration::from_millis(100));
        let memory = memory().unwrap_or(0);
        seen.peak = seen.peak.max(memory);
        if start.elapsed() < duration {
            if start.elapsed() < duration / 4 {
                seen.early = memory;
            }
            seen.late = memory;
            seen.connections = seen.connections.max(connections(at));
        }
        let done: Vec<u64> = progress
            .iter()
            .map(|done| done.load(Ordering::Relaxed))
            .collect();
        let sum = done.iter().sum();
        if sum != last.1 {
            last = (Instant::now(), sum);
        } else if last.0.elapsed() > crate::place::PATIENCE {
            eprintln!("nothing goes on any more; operations done by each thread: {done:?}");
            std::process::abort();
        }
    }
    seen
}

/// How many connections there are to the database: those the server sees, or the times that the file is open.
pub fn connections() -> impl FnMut(&Place) -> usize {
    #[cfg(feature = "postgres")]
    let mut admin = None;
    move |at| {
        #[cfg(feature = "postgres")]
        if at.is_postgres() {
            let admin =
                admin.get_or_insert_with(|| crate::place::Admin::new(&crate::place::server_url()));
            return admin.backends(&at.application, "true").len();
        }
        open_files(&at.file())
    }
}

/// How often this process has a file open, where the system tells it.
fn open_files(file: &std::path::Path) -> usize {
    let Ok(open) = std::fs::read_dir("/proc/self/fd") else {
        return 0;
    };
    open.filter_map(Result::ok)
        .filter(|open| std::fs::read_link(open.path()).is_ok_and(|path| path == file))
        .count()
}
