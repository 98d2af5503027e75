//! Time zones whose clocks are put forward and back: what they show, and when their hours, days, .., years began. The rules are
//! written out here, of years in which they were the same.

use chrono::{Datelike, Weekday};
use orm::prelude::*;

use crate::functions::{Unit, cut_moment};
use crate::rng::Rng;
use crate::samples::{Sample, told, with_samples};
use crate::support::suite;
use crate::values::{Part, V, part};

suite! {
    fn clocks_and_calendars(db) {
        with_samples(db, near_a_change, |db, _, rows| {
            for zone in &ZONES {
                let (tz, shown) = (zone.name, |row: &Sample| zone.shown(row.at.naive_utc()));
                let number = |of: Part, row: &Sample| part(of, &V::DateTime(shown(row)));
                let local = Sample::at.in_tz(tz);
                told! { db, rows;
                    &local, |row| shown(row);
                    local.date(), |row| shown(row).date();
                    local.time(), |row| shown(row).time();
                    local.year(), |row| number(Part::Year, row);
                    local.iso_year(), |row| number(Part::IsoYear, row);
                    local.quarter(), |row| number(Part::Quarter, row);
                    local.month(), |row| number(Part::Month, row);
                    local.week(), |row| number(Part::Week, row);
                    local.week_day(), |row| number(Part::WeekDay, row);
                    local.day(), |row| number(Part::Day, row);
                    local.hour(), |row| number(Part::Hour, row);
                    local.minute(), |row| number(Part::Minute, row);
                    local.second(), |row| number(Part::Second, row);
                    local.trunc_hour(), |row| cut_moment(Unit::Hour, shown(row));
                    local.trunc_week(), |row| cut_moment(Unit::Week, shown(row));
                    Sample::at.trunc_year_in(tz), |row| zone.began(Unit::Year, row.at);
                    Sample::at.trunc_quarter_in(tz), |row| zone.began(Unit::Quarter, row.at);
                    Sample::at.trunc_month_in(tz), |row| zone.began(Unit::Month, row.at);
                    Sample::at.trunc_week_in(tz), |row| zone.began(Unit::Week, row.at);
                    Sample::at.trunc_day_in(tz), |row| zone.began(Unit::Day, row.at);
                    Sample::at.trunc_hour_in(tz), |row| zone.began(Unit::Hour, row.at);
                    Sample::at.trunc_minute_in(tz), |row| zone.began(Unit::Minute, row.at);
                    Sample::at.trunc_second_in(tz), |row| zone.began(Unit::Second, row.at);
                }
            }
            Ok(())
        })?;
    }
}

/// A day when the clocks are changed: the Sunday of a number in a month, or the last one.
#[derive(Clone, Copy)]
struct Change {
    month: u32,
    /// From 1; 0 is the last one.
    sunday: u32,
    /// Minutes of the day, on clocks that are so many minutes ahead of Greenwich.
    at: i64,
    clocks: i64,
}

/// The clocks of a zone: how many minutes they are ahead, and when they are put forward and back.
struct Zone {
    name: &'static str,
    winter: i64,
    summer: i64,
    changes: Option<[Change; 2]>,
}

const fn change(month: u32, sunday: u32, at: i64, clocks: i64) -> Change {
    Change {
        month,
        sunday,
        at,
        clocks,
    }
}

/// With the rules that they had from 2013 to 2025. Later years are a matter of how new the data of either database are.
const ZONES: [Zone; 5] = [
    Zone {
        name: "Europe/Berlin",
        winter: 60,
        summer: 120,
        // At one o'clock in Greenwich.
        changes: Some([change(3, 0, 60, 0), change(10, 0, 60, 0)]),
    },
    Zone {
        name: "America/New_York",
        winter: -300,
        summer: -240,
        changes: Some([change(3, 2, 120, -300), change(11, 1, 120, -240)]),
    },
    Zone {
        // South of the equator, and by half an hour.
        name: "Australia/Lord_Howe",
        winter: 630,
        summer: 660,
        changes: Some([change(10, 1, 120, 630), change(4, 1, 120, 660)]),
    },
    Zone {
        name: "Asia/Kolkata",
        winter: 330,
        summer: 330,
        changes: None,
    },
    Zone {
        // At midnight, so that a day comes without one, and another with two.
        name: "America/Havana",
        winter: -300,
        summer: -240,
        changes: Some([change(3, 2, 0, -300), change(11, 1, 0, -300)]),
    },
];

impl Change {
    /// The moment in a year.
    fn moment(self, year: i32) -> NaiveDateTime {
        let first = |month| NaiveDate::from_ymd_opt(year, month, 1).expect("a month");
        let day = match self.sunday {
            0 => {
                let mut day = first(self.month + 1) - Duration::days(1);
                while day.weekday() != Weekday::Sun {
                    day -= Duration::days(1);
                }
                day
            }
            number => {
                let mut day = first(self.month);
                while day.weekday() != Weekday::Sun {
                    day += Duration::days(1);
                }
                day + Duration::days(7 * (i64::from(number) - 1))
            }
        };
        day.and_time(NaiveTime::MIN) + Duration::minutes(self.at - self.clocks)
    }
}

impl Zone {
    /// How far the clocks are ahead.
    fn ahead(&self, at: NaiveDateTime) -> Duration {
        let summer = self.changes.is_some_and(|changes| {
            let [forward, back] = changes.map(|change| change.moment(at.year()));
            if forward < back {
                forward <= at && at < back
            } else {
                at < back || forward <= at
            }
        });
        Duration::minutes(if summer { self.summer } else { self.winter })
    }

    fn shown(&self, at: NaiveDateTime) -> NaiveDateTime {
        at + self.ahead(at)
    }

    /// The moment when a unit of time began there: the second one when the clocks showed its beginning twice, and what clocks that had
    /// gone on would have shown, when they did not show it. Units shorter than a day are cut on the clocks as they were.
    fn began(&self, unit: Unit, at: DateTime<Utc>) -> DateTime<Utc> {
        let at = at.naive_utc();
        let began = cut_moment(unit, self.shown(at));
        let moment = match unit {
            Unit::Hour | Unit::Minute | Unit::Second => began - self.ahead(at),
            _ => {
                let moments =
                    [self.winter, self.summer].map(|ahead| began - Duration::minutes(ahead));
                let shown = moments
                    .into_iter()
                    .filter(|moment| self.shown(*moment) == began);
                // Skipped: the clocks are put forward from winter's time.
                shown
                    .max()
                    .unwrap_or(began - Duration::minutes(self.winter))
            }
        };
        moment.and_utc()
    }
}

/// A moment of the years of the rules, often one near a change.
fn near_a_change(rng: &mut Rng, row: &mut Sample) {
    let year = rng.between(2014, 2025) as i32;
    let micros = rng.between(0, 999_999);
    let changes = rng.pick(&ZONES).changes.filter(|_| rng.chance(80));
    let at = match changes {
        Some(changes) => {
            let seconds = match rng.below(3) {
                0 => rng.between(-2, 2),
                1 => rng.between(-7_200, 7_200),
                _ => rng.between(-100_000, 100_000),
            };
            rng.pick(&changes).moment(year) + Duration::seconds(seconds)
        }
        None => {
            let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default();
            first.and_time(NaiveTime::MIN) + Duration::seconds(rng.between(0, 365 * 86_400))
        }
    };
    row.at = (at + Duration::microseconds(micros)).and_utc();
}
