//! What is counted and measured: how often each kind of operation ran, and how long it took.

use std::time::Duration;

/// The kinds of operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Get,
    List,
    Iterate,
    Insert,
    Update,
    Delete,
    GetOrCreate,
    UpdateOrCreate,
    BulkCreate,
    BulkUpdate,
    Transfer,
    RolledBack,
    Serializable,
}

impl Kind {
    pub const ALL: [Self; 13] = [
        Self::Get,
        Self::List,
        Self::Iterate,
        Self::Insert,
        Self::Update,
        Self::Delete,
        Self::GetOrCreate,
        Self::UpdateOrCreate,
        Self::BulkCreate,
        Self::BulkUpdate,
        Self::Transfer,
        Self::RolledBack,
        Self::Serializable,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Get => "get by key, with its events counted",
            Self::List => "list of 20 through a key",
            Self::Iterate => "iterator, half of them dropped early",
            Self::Insert => "insert",
            Self::Update => "update by an expression",
            Self::Delete => "delete of some 50 rows",
            Self::GetOrCreate => "get_or_create",
            Self::UpdateOrCreate => "update_or_create by an expression",
            Self::BulkCreate => "bulk_create of 50 rows",
            Self::BulkUpdate => "bulk_update of 20 rows",
            Self::Transfer => "transaction with two savepoints",
            Self::RolledBack => "transaction rolled back",
            Self::Serializable => "serializable transaction, retried",
        }
    }
}

/// Latencies in microseconds by their order of magnitude, sixteen steps each: within 6 %, in a fixed space.
#[derive(Clone)]
struct Latencies {
    counts: Vec<u64>,
}

const STEPS: usize = 16;
const MAGNITUDES: usize = 36;

impl Latencies {
    fn new() -> Self {
        Self {
            counts: vec![0; MAGNITUDES * STEPS],
        }
    }

    fn place(micros: u64) -> usize {
        let micros = micros.max(STEPS as u64);
        let magnitude = (micros.ilog2() - STEPS.ilog2()) as usize;
        let step = (micros >> magnitude) as usize - STEPS;
        (magnitude * STEPS + step).min(MAGNITUDES * STEPS - 1)
    }

    /// What the latencies of a place do not reach.
    fn limit(place: usize) -> Duration {
        let (magnitude, step) = (place / STEPS, place % STEPS);
        Duration::from_micros(((STEPS + step + 1) as u64) << magnitude)
    }

    fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// The latency that so large a part of the operations did not exceed.
    fn quantile(&self, part: f64) -> Duration {
        let wanted = (self.total() as f64 * part).ceil().max(1.0) as u64;
        let mut seen = 0;
        let place = self.counts.iter().position(|count| {
            seen += count;
            seen >= wanted
        });
        Self::limit(place.unwrap_or(0))
    }
}

/// The figures of one thread, or of all.
#[derive(Clone)]
pub struct Figures {
    kinds: Vec<Latencies>,
    /// How often a serializable transaction was tried again.
    pub retries: u64,
    /// How often another operation was.
    pub conflicts: u64,
}

impl Figures {
    pub fn new() -> Self {
        Self {
            kinds: vec![Latencies::new(); Kind::ALL.len()],
            retries: 0,
            conflicts: 0,
        }
    }

    pub fn note(&mut self, kind: Kind, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.kinds[kind as usize].counts[Latencies::place(micros)] += 1;
    }

    pub fn add(&mut self, other: &Self) {
        for (own, other) in self.kinds.iter_mut().zip(&other.kinds) {
            for (own, other) in own.counts.iter_mut().zip(&other.counts) {
                *own += other;
            }
        }
        self.retries += other.retries;
        self.conflicts += other.conflicts;
    }

    pub fn count(&self, kind: Kind) -> u64 {
        self.kinds[kind as usize].total()
    }

    pub fn total(&self) -> u64 {
        self.kinds.iter().map(Latencies::total).sum()
    }

    pub fn print(&self, took: Duration) {
        let seconds = took.as_secs_f64();
        println!("| operation | per second | p50 | p99 |");
        println!("| --- | ---: | ---: | ---: |");
        for kind in Kind::ALL {
            let latencies = &self.kinds[kind as usize];
            println!(
                "| {} | {:.0} | {:.2} ms | {:.2} ms |",
                kind.name(),
                latencies.total() as f64 / seconds,
                millis(latencies.quantile(0.5)),
                millis(latencies.quantile(0.99)),
            );
        }
        println!("| all | {:.0} | | |", self.total() as f64 / seconds);
    }
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

#[test]
fn latencies_keep_their_magnitude() {
    let mut latencies = Latencies::new();
    for micros in 1..=100_000 {
        latencies.counts[Latencies::place(micros)] += 1;
    }
    for (part, expected) in [(0.5, 50_000.0), (0.99, 99_000.0)] {
        let found = latencies.quantile(part).as_micros() as f64;
        assert!((found / expected - 1.0).abs() < 0.07, "{found}");
    }
    assert_eq!(Latencies::place(u64::MAX), MAGNITUDES * STEPS - 1);
}
