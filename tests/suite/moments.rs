//! Truncations, time zones, sums and differences of dates and times: the same on both databases, to the microsecond.

use chrono::{Datelike, Timelike};
use orm::prelude::*;

use crate::models::{Event, Everything};
use crate::support::{day, moment, suite};

/// Around the turns of years, quarters, weeks and of the clocks.
const MOMENTS: &[&str] = &[
    "1999-12-31T23:59:59.999999Z",
    "2000-01-01T00:00:00Z",
    "2020-02-29T12:34:56.500000Z",
    "2021-01-03T23:30:00Z",
    "2021-01-04T00:00:00Z",
    "2024-03-31T00:59:59Z",
    "2024-03-31T01:00:00Z",
    "2024-10-27T00:30:00Z",
    "2024-10-27T01:30:00Z",
    "2024-06-30T22:30:00Z",
    "2018-11-04T12:00:00Z",
    "2024-11-03T05:30:00Z",
    "1970-01-01T00:00:00Z",
    "1901-05-06T07:08:09Z",
    "2060-07-01T12:00:00Z",
];

/// Zones of whole hours and others, on both sides of the globe.
const ZONES: &[&str] = &[
    "UTC",
    "Europe/Amsterdam",
    "America/New_York",
    "America/Sao_Paulo",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
];

fn events(db: &Database) -> Result<Vec<DateTime<Utc>>> {
    let moments: Vec<DateTime<Utc>> = MOMENTS.iter().map(|text| moment(text)).collect();
    let drafts = moments.iter().map(|at| {
        Event::draft()
            .name("e")
            .at(*at)
            .day(at.date_naive())
            .clock(at.time())
            .local(at.naive_utc())
            .build()
    });
    Event::objects().bulk_create(db, drafts)?;
    Ok(moments)
}

fn first_of(date: NaiveDate, month: u32) -> NaiveDate {
    day(date.year(), month, 1)
}

fn monday(date: NaiveDate) -> NaiveDate {
    date - Duration::days(date.weekday().num_days_from_monday().into())
}

suite! {
    fn dates_are_cut(db) {
        let moments = events(db)?;
        let cut = (Event::day.trunc_year(), Event::day.trunc_quarter(), Event::day.trunc_month(), Event::day.trunc_week(), Event::day.trunc_day());
        let rows = Event::objects().order_by(Event::id).values_list(cut).all(db)?;
        for (at, row) in moments.iter().zip(rows) {
            let date = at.date_naive();
            let quarter = first_of(date, date.month0() / 3 * 3 + 1);
            assert_eq!(row, (first_of(date, 1), quarter, first_of(date, date.month()), monday(date), date));
        }
    }

    fn moments_are_cut(db) {
        let moments = events(db)?;
        let dates = (Event::at.trunc_year(), Event::at.trunc_quarter(), Event::local.trunc_month(), Event::local.trunc_week());
        let rows = Event::objects().order_by(Event::id).values_list(dates).all(db)?;
        let midnight = |date: NaiveDate| date.and_time(NaiveTime::MIN);
        for (at, row) in moments.iter().zip(rows) {
            let date = at.date_naive();
            let quarter = midnight(first_of(date, date.month0() / 3 * 3 + 1)).and_utc();
            let expected = (Some(midnight(first_of(date, 1)).and_utc()), Some(quarter), midnight(first_of(date, date.month())), midnight(monday(date)));
            assert_eq!(row, expected);
        }
        let times = (Event::at.trunc_day(), Event::at.trunc_hour(), Event::local.trunc_minute(), Event::at.trunc_second(),
            Event::clock.trunc_hour(), Event::clock.trunc_minute(), Event::clock.trunc_second());
        let rows = Event::objects().order_by(Event::id).values_list(times).all(db)?;
        for (at, (by_day, hour, minute, second, clock_hour, clock_minute, clock_second)) in moments.iter().zip(rows) {
            assert_eq!(by_day, Some(midnight(at.date_naive()).and_utc()));
            let time = |hour, minute, second| NaiveTime::from_hms_opt(hour, minute, second).expect("a time");
            let hours = time(at.hour(), 0, 0);
            let minutes = time(at.hour(), at.minute(), 0);
            let seconds = time(at.hour(), at.minute(), at.second());
            assert_eq!(hour, Some(at.date_naive().and_time(hours).and_utc()));
            assert_eq!(minute, at.date_naive().and_time(minutes));
            assert_eq!(second, Some(at.date_naive().and_time(seconds).and_utc()));
            assert_eq!((clock_hour, clock_minute, clock_second), (hours, minutes, seconds));
        }
        // What is cut can be compared, ordered by and made distinct.
        assert_eq!(Event::objects().filter(Event::at.trunc_year().eq(moment("2024-01-01T00:00:00Z"))).count(db)?, 6);
        let years = Event::objects().order_by(Event::day.trunc_year()).values_list(Event::day.trunc_year()).distinct().all(db)?;
        assert_eq!(years.len(), 9);
    }

    fn zones_have_clocks_of_their_own(db) {
        events(db)?;
        // What another program says of them.
        let expected = [
            ("Europe/Amsterdam", "2024-03-31T00:59:59Z", "2024-03-31 01:59:59"),
            ("Europe/Amsterdam", "2024-03-31T01:00:00Z", "2024-03-31 03:00:00"),
            ("Europe/Amsterdam", "2024-10-27T00:30:00Z", "2024-10-27 02:30:00"),
            ("Europe/Amsterdam", "2024-10-27T01:30:00Z", "2024-10-27 02:30:00"),
            ("Asia/Kathmandu", "2020-02-29T12:34:56.500000Z", "2020-02-29 18:19:56.500"),
            ("America/New_York", "2024-11-03T05:30:00Z", "2024-11-03 01:30:00"),
            ("America/Sao_Paulo", "2018-11-04T12:00:00Z", "2018-11-04 10:00:00"),
            ("Europe/Amsterdam", "2060-07-01T12:00:00Z", "2060-07-01 14:00:00"),
        ];
        for (zone, at, local) in expected {
            let shown = Event::objects().filter(Event::at.eq(moment(at))).values_list(Event::at.in_tz(zone)).one(db)?;
            assert_eq!(shown.map(|shown| shown.to_string()), Some(local.to_owned()), "{zone} {at}");
        }
        let began = [
            ("Europe/Amsterdam", "2024-03-31T01:00:00Z", "2024-03-30T23:00:00Z"),
            ("Europe/Amsterdam", "2024-10-27T01:30:00Z", "2024-10-26T22:00:00Z"),
            ("Europe/Amsterdam", "2024-06-30T22:30:00Z", "2024-06-30T22:00:00Z"),
            // Midnight was skipped.
            ("America/Sao_Paulo", "2018-11-04T12:00:00Z", "2018-11-04T03:00:00Z"),
            ("Asia/Kathmandu", "2000-01-01T00:00:00Z", "1999-12-31T18:15:00Z"),
        ];
        for (zone, at, midnight) in began {
            let shown = Event::objects().filter(Event::at.eq(moment(at))).values_list(Event::at.trunc_day_in(zone)).one(db)?;
            assert_eq!(shown, Some(moment(midnight)), "{zone} {at}");
        }
        for zone in ZONES {
            let of_events = Event::objects().order_by(Event::id);
            let local = Event::at.in_tz(zone);
            let rows = of_events.clone().values_list((&local, local.date(), local.trunc_month(), local.hour(), Event::at.trunc_month_in(zone), Event::at.trunc_hour_in(zone), Event::at.trunc_second_in(zone))).all(db)?;
            for (local, date, month, hour, month_in, hour_in, second_in) in rows {
                let local = local.expect("a moment");
                assert_eq!(date, Some(local.date()), "{zone}");
                assert_eq!(month, Some(first_of(local.date(), local.month()).and_time(NaiveTime::MIN)), "{zone}");
                assert_eq!(hour.and_then(|hour| u32::try_from(hour).ok()), Some(local.hour()), "{zone}");
                assert!(month_in.is_some() && hour_in <= second_in, "{zone}");
            }
            // A month that begins there begins with its first day.
            let months = of_events.values_list((Event::at.trunc_month_in(zone), Event::at.trunc_quarter_in(zone), Event::at.trunc_week_in(zone), Event::at.trunc_year_in(zone), Event::at.trunc_minute_in(zone))).all(db)?;
            assert_eq!(months.len(), MOMENTS.len(), "{zone}");
        }
        let unknown = Event::objects().values_list(Event::at.in_tz("Europe/Atlantis")).all(db);
        assert!(matches!(unknown, Err(Error::InvalidQuery { .. })), "{unknown:?}");
        // Also where the statement is known from another name, and never told to the database.
        let injected = Event::objects().values_list(Event::at.trunc_day_in("UTC'; DROP TABLE event; --")).all(db);
        assert!(matches!(injected, Err(Error::InvalidQuery { .. })), "{injected:?}");
        let lower = Event::objects().limit(1).values_list(Event::at.in_tz("europe/amsterdam")).all(db)?;
        assert_eq!(lower.len(), 1);
    }

    fn what_zones_show_is_ordered_by_and_made_distinct(db) {
        events(db)?;
        let there = Event::at.in_tz("Asia/Tokyo").date();
        let days = Event::objects().order_by(there.desc()).values_list(&there).distinct().all(db)?;
        assert!(days.is_sorted_by(|a, b| a > b) && days.len() == 11, "{days:?}");
        let began = Event::at.trunc_month_in("America/New_York");
        let rows = Event::objects().filter(began.gt(moment("2000-01-01T00:00:00Z"))).order_by((&began, Event::id)).values_list((&began, Event::at.in_tz("America/New_York").month())).all(db)?;
        assert!(rows.is_sorted_by(|a, b| a.0 <= b.0) && rows.len() == 11, "{rows:?}");
        let padded = Event::name.lpad(3, "-");
        assert_eq!(Event::objects().order_by(&padded).values_list(&padded).distinct().all(db)?, ["--e"]);
    }

    fn lengths_of_time_are_added(db) {
        let at = moment("2020-02-28T23:30:00.000001Z");
        Event::draft().name("e").at(at).day(at.date_naive()).clock(at.time()).local(at.naive_utc()).save(db)?;
        let step = Duration::hours(25) + Duration::microseconds(7);
        let sums = (Event::at + step, Event::at - step, Event::local + step, Event::day + step, Event::day - step, Event::clock + step, Event::clock - step);
        let row = Event::objects().values_list(sums).one(db)?;
        let midnight = at.date_naive().and_time(NaiveTime::MIN);
        let clock = at.time();
        let expected = (
            Some(at + step), Some(at - step), at.naive_utc() + step, midnight + step, midnight - step,
            clock.overflowing_add_signed(step).0, clock.overflowing_sub_signed(step).0,
        );
        assert_eq!(row, expected);
        let later = Event::objects().filter((Event::at + Duration::hours(1)).gt(moment("2020-02-29T00:00:00Z")) & (Event::day + Duration::days(1)).gt(Event::local));
        assert_eq!(later.count(db)?, 1);
        assert_eq!(Event::objects().filter(Event::at.lt(now() - Duration::days(7)) & !Event::at.gt(now() + Duration::days(7))).count(db)?, 1);
        Event::objects().update(db, Event::at.set(Event::at + Duration::days(366)))?;
        assert_eq!(Event::objects().one(db)?.at, Some(at + Duration::days(366)));
    }

    fn differences_of_dates(db) {
        let (a, b) = (moment("2020-03-01T06:00:00Z"), moment("2020-02-28T23:30:00.000001Z"));
        Event::draft().name("e").at(a).day(a.date_naive()).clock(a.time()).local(b.naive_utc()).save(db)?;
        let differences = (Event::at - b, Event::local - a.naive_utc(), Event::day - b.date_naive(), Event::clock - b.time(), Event::day - Event::day, Event::at - Event::at);
        let row = Event::objects().values_list(differences).one(db)?;
        let zero = Duration::zero();
        assert_eq!(row, (Some(a - b), b - a, Duration::days(2), a.time() - b.time(), zero, Some(zero)));
        // They are lengths of time like any other.
        let late = (Event::at - b).gt(Duration::days(1)) & (Event::day - b.date_naive()).eq(Duration::days(2));
        assert_eq!(Event::objects().filter(late).count(db)?, 1);
        let again = Event::local + (Event::local - b.naive_utc()) + (Event::day - b.date_naive());
        assert_eq!(Event::objects().values_list(again).one(db)?, b.naive_utc() + Duration::days(2));
        let moved = Event::at + (Event::at - b) - (Event::at - b);
        assert_eq!(Event::objects().values_list(moved).one(db)?, Some(a));
        let parts = ((Event::at - b).hour(), (Event::at - b).minute(), (Event::at - b).second(), (Event::local - a.naive_utc()).hour(), (Event::local - a.naive_utc()).minute(), (Event::at - b).microseconds());
        assert_eq!(Event::objects().values_list(parts).one(db)?, (Some(30), Some(29), Some(59), -30, -29, (a - b).num_microseconds()));
        let none = Event::objects().update(db, Event::at.set(None))?;
        assert_eq!((none, Event::objects().values_list(Event::at - b).one(db)?), (1, None));
    }

    fn values_stand_at_the_left(db) {
        events(db)?;
        let (at, hour) = (moment("2024-10-27T00:30:00Z"), Duration::hours(1));
        let (date, local, clock) = (at.date_naive(), at.naive_utc(), at.time());
        let differences = (at - Event::at, date - Event::day, local - Event::local, clock - Event::clock, value(at) - Event::at);
        let sums = (hour + Event::at, hour + Event::day, hour + Event::local, hour + Event::clock, date + (Event::at - Event::at));
        let differences = Event::objects().order_by(Event::id).values_list(differences).all(db)?;
        let sums = Event::objects().order_by(Event::id).values_list(sums).all(db)?;
        for (event, (found, sums)) in Event::objects().order_by(Event::id).all(db)?.into_iter().zip(differences.into_iter().zip(sums)) {
            let own = event.at.expect("a moment");
            let expected = (Some(at - own), date - event.day, local - event.local, clock - event.clock, Some(at - own));
            assert_eq!(found, expected);
            let midnight = event.day.and_time(NaiveTime::MIN);
            let expected = (Some(own + hour), midnight + hour, event.local + hour, event.clock + hour, Some(date.and_time(NaiveTime::MIN)));
            assert_eq!(sums, expected);
        }
        // The clock is read once for a statement, wherever in it `now` stands.
        let ages = Event::objects().values_list((now() - Event::at, now() - (Event::at - hour), Event::at - now()));
        for (age, older, other) in ages.all(db)? {
            let (age, older, other) = (age.expect("an age"), older.expect("an age"), other.expect("an age"));
            assert_eq!((older - age, age), (hour, -other));
        }
        let young = Event::objects().filter((now() - Event::at).lt(Duration::days(2 * 365)));
        assert_eq!(young.count(db)?, Event::objects().filter(Event::at.gt(now() - Duration::days(2 * 365))).count(db)?);
        // One time for all rows of a statement.
        let times = Event::objects().values_list((Event::name, now())).all(db)?;
        assert!(times.iter().all(|(_, time)| *time == times[0].1));
        Event::objects().update(db, Event::at.set(now()))?;
        assert_eq!(Event::objects().values_list(Event::at).distinct().all(db)?.len(), 1);
        // A length of time from column and value.
        let (none, length) = Event::objects().limit(1).values_list((now() - now(), hour - (Event::at - Event::at))).one(db)?;
        assert_eq!(none, Duration::zero());
        let first = Event::objects().limit(1).values_list(now()).one(db)?;
        assert!(Event::objects().limit(1).values_list(now()).one(db)? > first);
        assert_eq!(length, Some(hour));
    }

    fn lengths_of_time_as_columns(db) {
        let length = Duration::hours(26) + Duration::minutes(3) + Duration::milliseconds(4_500);
        let at = moment("2020-02-29T12:00:00Z");
        let settings = crate::models::Settings { theme: "dark".into(), sizes: vec![] };
        Everything::draft()
            .a_bool(true).an_i16(1).an_i32(1).an_i64(1).an_f32(0.5).an_f64(0.5).a_text("").some_bytes(vec![]).a_decimal(1).a_uuid(Uuid::nil())
            .a_date(at.date_naive()).a_time(at.time()).a_date_time(at.naive_utc()).a_moment(at).a_duration(length).some_json(json!(null))
            .some_settings(Json(settings)).a_mood(crate::models::Mood::Happy).a_size(crate::models::Size::Small)
            .an_email(crate::models::Email("a".into())).save(db)?;
        let parts = (Everything::a_duration.hour(), Everything::a_duration.minute(), Everything::a_duration.second(), Everything::maybe_duration.hour());
        assert_eq!(Everything::objects().values_list(parts).one(db)?, (26, 3, 4, None));
        let sums = (Everything::a_moment + Everything::a_duration, Everything::a_duration + Duration::hours(1), Everything::a_duration - Everything::a_duration,
            Everything::a_moment - Everything::maybe_duration, Everything::a_duration.microseconds());
        let expected = (at + length, length + Duration::hours(1), Duration::zero(), None, length.num_microseconds().unwrap_or(0));
        assert_eq!(Everything::objects().values_list(sums).one(db)?, expected);
    }
}
