//! Streams a million rows in constant memory, and shows the peak.
//!
//! `cargo run --release --example million_rows` on an SQLite file; with a PostgreSQL URL as its argument
//! (and `--features postgres`) there.
#![allow(missing_docs, reason = "the names of the fields say what they are")]

use orm::prelude::*;

/// A line of a log, of which there are a million.
#[derive(Model, Debug, Clone)]
pub struct Measurement {
    pub id: i64,
    pub sensor: String,
    pub value: f64,
}

const ROWS: u64 = 1_000_000;

fn main() -> Result<()> {
    let path = std::env::temp_dir().join("orm-million-rows.db");
    let url = std::env::args()
        .nth(1)
        .unwrap_or_else(|| format!("sqlite://{}", path.display()));
    let db = Database::connect(&url)?;
    db.create_tables()?;
    let missing = ROWS - Measurement::objects().count(&db)?.min(ROWS);
    for start in (0..missing).step_by(10_000) {
        let drafts = (start..(start + 10_000).min(missing)).map(|n| {
            Measurement::draft()
                .sensor(format!("sensor {}", n % 100))
                .value(n as f64 / 7.0)
        });
        Measurement::objects().bulk_create_with(&db, drafts, BulkCreate::new())?;
    }

    let before = peak_kib();
    let (mut rows, mut sum) = (0_u64, 0.0);
    for measurement in Measurement::objects().iterator(&db)? {
        sum += measurement?.value;
        rows += 1;
    }
    println!("{rows} rows streamed, the values' sum is {sum:.1}");
    match (before, peak_kib()) {
        (Some(before), Some(after)) => {
            println!("peak memory before {before} KiB, after {after} KiB")
        }
        _ => println!("this system does not tell the peak memory"),
    }
    Ok(())
}

/// The greatest memory the process has had, where the system tells it.
fn peak_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
