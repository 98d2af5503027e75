//! Orderings: NULLs, truth values, days, UUIDs.

use orm::prelude::*;

use crate::case::{Expected::Postgres, cases};
use crate::models::lab::{Document, Event, Task};

cases! { "ordering",
    fn nulls_by_default(db, Postgres("section 11: NULL sorts as the largest value on both")) {
        let by_estimate = Task::objects().order_by((Task::estimate, Task::id));
        let descending = Task::objects().order_by((Task::estimate.desc(), Task::id));
        (by_estimate.values_list(Task::id).all(db)?, descending.values_list(Task::id).all(db)?)
    }

    fn reverse_swaps_nulls(db) {
        let tasks = Task::objects().order_by((Task::estimate.asc().nulls_last(), Task::id)).reverse();
        tasks.values_list(Task::id).all(db)?
    }

    fn by_boolean(db) {
        let tasks = Task::objects().order_by((Task::urgent.desc().nulls_last(), Task::id));
        tasks.values_list((Task::id, Task::urgent)).all(db)?
    }

    fn by_dates(db) {
        let latest = Event::objects().order_by((Event::day.desc(), Event::id)).limit(4);
        latest.values_list((Event::day, Event::id)).all(db)?
    }

    fn by_uuid(db) {
        Document::objects().order_by(Document::token.desc()).slice(..3).values_list(Document::slug).all(db)?
    }
}
