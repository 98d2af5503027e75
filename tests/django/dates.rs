//! Parts of dates and times, and the time of now.

use orm::prelude::*;

use crate::case::{Expected::Ours, cases};
use crate::day;
use crate::models::lab::Event;

cases! { "dates",
    fn trunc_to_date_and_time(db) {
        let events = Event::objects().filter(Event::id.is_in([1, 8])).order_by(Event::id);
        events.values_list((Event::at.date(), Event::at.time())).all(db)?
    }

    fn extract_of_datetime(db) {
        let events = Event::objects().filter(Event::id.is_in([1, 3, 8, 10])).order_by(Event::id);
        events.values_json((
            Event::at.year().named("y"),
            Event::at.iso_year().named("iy"),
            Event::at.quarter().named("q"),
            Event::at.month().named("m"),
            Event::at.week().named("w"),
            Event::at.week_day().named("wd"),
            Event::at.iso_week_day().named("iwd"),
            Event::at.day().named("d"),
            Event::at.hour().named("h"),
            Event::at.minute().named("mi"),
            Event::at.second().named("s"),
        )).all(db)?
    }

    fn extract_of_date(db) {
        let parts = (Event::day, Event::day.iso_year(), Event::day.week(), Event::day.week_day(), Event::day.iso_week_day());
        Event::objects().filter(Event::id.lte(7)).order_by(Event::id).values_list(parts).all(db)?
    }

    fn trunc_of_datetime(db) {
        Event::objects().filter(Event::id.is_in([1, 8, 9, 17])).order_by(Event::id).values_json((
            Event::at.trunc_year().named("y"),
            Event::at.trunc_quarter().named("q"),
            Event::at.trunc_month().named("m"),
            Event::at.trunc_week().named("w"),
            Event::at.trunc_day().named("d"),
            Event::at.trunc_hour().named("h"),
            Event::at.trunc_minute().named("mi"),
            Event::at.trunc_second().named("s"),
        )).all(db)?
    }

    fn trunc_of_date(db) {
        let cut = (Event::day, Event::day.trunc_year(), Event::day.trunc_quarter(), Event::day.trunc_month(), Event::day.trunc_week());
        Event::objects().filter(Event::id.is_in([2, 3, 5, 8])).order_by(Event::id).values_list(cut).all(db)?
    }

    fn trunc_compares_with_other_column(db, Ours(json!([1, 7, 9, 16]), "section 4: what is NULL is not equal")) {
        let there = Event::at.in_tz("Europe/Amsterdam").date();
        let events = Event::objects().filter(there.ne(Event::day)).order_by(Event::id);
        events.values_list(Event::id).all(db)?
    }

    fn now(db) {
        let moment = orm::prelude::now();
        let (before, after) = (Event::at.lt(moment.clone()), Event::at.gte(moment));
        (Event::objects().filter(before).count(db)?, Event::objects().filter(after).count(db)?)
    }

    fn week_grouping_over_year_end(db) {
        let week = Event::day.trunc_week();
        let around = Event::objects().filter(Event::day.range(day("2020-12-28")..=day("2021-01-10")));
        around.values_list(&week).annotate(Event::id.count()).order_by(&week).all(db)?
    }
}
