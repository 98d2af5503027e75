//! Lookups: texts, dates, durations, parts of dates.

use orm::prelude::*;

use crate::case::cases;
use crate::models::bookstore::Book;
use crate::models::lab::{Event, Number, Word};
use crate::{day, moment};

/// The keys of the events that meet a condition.
fn events(tx: &Transaction<'_>, condition: Condition<Event>) -> Result<Vec<i64>> {
    let events = Event::objects().filter(condition).order_by(Event::id);
    events.values_list(Event::id).all(tx)
}

fn days(tx: &Transaction<'_>, condition: Condition<Event>) -> Result<Vec<NaiveDate>> {
    let events = Event::objects().filter(condition).order_by(Event::id);
    events.values_list(Event::day).all(tx)
}

fn words(tx: &Transaction<'_>, condition: Condition<Word>) -> Result<Vec<String>> {
    let words = Word::objects().filter(condition).order_by(Word::id);
    words.values_list(Word::text).all(tx)
}

cases! { "lookups",
    fn exact_text_is_case_sensitive(db) {
        Word::objects().filter(Word::text.eq("apple")).order_by(Word::id).values_list((Word::id, Word::text)).all(db)?
    }

    fn exact_datetime(db) {
        let first = Event::objects().filter(Event::at.eq(moment("2021-01-01T00:00:00Z")));
        first.values_list((Event::id, Event::name)).all(db)?
    }

    fn iexact_ascii(db) {
        Word::objects().filter(Word::text.iexact("ISTANBUL")).order_by(Word::id).values_list((Word::text,)).all(db)?
    }

    fn in_expressions(db) {
        let members = [Number::j.expr(), Number::j + 2, case().when(Condition::<Number>::all(), 100).expr()];
        let among = Number::objects().filter(Number::i.is_in(members)).order_by(Number::id);
        among.values_list((Number::id, Number::i, Number::j)).all(db)?
    }

    fn comparisons_on_text(db) {
        [
            ("gte", words(db, Word::text.gte("b") & Word::text.lt("{"))?),
            ("lt", words(db, Word::text.gt("A") & Word::text.lt("B"))?),
        ]
    }

    fn comparisons_on_dates(db) {
        let books = |condition| Book::objects().filter(condition).order_by(Book::id).values_list(Book::id).all(db);
        (books(Book::pubdate.lt(day("1995-01-15")))?, books(Book::pubdate.lte(day("1995-01-15")))?)
    }

    fn comparisons_on_durations(db) {
        (events(db, Event::span.gt(Duration::days(1)))?, events(db, Event::span.lt(Duration::zero()))?)
    }

    fn date_of_datetime_compared(db) {
        let date = Event::at.date();
        [
            ("gt", events(db, date.gt(day("2021-03-30")))?),
            ("in", events(db, date.is_in([day("2020-02-29"), day("1900-01-01")]))?),
            ("range", events(db, date.range(day("2021-03-28")..=day("2021-03-31")))?),
        ]
    }

    fn year_compared(db) {
        let year = Event::at.year();
        [
            ("gt", events(db, year.gt(2020))?),
            ("gte", events(db, year.gte(2020))?),
            ("lt", events(db, year.lt(2016))?),
            ("lte", events(db, year.lte(2016))?),
            ("in", events(db, year.is_in([1900, 2018]))?),
            ("range", events(db, year.range(2018..=2019))?),
        ]
    }

    fn iso_year_of_date(db) {
        let of = |year: i32| Ok::<_, Error>((year.to_string(), days(db, Event::day.iso_year().eq(year))?));
        [of(2015)?, of(2019)?, of(2020)?]
    }

    fn iso_year_of_datetime_compared(db) {
        let year = Event::at.iso_year();
        (events(db, year.lte(2019))?, events(db, year.gte(2021))?)
    }

    fn day_of_month(db) {
        (events(db, Event::at.day().eq(31))?, events(db, Event::day.day().gt(28))?)
    }

    fn week(db) {
        (days(db, Event::day.week().eq(53))?, days(db, Event::day.week().eq(1))?)
    }
}
