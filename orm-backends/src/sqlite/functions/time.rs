//! The time: `orm_now()`, to the microsecond, where SQLite's own clock tells milliseconds, and sums and differences of dates and
//! times, which are texts there, with lengths of time, which are microseconds.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use orm_core::types::date_text;
use rusqlite::functions::Context;
use rusqlite::{Connection, Result};

use super::text::argument;
use super::{FLAGS, failure, scalar};

/// The time of the statement that a connection runs: read when it is first asked for, so that `orm_now()` is the same wherever it
/// stands in the statement.
#[derive(Clone, Default)]
pub(crate) struct Clock(Arc<AtomicI64>);

impl Clock {
    /// The microseconds of a time that has not been read.
    const UNREAD: i64 = 0;

    /// Another statement begins.
    #[inline]
    pub(crate) fn forget(&self) {
        self.0.store(Self::UNREAD, Ordering::Relaxed);
    }

    fn now(&self) -> NaiveDateTime {
        let read = DateTime::from_timestamp_micros(self.0.load(Ordering::Relaxed));
        let now = read
            .filter(|read| read.timestamp_micros() != Self::UNREAD)
            .unwrap_or_else(Utc::now);
        self.0.store(now.timestamp_micros(), Ordering::Relaxed);
        now.naive_utc()
    }
}

/// Registers the functions of this file. What is deterministic SQLite computes once a run of a statement, wherever it stands,
/// so that all rows see one time.
pub(super) fn register(connection: &Connection, clock: Clock) -> Result<()> {
    connection.create_scalar_function("orm_now", 0, FLAGS, move |_| {
        Ok(date_text::from_date_time(clock.now()))
    })?;
    scalar(connection, "orm_date_add", 2, |context| {
        let Some((moment, micros)) = moment(context, 0)?.zip(context.get::<Option<i64>>(1)?) else {
            return Ok(None);
        };
        let sum = moment.checked_add_signed(TimeDelta::microseconds(micros));
        sum.and_then(date_text::from_date_time)
            .map(Some)
            .ok_or_else(|| failure("numeric value out of range"))
    })?;
    scalar(connection, "orm_date_diff", 2, |context| {
        let pair = moment(context, 0)?.zip(moment(context, 1)?);
        Ok(pair.and_then(|(a, b)| (a - b).num_microseconds()))
    })?;
    scalar(connection, "orm_time_add", 2, |context| {
        let pair = time(context, 0)?.zip(context.get::<Option<i64>>(1)?);
        Ok(pair.map(|(time, micros)| {
            let (sum, _) = time.overflowing_add_signed(TimeDelta::microseconds(micros));
            date_text::from_time(sum)
        }))
    })?;
    scalar(connection, "orm_time_diff", 2, |context| {
        let pair = time(context, 0)?.zip(time(context, 1)?);
        Ok(pair.and_then(|(a, b)| (a - b).num_microseconds()))
    })
}

/// A day, with a time or without.
pub(super) fn moment(context: &Context<'_>, index: usize) -> Result<Option<NaiveDateTime>> {
    read(argument(context, index)?, date_text::date_time)
}

fn time(context: &Context<'_>, index: usize) -> Result<Option<NaiveTime>> {
    read(argument(context, index)?, date_text::time)
}

fn read<T>(text: Option<&str>, read: fn(&str) -> Option<T>) -> Result<Option<T>> {
    match text {
        Some(text) => read(text)
            .map(Some)
            .ok_or_else(|| failure("the text is no date or time")),
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::types::Value;

    use super::super::tests::{message, value};

    #[test]
    fn dates_and_lengths_of_time() {
        let text = |text: &str| Value::Text(text.into());
        assert_eq!(
            value("orm_date_add('2020-02-28', 86400000000)"),
            text("2020-02-29 00:00:00")
        );
        assert_eq!(
            value("orm_date_add('2020-03-01 00:00:00', -1)"),
            text("2020-02-29 23:59:59.999999")
        );
        assert_eq!(
            value("orm_date_diff('2020-03-01', '2020-02-28 12:00:00')"),
            Value::Integer(129_600_000_000)
        );
        assert_eq!(value("orm_time_add('23:59:59', 2000000)"), text("00:00:01"));
        assert_eq!(
            value("orm_time_diff('01:00:00', '02:00:00.5')"),
            Value::Integer(-3_600_500_000)
        );
        assert_eq!(value("orm_date_add(NULL, 1)"), Value::Null);
        assert_eq!(
            message("orm_date_add('9999-12-31', 9223372036854775807)"),
            "numeric value out of range"
        );
        assert_eq!(
            message("orm_date_diff('secret', '2020-01-01')"),
            "the text is no date or time"
        );
    }

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
