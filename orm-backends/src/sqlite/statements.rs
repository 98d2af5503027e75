//! A connection beside the statements that it has prepared, each found by its number.
//!
//! The driver's own cache finds a statement by its text, and writes the text anew into its table each time a statement
//! comes back. For a row by its key that is a sixth of all the time: 1,400 instructions of 8,400, counted by callgrind,
//! against 150 here. It still serves statements that have no number, and iterators, which keep theirs for longer.

use std::cell::RefCell;
use std::num::NonZeroU64;

use rusqlite::{Connection, PrepFlags, Statement};
use self_cell::self_cell;

/// How many statements are kept. One whose number has the same remainder takes another's place: numbers are given one
/// after the other, so that the statements of a program that has fewer never meet.
const SLOTS: usize = 256;

/// `None` too while a statement runs, so that one that is run within itself is prepared once more.
type Slots<'c> = RefCell<Vec<Option<(NonZeroU64, Statement<'c>)>>>;

self_cell!(
    struct Kept {
        owner: Connection,
        #[not_covariant]
        dependent: Slots,
    }
);

/// A connection with its statements.
pub(super) struct Connected(Kept);

// SAFETY: a `Connection` may go from one thread to another; what forbids it here is only that each `Statement` has a
// reference to the connection and a pointer to SQLite's statement. Both belong to this very connection: they lie in one
// allocation with it, go wherever it goes, are dropped before it, and no method lets one out: `with` lends a statement
// for the length of a call during which `self` is borrowed. So what one thread holds is always the whole, as with the
// driver's own cache of statements, which is a field of `Connection`. No bound value is left in a statement: `with`
// clears them. The type is not `Sync`, so that two threads never use it at once. SQLite is compiled so that its
// connections may change threads, as `Connection: Send` asks already.
#[allow(unsafe_code, reason = "see above")]
unsafe impl Send for Connected {}

impl Connected {
    pub(super) fn new(connection: Connection) -> Self {
        Self(Kept::new(connection, |_| {
            RefCell::new((0..SLOTS).map(|_| None).collect())
        }))
    }

    #[inline]
    pub(super) fn connection(&self) -> &Connection {
        self.0.borrow_owner()
    }

    /// Runs `work` with the statement of a number, which is prepared if it is not there; `failed` makes an error of what
    /// went wrong then. Afterwards its values are forgotten.
    #[inline]
    pub(super) fn with<T, E>(
        &self,
        number: NonZeroU64,
        sql: &str,
        failed: impl FnOnce(rusqlite::Error) -> E,
        work: impl FnOnce(&mut Statement<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.0.with_dependent(|connection, slots| {
            let slot = number.get() as usize % SLOTS;
            let kept = slots.borrow_mut()[slot].take();
            let mut statement = match kept {
                Some((of, statement)) if of == number => statement,
                _ => connection
                    .prepare_with_flags(sql, PrepFlags::SQLITE_PREPARE_PERSISTENT)
                    .map_err(failed)?,
            };
            let result = work(&mut statement);
            statement.clear_bindings();
            slots.borrow_mut()[slot] = Some((number, statement));
            result
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(on: &Connected, number: u64, sql: &str) -> rusqlite::Result<i64> {
        let number = NonZeroU64::new(number).expect("a number");
        on.with(
            number,
            sql,
            |error| error,
            |statement| statement.query_row((), |row| row.get(0)),
        )
    }

    #[test]
    fn statements_are_kept_by_number_and_make_room() -> rusqlite::Result<()> {
        let on = Connected::new(Connection::open_in_memory()?);
        assert_eq!(count(&on, 1, "SELECT 1")?, 1);
        // Found by its number, the text is not looked at.
        assert_eq!(count(&on, 1, "SELECT 2")?, 1);
        assert_eq!(count(&on, 1 + SLOTS as u64, "SELECT 3")?, 3);
        assert_eq!(count(&on, 1, "SELECT 4")?, 4);
        Ok(())
    }

    #[test]
    fn a_statement_runs_within_itself_and_after_an_error() -> rusqlite::Result<()> {
        let on = Connected::new(Connection::open_in_memory()?);
        let sql = "SELECT 1 UNION ALL SELECT 2";
        let mut seen = Vec::new();
        let five = NonZeroU64::new(5).expect("a number");
        on.with(
            five,
            sql,
            |error| error,
            |outer| {
                let mut rows = outer.query(())?;
                while let Some(row) = rows.next()? {
                    seen.push((row.get(0)?, count(&on, 5, sql)?));
                }
                Ok(())
            },
        )?;
        assert_eq!(seen, [(1_i64, 1), (2, 1)]);
        let failed = on.with(
            five,
            sql,
            |error| error,
            |statement| {
                let _ = statement.query(())?.next()?;
                Err::<(), _>(rusqlite::Error::InvalidQuery)
            },
        );
        assert!(failed.is_err());
        assert_eq!(count(&on, 5, sql)?, 1);
        Ok(())
    }

    #[test]
    fn it_goes_to_another_thread() -> rusqlite::Result<()> {
        let on = Connected::new(Connection::open_in_memory()?);
        count(&on, 1, "SELECT 1")?;
        let there = std::thread::spawn(move || count(&on, 1, "SELECT 1").map(|one| (one, on)));
        let (one, on) = there.join().expect("the thread ends")?;
        assert_eq!((one, count(&on, 1, "SELECT 1")?), (1, 1));
        Ok(())
    }
}
