//! The time: `orm_now()`, to the microsecond, where SQLite's own clock tells milliseconds.

use chrono::Utc;
use orm_core::types::date_text;
use rusqlite::{Connection, Result};

use super::FLAGS;

/// Registers the functions of this file. What is deterministic SQLite computes once a run of a statement,
/// so that all rows see one time.
pub(super) fn register(connection: &Connection) -> Result<()> {
    connection.create_scalar_function("orm_now", 0, FLAGS, |_| {
        Ok(date_text::from_date_time(Utc::now().naive_utc()))
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_time_is_told_as_columns_hold_it() {
        let connection = super::super::tests::connection();
        let query = "SELECT orm_now() BETWEEN datetime('now', '-1 minute') AND datetime('now', '+1 minute')";
        assert!(
            connection
                .query_row(query, [], |row| row.get::<_, bool>(0))
                .unwrap()
        );
    }
}
