//! Times two ways to the same answer, in turn.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// How long one round of one side should take.
const ROUND: Duration = Duration::from_millis(8);
const ROUNDS: usize = 41;

/// Runs both sides in turn and prints the median time of each, and the median ratio.
pub fn compare<A, B>(name: &str, mut by_hand: impl FnMut() -> A, mut ours: impl FnMut() -> B) {
    let calls = calls_in_a_round(&mut by_hand);
    let mut rounds = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        rounds.push((time(calls, &mut by_hand), time(calls, &mut ours)));
    }
    let hand = median(rounds.iter().map(|(hand, _)| *hand));
    let orm = median(rounds.iter().map(|(_, orm)| *orm));
    let ratio = median(rounds.iter().map(|(hand, orm)| orm / hand));
    println!(
        "{name:<44} {:>12} {:>12} {ratio:>7.2}",
        shown(hand),
        shown(orm)
    );
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

/// Seconds for one call.
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
