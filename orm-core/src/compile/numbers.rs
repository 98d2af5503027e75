//! Numbers for the SQL of statements, the same wherever the SQL is the same.

use std::num::NonZeroU64;
use std::sync::{LazyLock, Mutex, PoisonError};

use rustc_hash::FxHashMap;

/// Texts kept. A program has few; one that makes them without end starts anew, with numbers that none had before.
const MOST_TEXTS: usize = 8_192;

static NUMBERS: LazyLock<Mutex<Numbers>> = LazyLock::new(Mutex::default);

#[derive(Default)]
struct Numbers {
    of: FxHashMap<Box<str>, NonZeroU64>,
    last: u64,
}

/// The number of a text of SQL. It takes a lock and a look at the whole text, so what was printed keeps it.
pub(super) fn number_of(sql: &str) -> NonZeroU64 {
    let mut numbers = NUMBERS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(number) = numbers.of.get(sql) {
        return *number;
    }
    if numbers.of.len() >= MOST_TEXTS {
        numbers.of.clear();
    }
    numbers.last += 1;
    let number = NonZeroU64::MIN.saturating_add(numbers.last);
    numbers.of.insert(sql.into(), number);
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_one_number_in_every_thread() {
        let here = number_of("SELECT 'one'");
        let there = std::thread::spawn(|| (number_of("SELECT 'one'"), number_of("SELECT 'two'")));
        let there = there.join().expect("the thread ends");
        assert_eq!(here, there.0);
        assert_ne!(here, there.1);
        assert_eq!(number_of("SELECT 'two'"), there.1);
    }
}
