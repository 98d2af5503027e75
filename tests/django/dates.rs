//! Parts of dates and times, and the time of now.

use orm::prelude::*;

use crate::case::cases;
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

    fn now(db) {
        let moment = orm::prelude::now();
        let (before, after) = (Event::at.lt(moment.clone()), Event::at.gte(moment));
        (Event::objects().filter(before).count(db)?, Event::objects().filter(after).count(db)?)
    }
}
