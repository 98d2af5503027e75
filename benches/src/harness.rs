//! Times two ways to the same answer, in turn.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// How long one round of one side should take.
const ROUND: Duration = Duration::from_millis(8);
const ROUNDS: usize = 41;

/// Which cases run, and how.
pub struct Harness {
    /// Only cases whose names have this in them.
    part: String,
    /// Only one side, so many times and untimed.
    profile: Option<Profile>,
}

/// What is run for a profiler.
enum Profile {
    Ours(u32),
    ByHand(u32),
}

impl Harness {
    /// `None` where the arguments make no sense.
    pub fn from_arguments(mut arguments: impl Iterator<Item = String>) -> Option<Self> {
        let mut harness = Self {
            part: String::new(),
            profile: None,
        };
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--profile" => {
                    harness.profile = Some(Profile::Ours(arguments.next()?.parse().ok()?));
                }
                "--profile-by-hand" => {
                    harness.profile = Some(Profile::ByHand(arguments.next()?.parse().ok()?));
                }
                option if option.starts_with('-') => return None,
                _ => harness.part = argument,
            }
        }
        Some(harness)
    }

    /// Prints what the columns are.
    pub fn heading(&self) {
        if self.profile.is_none() {
            println!(
                "{:<56} {:>12} {:>12} {:>7}",
                "case", "by hand", "orm", "ratio"
            );
        }
    }

    /// Runs both sides in turn and prints the median time of each, and the median ratio.
    pub fn compare<A, B>(
        &self,
        name: &str,
        mut by_hand: impl FnMut() -> A,
        mut ours: impl FnMut() -> B,
    ) {
        if !self.begins(name, &mut by_hand, &mut ours) {
            return;
        }
        let calls = calls_in_a_round(&mut by_hand);
        // Caches fill, and the server's plans settle, before anything counts.
        time(calls, &mut ours);
        let mut rounds = Vec::with_capacity(ROUNDS);
        for round in 0..ROUNDS {
            // Each side goes first in half of the rounds.
            rounds.push(if round % 2 == 0 {
                let hand = time(calls, &mut by_hand);
                (hand, time(calls, &mut ours))
            } else {
                let orm = time(calls, &mut ours);
                (time(calls, &mut by_hand), orm)
            });
        }
        let hand = median(rounds.iter().map(|(hand, _)| *hand));
        let orm = median(rounds.iter().map(|(_, orm)| *orm));
        let ratio = median(rounds.iter().map(|(hand, orm)| orm / hand));
        println!(
            "{name:<56} {:>12} {:>12} {ratio:>7.2}",
            shown(hand),
            shown(orm)
        );
    }

    /// Times one side that has no other beside it.
    pub fn alone<T>(&self, name: &str, mut ours: impl FnMut() -> T) {
        if !self.begins(name, &mut || {}, &mut ours) {
            return;
        }
        let calls = calls_in_a_round(&mut ours);
        let times = (0..ROUNDS).map(|_| time(calls, &mut ours));
        println!("{name:<56} {:>12} {:>12}", "", shown(median(times)));
    }

    /// Whether a case is to be timed; runs it where it is to be profiled instead.
    fn begins<A, B>(
        &self,
        name: &str,
        by_hand: &mut impl FnMut() -> A,
        ours: &mut impl FnMut() -> B,
    ) -> bool {
        if !name.contains(&self.part) {
            return false;
        }
        match self.profile {
            Some(Profile::Ours(times)) => time(times, ours),
            Some(Profile::ByHand(times)) => time(times, by_hand),
            None => return true,
        };
        false
    }
}

fn calls_in_a_round<T>(run: &mut impl FnMut() -> T) -> u32 {
    let mut calls = 1;
    loop {
        let started = Instant::now();
        for _ in 0..calls {
            black_box(run());
        }
        if started.elapsed() >= ROUND || calls >= 1 << 20 {
            return calls;
        }
        calls *= 2;
    }
}

/// Seconds for one call. A profiler finds it by its name.
#[inline(never)]
fn time<T>(calls: u32, run: &mut impl FnMut() -> T) -> f64 {
    let started = Instant::now();
    for _ in 0..calls {
        black_box(run());
    }
    started.elapsed().as_secs_f64() / f64::from(calls)
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn shown(seconds: f64) -> String {
    match seconds {
        s if s < 1e-6 => format!("{:.0} ns", s * 1e9),
        s if s < 1e-3 => format!("{:.2} µs", s * 1e6),
        s => format!("{:.2} ms", s * 1e3),
    }
}
