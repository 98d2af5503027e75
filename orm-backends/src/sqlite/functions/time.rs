//! The time: `orm_now()`, to the microsecond, where SQLite's own clock tells milliseconds.

use chrono::Utc;
use orm_core::types::date_text;
use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, Result};

/// Registers the functions of this file. They are not deterministic: each call tells the time anew.
pub(super) fn register(connection: &Connection) -> Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8.union(FunctionFlags::SQLITE_INNOCUOUS);
    connection.create_scalar_function("orm_now", 0, flags, |_| {
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
