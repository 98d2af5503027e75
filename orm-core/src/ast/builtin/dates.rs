//! Parts of dates and times.
//!
//! [`DatePart::function`] chooses the row by the type of what the part is of: a moment's parts are
//! in UTC, and a time of day has no date before it.

use crate::ast::Arity::Exactly;
use crate::ast::Function;
use crate::ast::builtin::moments::{HOURS, MINUTES, SECONDS};
use crate::value::ColumnType::{self, Date, I32, Time};

/// A part of a date or time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DatePart {
    /// The year.
    Year,
    /// The year that the ISO week belongs to.
    IsoYear,
    /// The quarter, 1 to 4.
    Quarter,
    /// The month, 1 to 12.
    Month,
    /// The ISO week, 1 to 53.
    Week,
    /// The day of the week, Sunday is 1, Saturday 7.
    WeekDay,
    /// The day of the week, Monday is 1, Sunday 7.
    IsoWeekDay,
    /// The day of the month.
    Day,
    /// The hour, 0 to 23.
    Hour,
    /// The minute.
    Minute,
    /// The whole second.
    Second,
    /// The day, a `NaiveDate`.
    Date,
    /// The time of day, a `NaiveTime`.
    Time,
}

impl DatePart {
    /// The function that takes this part of something of type `of`.
    pub const fn function(self, of: ColumnType) -> &'static Function {
        let rows = match self {
            Self::Year => &YEAR,
            Self::IsoYear => &ISO_YEAR,
            Self::Quarter => &QUARTER,
            Self::Month => &MONTH,
            Self::Week => &WEEK,
            Self::WeekDay => &WEEK_DAY,
            Self::IsoWeekDay => &ISO_WEEK_DAY,
            Self::Day => &DAY,
            Self::Hour => &HOUR,
            Self::Minute => &MINUTE,
            Self::Second => &SECOND,
            Self::Date => &DATE,
            Self::Time => &TIME,
        };
        match (of, self) {
            (ColumnType::Duration, Self::Hour) => return &HOURS,
            (ColumnType::Duration, Self::Minute) => return &MINUTES,
            (ColumnType::Duration, Self::Second) => return &SECONDS,
            _ => {}
        }
        match of {
            ColumnType::Timestamp => &rows[1],
            ColumnType::Time => &rows[2],
            _ => &rows[0],
        }
    }
}

/// The rows of a part: of a date or a day with a time; of a moment, in UTC; of a time of day.
type Rows = [Function; 3];

macro_rules! rows {
    ($name:literal, $result:expr, $before:expr, $after:expr) => {
        [
            Function::strict($name, Exactly(1), concat!($before, "{0}", $after)).returning($result),
            Function::strict(
                concat!($name, "_utc"),
                Exactly(1),
                concat!($before, "{0} AT TIME ZONE 'UTC'", $after),
            )
            .returning($result),
            Function::strict(
                concat!($name, "_time"),
                Exactly(1),
                concat!($before, "{0}", $after),
            )
            .returning($result),
        ]
    };
    ($name:literal, $field:literal) => {
        rows!(
            $name,
            I32,
            concat!("CAST(EXTRACT(", $field, " FROM "),
            ") AS integer)"
        )
    };
}

/// The year.
pub static YEAR: Rows = rows!("year", "YEAR");
/// The ISO year.
pub static ISO_YEAR: Rows = rows!("iso_year", "ISOYEAR");
/// The quarter.
pub static QUARTER: Rows = rows!("quarter", "QUARTER");
/// The month.
pub static MONTH: Rows = rows!("month", "MONTH");
/// The ISO week.
pub static WEEK: Rows = rows!("week", "WEEK");
/// The day of the week from Monday.
pub static ISO_WEEK_DAY: Rows = rows!("iso_week_day", "ISODOW");
/// The day of the month.
pub static DAY: Rows = rows!("day", "DAY");
/// The hour.
pub static HOUR: Rows = rows!("hour", "HOUR");
/// The minute.
pub static MINUTE: Rows = rows!("minute", "MINUTE");
/// The day of the week from Sunday; PostgreSQL counts from 0.
pub static WEEK_DAY: Rows = rows!(
    "week_day",
    I32,
    "CAST(EXTRACT(DOW FROM ",
    ") + 1 AS integer)"
);
/// The whole second; a plain cast would round.
pub static SECOND: Rows = rows!(
    "second",
    I32,
    "CAST(trunc(EXTRACT(SECOND FROM ",
    ")) AS integer)"
);
/// The day.
pub static DATE: Rows = rows!("date", Date, "CAST(", " AS date)");
/// The time of day.
pub static TIME: Rows = rows!("time", Time, "CAST(", " AS time)");

/// Every row of this file.
pub static ALL: &[&Function] = &[
    &YEAR[0],
    &YEAR[1],
    &ISO_YEAR[0],
    &ISO_YEAR[1],
    &QUARTER[0],
    &QUARTER[1],
    &MONTH[0],
    &MONTH[1],
    &WEEK[0],
    &WEEK[1],
    &WEEK_DAY[0],
    &WEEK_DAY[1],
    &ISO_WEEK_DAY[0],
    &ISO_WEEK_DAY[1],
    &DAY[0],
    &DAY[1],
    &DATE[0],
    &DATE[1],
    &HOUR[0],
    &HOUR[1],
    &HOUR[2],
    &MINUTE[0],
    &MINUTE[1],
    &MINUTE[2],
    &SECOND[0],
    &SECOND[1],
    &SECOND[2],
    &TIME[0],
    &TIME[1],
    &TIME[2],
];
