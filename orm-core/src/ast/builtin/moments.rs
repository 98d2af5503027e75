//! Truncations of dates and times, time zones, sums and differences.
//!
//! [`Unit::function`] and [`combined`] choose the row by the types.

use crate::ast::Arity::Exactly;
use crate::ast::{ArithmeticOp, Function};
use crate::value::ColumnType::{self, Date, DateTime, Duration, I32, I64, Time, Timestamp};

/// What a date or a time is cut to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// 1 January.
    Year,
    /// The first day of the quarter.
    Quarter,
    /// The first day of the month.
    Month,
    /// The Monday of the week.
    Week,
    /// Midnight.
    Day,
    /// The whole hour.
    Hour,
    /// The whole minute.
    Minute,
    /// The whole second.
    Second,
}

impl Unit {
    /// The function that cuts something of type `of`; none where there is nothing to cut.
    pub const fn function(self, of: ColumnType) -> Option<&'static Function> {
        let index = self as usize;
        match of {
            Date if index < 4 => Some(&OF_DATE[index]),
            Time if index > 4 => Some(&OF_TIME[index - 5]),
            DateTime => Some(&OF_DATE_TIME[index]),
            Timestamp => Some(&OF_TIMESTAMP[index]),
            _ => None,
        }
    }

    /// The function that cuts a moment in a time zone, which is its second argument.
    pub const fn function_in(self) -> &'static Function {
        &IN_ZONE[self as usize]
    }
}

/// Cuts dates.
pub static OF_DATE: [Function; 4] = [
    Function::strict(
        "trunc_year",
        Exactly(1),
        "CAST(date_trunc('year', CAST({0} AS timestamp)) AS date)",
    )
    .returning(Date),
    Function::strict(
        "trunc_quarter",
        Exactly(1),
        "CAST(date_trunc('quarter', CAST({0} AS timestamp)) AS date)",
    )
    .returning(Date),
    Function::strict(
        "trunc_month",
        Exactly(1),
        "CAST(date_trunc('month', CAST({0} AS timestamp)) AS date)",
    )
    .returning(Date),
    Function::strict(
        "trunc_week",
        Exactly(1),
        "CAST(date_trunc('week', CAST({0} AS timestamp)) AS date)",
    )
    .returning(Date),
];
/// Cuts days with times.
pub static OF_DATE_TIME: [Function; 8] = [
    Function::strict("trunc_year_datetime", Exactly(1), "date_trunc('year', {0})")
        .returning(DateTime),
    Function::strict(
        "trunc_quarter_datetime",
        Exactly(1),
        "date_trunc('quarter', {0})",
    )
    .returning(DateTime),
    Function::strict(
        "trunc_month_datetime",
        Exactly(1),
        "date_trunc('month', {0})",
    )
    .returning(DateTime),
    Function::strict("trunc_week_datetime", Exactly(1), "date_trunc('week', {0})")
        .returning(DateTime),
    Function::strict("trunc_day_datetime", Exactly(1), "date_trunc('day', {0})")
        .returning(DateTime),
    Function::strict("trunc_hour_datetime", Exactly(1), "date_trunc('hour', {0})")
        .returning(DateTime),
    Function::strict(
        "trunc_minute_datetime",
        Exactly(1),
        "date_trunc('minute', {0})",
    )
    .returning(DateTime),
    Function::strict(
        "trunc_second_datetime",
        Exactly(1),
        "date_trunc('second', {0})",
    )
    .returning(DateTime),
];
/// Cuts moments, in UTC.
pub static OF_TIMESTAMP: [Function; 8] = [
    Function::strict(
        "trunc_year_utc",
        Exactly(1),
        "date_trunc('year', {0}, 'UTC')",
    )
    .returning(Timestamp),
    Function::strict(
        "trunc_quarter_utc",
        Exactly(1),
        "date_trunc('quarter', {0}, 'UTC')",
    )
    .returning(Timestamp),
    Function::strict(
        "trunc_month_utc",
        Exactly(1),
        "date_trunc('month', {0}, 'UTC')",
    )
    .returning(Timestamp),
    Function::strict(
        "trunc_week_utc",
        Exactly(1),
        "date_trunc('week', {0}, 'UTC')",
    )
    .returning(Timestamp),
    Function::strict("trunc_day_utc", Exactly(1), "date_trunc('day', {0}, 'UTC')")
        .returning(Timestamp),
    Function::strict(
        "trunc_hour_utc",
        Exactly(1),
        "date_trunc('hour', {0}, 'UTC')",
    )
    .returning(Timestamp),
    Function::strict(
        "trunc_minute_utc",
        Exactly(1),
        "date_trunc('minute', {0}, 'UTC')",
    )
    .returning(Timestamp),
    Function::strict(
        "trunc_second_utc",
        Exactly(1),
        "date_trunc('second', {0}, 'UTC')",
    )
    .returning(Timestamp),
];
/// Cuts times of day.
pub static OF_TIME: [Function; 3] = [
    Function::strict(
        "trunc_hour_time",
        Exactly(1),
        "CAST(date_trunc('hour', {0}) AS time)",
    )
    .returning(Time),
    Function::strict(
        "trunc_minute_time",
        Exactly(1),
        "CAST(date_trunc('minute', {0}) AS time)",
    )
    .returning(Time),
    Function::strict(
        "trunc_second_time",
        Exactly(1),
        "CAST(date_trunc('second', {0}) AS time)",
    )
    .returning(Time),
];
/// Cuts moments in a time zone, the second argument, a bound text.
pub static IN_ZONE: [Function; 8] = [
    Function::strict(
        "trunc_year_in",
        Exactly(2),
        "date_trunc('year', {0}, {1:zone})",
    )
    .returning(Timestamp),
    Function::strict(
        "trunc_quarter_in",
        Exactly(2),
        "date_trunc('quarter', {0}, {1:zone})",
    )
    .returning(Timestamp),
    Function::strict(
        "trunc_month_in",
        Exactly(2),
        "date_trunc('month', {0}, {1:zone})",
    )
    .returning(Timestamp),
    Function::strict(
        "trunc_week_in",
        Exactly(2),
        "date_trunc('week', {0}, {1:zone})",
    )
    .returning(Timestamp),
    Function::strict(
        "trunc_day_in",
        Exactly(2),
        "date_trunc('day', {0}, {1:zone})",
    )
    .returning(Timestamp),
    Function::strict(
        "trunc_hour_in",
        Exactly(2),
        "date_trunc('hour', {0}, {1:zone})",
    )
    .returning(Timestamp),
    Function::strict(
        "trunc_minute_in",
        Exactly(2),
        "date_trunc('minute', {0}, {1:zone})",
    )
    .returning(Timestamp),
    Function::strict(
        "trunc_second_in",
        Exactly(2),
        "date_trunc('second', {0}, {1:zone})",
    )
    .returning(Timestamp),
];
/// A moment as the day and time in a time zone, the second argument, a bound text.
pub static IN_TZ: Function =
    Function::strict("in_tz", Exactly(2), "({0} AT TIME ZONE {1:zone})").returning(DateTime);
/// The whole hours of a length of time.
pub static HOURS: Function = Function::strict(
    "hour_duration",
    Exactly(1),
    "CAST(trunc(EXTRACT(EPOCH FROM {0}) / 3600) AS integer)",
)
.returning(I32);
/// The minutes of a length of time beside its hours.
pub static MINUTES: Function = Function::strict(
    "minute_duration",
    Exactly(1),
    "CAST(trunc(EXTRACT(EPOCH FROM {0}) / 60) % 60 AS integer)",
)
.returning(I32);
/// The seconds of a length of time beside its minutes.
pub static SECONDS: Function = Function::strict(
    "second_duration",
    Exactly(1),
    "CAST(trunc(EXTRACT(EPOCH FROM {0})) % 60 AS integer)",
)
.returning(I32);
/// The microseconds of a length of time.
pub static MICROSECONDS: Function = Function::strict(
    "microseconds",
    Exactly(1),
    "CAST(EXTRACT(EPOCH FROM {0}) * 1000000 AS bigint)",
)
.returning(I64);

macro_rules! sums {
    ($($add:ident $sub:ident $name:literal $result:ident $before:literal $after:literal;)+) => { $(
        /// The sum with a length of time.
        pub static $add: Function = Function::strict(
            concat!("add_", $name),
            Exactly(2),
            concat!("(", $before, " + {1}", $after, ")"),
        )
        .returning($result);
        /// The difference with a length of time.
        pub static $sub: Function = Function::strict(
            concat!("sub_", $name),
            Exactly(2),
            concat!("(", $before, " - {1}", $after, ")"),
        )
        .returning($result);
    )+ };
}
// A day of PostgreSQL's intervals is one of the session's time zone, unless it is told.
sums! {
    ADD_DATE SUB_DATE "date" DateTime "{0}" "";
    ADD_DATE_TIME SUB_DATE_TIME "datetime" DateTime "{0}" "";
    ADD_TIMESTAMP SUB_TIMESTAMP "utc" Timestamp "({0} AT TIME ZONE 'UTC'" ") AT TIME ZONE 'UTC'";
    ADD_TIME SUB_TIME "time" Time "{0}" "";
    ADD_DURATION SUB_DURATION "duration" Duration "{0}" "";
}
/// How long it is from the second day to the first.
pub static DIFF_DATE: Function = Function::strict(
    "diff_date",
    Exactly(2),
    "(CAST({0} AS timestamp) - CAST({1} AS timestamp))",
)
.returning(Duration);
/// How long it is from the second moment to the first.
pub static DIFF: Function =
    Function::strict("diff_datetime", Exactly(2), "({0} - {1})").returning(Duration);
/// How long it is from the second time of day to the first.
pub static DIFF_TIME: Function =
    Function::strict("diff_time", Exactly(2), "({0} - {1})").returning(Duration);

/// The function for a sum or a difference of dates, times and lengths of time; none for those of numbers.
pub const fn combined(
    op: ArithmeticOp,
    left: ColumnType,
    right: ColumnType,
) -> Option<&'static Function> {
    let add = matches!(op, ArithmeticOp::Add);
    if !matches!(right, Duration) {
        return match left {
            Date => Some(&DIFF_DATE),
            DateTime | Timestamp => Some(&DIFF),
            Time => Some(&DIFF_TIME),
            _ => None,
        };
    }
    Some(match (left, add) {
        (Date, true) => &ADD_DATE,
        (Date, false) => &SUB_DATE,
        (DateTime, true) => &ADD_DATE_TIME,
        (DateTime, false) => &SUB_DATE_TIME,
        (Timestamp, true) => &ADD_TIMESTAMP,
        (Timestamp, false) => &SUB_TIMESTAMP,
        (Time, true) => &ADD_TIME,
        (Time, false) => &SUB_TIME,
        (Duration, true) => &ADD_DURATION,
        (Duration, false) => &SUB_DURATION,
        _ => return None,
    })
}

/// Every row of this file.
pub static ALL: &[&Function] = &[
    &OF_DATE[0],
    &OF_DATE[1],
    &OF_DATE[2],
    &OF_DATE[3],
    &OF_DATE_TIME[0],
    &OF_DATE_TIME[1],
    &OF_DATE_TIME[2],
    &OF_DATE_TIME[3],
    &OF_DATE_TIME[4],
    &OF_DATE_TIME[5],
    &OF_DATE_TIME[6],
    &OF_DATE_TIME[7],
    &OF_TIMESTAMP[0],
    &OF_TIMESTAMP[1],
    &OF_TIMESTAMP[2],
    &OF_TIMESTAMP[3],
    &OF_TIMESTAMP[4],
    &OF_TIMESTAMP[5],
    &OF_TIMESTAMP[6],
    &OF_TIMESTAMP[7],
    &OF_TIME[0],
    &OF_TIME[1],
    &OF_TIME[2],
    &IN_ZONE[0],
    &IN_ZONE[1],
    &IN_ZONE[2],
    &IN_ZONE[3],
    &IN_ZONE[4],
    &IN_ZONE[5],
    &IN_ZONE[6],
    &IN_ZONE[7],
    &IN_TZ,
    &HOURS,
    &MINUTES,
    &SECONDS,
    &MICROSECONDS,
    &ADD_DATE,
    &SUB_DATE,
    &ADD_DATE_TIME,
    &SUB_DATE_TIME,
    &ADD_TIMESTAMP,
    &SUB_TIMESTAMP,
    &ADD_TIME,
    &SUB_TIME,
    &ADD_DURATION,
    &SUB_DURATION,
    &DIFF_DATE,
    &DIFF,
    &DIFF_TIME,
];
