//! A generator of numbers that look random and are the same for the same seed.

use std::time::{SystemTime, UNIX_EPOCH};

/// The generator: SplitMix64.
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    /// The numbers of a seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `end`, which is not zero.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the remainder fits where `end` does"
    )]
    pub const fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// A number from `low` to `high`, both included.
    pub const fn between(&mut self, low: i64, high: i64) -> i64 {
        low + (self.next() % (high - low + 1).unsigned_abs()).cast_signed()
    }

    /// True in so many of a hundred cases.
    pub const fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of several.
    pub const fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    /// Nothing in so many of a hundred cases.
    pub fn maybe<T>(&mut self, none: usize, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.chance(none) {
            None
        } else {
            Some(make(self))
        }
    }
}

/// The number of an environment variable; `None` where it is not set.
pub fn number_of(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{variable} must be a number, but is {text:?}")),
    )
}

/// `ORM_RANDOM_SEED`, else one that no run had before.
pub fn seed() -> u64 {
    number_of("ORM_RANDOM_SEED").unwrap_or_else(|| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let micros = now.map_or(0, |now| now.as_micros());
        u64::try_from(micros % 1_000_000_007).unwrap_or(0)
    })
}

/// So many times what is usual: `ORM_RANDOM_TIMES`, else 1.
pub fn times() -> usize {
    number_of("ORM_RANDOM_TIMES").map_or(1, |times| usize::try_from(times).unwrap_or(usize::MAX))
}
