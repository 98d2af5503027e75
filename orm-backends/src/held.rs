//! What the current thread holds on to: connections in its open transactions and iterators.
//!
//! A thread that waits for a connection or a lock that only it can give back would wait for ever;
//! by these counts such a wait is refused at once.

use std::cell::RefCell;
use std::marker::PhantomData;

thread_local! {
    static HELD: RefCell<Vec<(u64, Holds)>> = const { RefCell::new(Vec::new()) };
}

/// What a connection is held for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holds {
    /// An iterator's open query.
    Cursor,
    /// A transaction.
    Transaction,
}

/// Counts one held connection of a pool for as long as it lives. It stays on its thread.
pub(crate) struct Holding {
    pool: u64,
    holds: Holds,
    stays: PhantomData<*const ()>,
}

impl Holding {
    pub(crate) fn new(pool: u64, holds: Holds) -> Self {
        HELD.with_borrow_mut(|held| held.push((pool, holds)));
        Self {
            pool,
            holds,
            stays: PhantomData,
        }
    }
}

impl Drop for Holding {
    fn drop(&mut self) {
        // At the end of a thread the list may be gone already; then there is nothing to count.
        let _ = HELD.try_with(|held| {
            let mut held = held.borrow_mut();
            if let Some(at) = held
                .iter()
                .rposition(|entry| *entry == (self.pool, self.holds))
            {
                held.swap_remove(at);
            }
        });
    }
}

/// How many connections of a pool this thread holds.
pub(crate) fn count(pool: u64) -> usize {
    HELD.with_borrow(|held| held.iter().filter(|(of, _)| *of == pool).count())
}

/// Whether this thread has a transaction open on a connection of a pool.
#[cfg(feature = "sqlite")]
#[inline]
pub(crate) fn in_transaction(pool: u64) -> bool {
    HELD.with_borrow(|held| held.contains(&(pool, Holds::Transaction)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_of_one_thread_and_one_pool() {
        let cursor = Holding::new(1, Holds::Cursor);
        let _other = Holding::new(2, Holds::Transaction);
        assert_eq!((count(1), count(2), count(3)), (1, 1, 0));
        assert_eq!(std::thread::spawn(|| count(1)).join().ok(), Some(0));
        drop(cursor);
        assert_eq!((count(1), count(2)), (0, 1));
    }
}
