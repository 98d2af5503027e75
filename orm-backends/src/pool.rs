//! A small pool of connections: the last one given back is the first one handed out, and nothing is
//! asked of the database on the way.

use std::borrow::Borrow;
use std::ops::Deref;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use orm_core::error::{Error, Result};
use parking_lot::{Condvar, Mutex};

use crate::held;

/// What a pool needs to know of its connections.
pub(crate) trait Pooled: Send + 'static {
    /// Puts the connection into the state it was opened in; `false` if it cannot be used again.
    fn tidy(&self) -> bool;
}

type Open<C> = Box<dyn Fn() -> Result<C> + Send + Sync>;

/// Connections of one database.
pub(crate) struct Pool<C> {
    id: u64,
    backend: &'static str,
    max: usize,
    timeout: Duration,
    open: Open<C>,
    state: Mutex<State<C>>,
    freed: Condvar,
}

struct State<C> {
    /// Connections move as a whole on every query: in a box they do so cheaply.
    idle: Vec<Box<C>>,
    /// How many there are, idle or not.
    open: usize,
    waiting: usize,
}

/// A number for each pool of the process.
pub(crate) fn next_id() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

impl<C: Pooled> Pool<C> {
    /// A pool of at most `max` connections, made by `open` as they are needed.
    pub(crate) fn new(backend: &'static str, max: usize, timeout: Duration, open: Open<C>) -> Self {
        let state = State {
            idle: Vec::new(),
            open: 0,
            waiting: 0,
        };
        Self {
            id: next_id(),
            backend,
            max,
            timeout,
            open,
            state: Mutex::new(state),
            freed: Condvar::new(),
        }
    }

    pub(crate) const fn id(&self) -> u64 {
        self.id
    }

    /// Takes a connection; it comes back when the lease is dropped.
    #[inline]
    pub(crate) fn lease<P: Borrow<Self>>(pool: P) -> Result<Lease<C, P>> {
        let connection = pool.borrow().take()?;
        Ok(Lease {
            connection: Some(connection),
            pool,
        })
    }

    #[inline]
    fn take(&self) -> Result<Box<C>> {
        let mut state = self.state.lock();
        if let Some(connection) = state.idle.pop() {
            return Ok(connection);
        }
        if state.open < self.max {
            state.open += 1;
            drop(state);
            return self.open();
        }
        drop(state);
        self.wait()
    }

    /// Opens a connection whose place is taken already.
    #[cold]
    fn open(&self) -> Result<Box<C>> {
        /// Gives the place back, also when opening panics.
        struct Place<'p, C: Pooled>(&'p Pool<C>, bool);
        impl<C: Pooled> Drop for Place<'_, C> {
            fn drop(&mut self) {
                if !self.1 {
                    self.0.forget_one();
                }
            }
        }
        let mut place = Place(self, false);
        let connection = Box::new((self.open)()?);
        place.1 = true;
        Ok(connection)
    }

    #[cold]
    fn wait(&self) -> Result<Box<C>> {
        let held = held::count(self.id);
        if held >= self.max {
            return Err(no_connection(self.backend, Duration::ZERO, held, self.max));
        }
        let start = Instant::now();
        // A time that no clock will show: a year is as good.
        let deadline = start
            .checked_add(self.timeout)
            .unwrap_or(start + Duration::from_secs(365 * 24 * 60 * 60));
        let mut state = self.state.lock();
        loop {
            if let Some(connection) = state.idle.pop() {
                return Ok(connection);
            }
            if state.open < self.max {
                state.open += 1;
                drop(state);
                return self.open();
            }
            state.waiting += 1;
            let waited = self.freed.wait_until(&mut state, deadline);
            state.waiting -= 1;
            if waited.timed_out() && state.idle.is_empty() && state.open >= self.max {
                drop(state);
                return Err(no_connection(self.backend, start.elapsed(), held, self.max));
            }
        }
    }

    #[inline]
    fn give_back(&self, connection: Box<C>) {
        if !connection.tidy() {
            return self.discard(connection);
        }
        let mut state = self.state.lock();
        state.idle.push(connection);
        let waiting = state.waiting > 0;
        drop(state);
        if waiting {
            self.freed.notify_one();
        }
    }

    /// A connection that died rarely dies alone: the idle ones go with it, and the next query opens a new one.
    #[cold]
    fn discard(&self, connection: Box<C>) {
        let idle = {
            let mut state = self.state.lock();
            state.open -= 1 + state.idle.len();
            std::mem::take(&mut state.idle)
        };
        self.freed.notify_all();
        drop((connection, idle));
    }

    fn forget_one(&self) {
        self.state.lock().open -= 1;
        self.freed.notify_one();
    }
}

/// The error of a query that got no connection, with what is known of the cause.
#[cold]
pub(crate) fn no_connection(
    backend: &'static str,
    waited: Duration,
    held: usize,
    max: usize,
) -> Error {
    let hint = if held >= max {
        ": this thread holds all of them itself, in open transactions or iterators; run the query on the \
         transaction, collect the iterator first, or raise `max_connections`"
    } else if held > 0 {
        ": this thread itself holds some in open transactions or iterators, other threads the rest"
    } else {
        ": all are in use by other threads; `max_connections` may be too low, or transactions too long"
    };
    Error::PoolTimeout {
        backend,
        waited,
        hint,
    }
}

/// A connection on loan.
pub(crate) struct Lease<C: Pooled, P: Borrow<Pool<C>>> {
    /// `None` only while it is dropped.
    connection: Option<Box<C>>,
    pool: P,
}

impl<C: Pooled, P: Borrow<Pool<C>>> Deref for Lease<C, P> {
    type Target = C;

    #[inline]
    fn deref(&self) -> &C {
        match &self.connection {
            Some(connection) => connection,
            None => unreachable!("a lease gives its connection back only when it is dropped"),
        }
    }
}

impl<C: Pooled, P: Borrow<Pool<C>>> Drop for Lease<C, P> {
    #[inline]
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.pool.borrow().give_back(connection);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::sync::Arc;
    use std::sync::atomic::AtomicUsize;

    use super::*;
    use crate::held::{Holding, Holds};

    struct Fake {
        number: usize,
        dead: Cell<bool>,
    }

    impl Pooled for Fake {
        fn tidy(&self) -> bool {
            !self.dead.get()
        }
    }

    fn pool(max: usize, timeout: u64) -> Pool<Fake> {
        let made = AtomicUsize::new(0);
        let open = move || {
            Ok(Fake {
                number: made.fetch_add(1, Ordering::SeqCst),
                dead: Cell::new(false),
            })
        };
        Pool::new("Fake", max, Duration::from_millis(timeout), Box::new(open))
    }

    #[test]
    fn the_last_one_back_is_the_first_one_out() {
        let pool = pool(3, 10);
        let (a, b) = (Pool::lease(&pool).unwrap(), Pool::lease(&pool).unwrap());
        drop(a);
        drop(b);
        assert_eq!(Pool::lease(&pool).unwrap().number, 1);
        assert_eq!(pool.state.lock().open, 2);
    }

    #[test]
    fn dead_connections_go_and_take_the_idle_ones_along() {
        let pool = pool(3, 10);
        let (a, b) = (Pool::lease(&pool).unwrap(), Pool::lease(&pool).unwrap());
        drop(a);
        b.dead.set(true);
        drop(b);
        assert_eq!(pool.state.lock().open, 0);
        assert_eq!(Pool::lease(&pool).unwrap().number, 2);
    }

    #[test]
    fn a_failed_opening_frees_its_place() {
        let open = || Err(Error::custom("no"));
        let pool: Pool<Fake> = Pool::new("Fake", 1, Duration::from_millis(10), Box::new(open));
        for _ in 0..3 {
            assert!(matches!(Pool::lease(&pool).err(), Some(Error::Custom(_))));
        }
    }

    #[test]
    fn waiting_ends_with_a_connection_or_an_error() {
        let pool = Arc::new(pool(1, 2000));
        let lease = Pool::lease(Arc::clone(&pool)).unwrap();
        let waiter = std::thread::spawn({
            let pool = Arc::clone(&pool);
            move || Pool::lease(&*pool).map(|lease| lease.number).ok()
        });
        std::thread::sleep(Duration::from_millis(30));
        drop(lease);
        assert_eq!(waiter.join().unwrap(), Some(0));

        let pool = self::pool(1, 20);
        let _lease = Pool::lease(&pool).unwrap();
        let error = Pool::lease(&pool).err().unwrap();
        assert!(error.to_string().contains("other threads"), "{error}");
    }

    #[test]
    fn a_thread_that_holds_all_does_not_wait() {
        let pool = pool(1, 60_000);
        let _lease = Pool::lease(&pool).unwrap();
        let _holding = Holding::new(pool.id(), Holds::Cursor);
        let start = Instant::now();
        let error = Pool::lease(&pool).err().unwrap();
        assert!(
            error.to_string().contains("this thread holds all of them"),
            "{error}"
        );
        assert!(start.elapsed() < Duration::from_secs(5));
    }
}
