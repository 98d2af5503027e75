//! Every lookup, with the same meaning on both databases.

use orm::prelude::*;

use crate::models::*;
use crate::support::{day, moment, suite};

/// Words, of which some hold what SQL takes for wildcards.
const WORDS: [&str; 14] = [
    "apple",
    "Apple",
    "APPLE pie",
    "50% off",
    "50x off",
    "a_b",
    "aXb",
    r"back\slash",
    "straße",
    "STRASSE",
    "ÉCOLE",
    "école",
    "",
    "line\nend",
];

fn words(db: &Database) -> Result<()> {
    Word::objects().bulk_create(db, WORDS.map(|text| Word::draft().text(text)))?;
    Ok(())
}

fn found(db: &Database, condition: Condition<Word>) -> Result<Vec<String>> {
    Word::objects()
        .filter(condition)
        .order_by(Word::id)
        .values_list(Word::text)
        .all(db)
}

fn events(db: &Database) -> Result<()> {
    let all = [
        (
            "new year's eve",
            "2020-12-31T23:59:59.999999Z",
            day(2020, 12, 31),
        ),
        ("new year", "2021-01-01T00:00:00Z", day(2021, 1, 1)),
        (
            "first monday",
            "2021-01-04T12:30:45.000001Z",
            day(2021, 1, 4),
        ),
        ("leap day", "2020-02-29T06:07:08Z", day(2020, 2, 29)),
        ("sunday", "2019-12-29T00:00:01Z", day(2019, 12, 29)),
        ("week one", "2019-12-30T00:00:00Z", day(2019, 12, 30)),
    ];
    for (name, at, day) in all {
        let at = moment(at);
        Event::draft()
            .name(name)
            .at(at)
            .day(day)
            .clock(at.time())
            .local(at.naive_utc())
            .save(db)?;
    }
    let clock = NaiveTime::from_hms_micro_opt(0, 0, 0, 0).expect("midnight");
    Event::draft()
        .name("never")
        .day(day(1, 1, 1))
        .clock(clock)
        .local(day(1, 1, 1).and_time(clock))
        .save(db)?;
    Ok(())
}

fn named(db: &Database, condition: Condition<Event>) -> Result<Vec<String>> {
    Event::objects()
        .filter(condition)
        .order_by(Event::id)
        .values_list(Event::name)
        .all(db)
}

suite! {
    fn equality_is_by_code_point(db) {
        words(db)?;
        assert_eq!(found(db, Word::text.eq("apple"))?, ["apple"]);
        assert_eq!(found(db, Word::text.eq(""))?, [""]);
        assert_eq!(found(db, Word::text.ne("apple"))?.len(), 13);
        assert_eq!(found(db, Word::text.gte("a") & Word::text.lt("b"))?, ["apple", "a_b", "aXb"]);
        assert_eq!(found(db, Word::text.range("A"..="B"))?, ["Apple", "APPLE pie"]);
    }

    fn text_lookups_take_wildcards_literally(db) {
        words(db)?;
        assert_eq!(found(db, Word::text.contains("50%"))?, ["50% off"]);
        assert_eq!(found(db, Word::text.icontains("0% O"))?, ["50% off"]);
        assert_eq!(found(db, Word::text.startswith("50%"))?, ["50% off"]);
        assert_eq!(found(db, Word::text.istartswith("50%"))?, ["50% off"]);
        assert_eq!(found(db, Word::text.endswith("_b"))?, ["a_b"]);
        assert_eq!(found(db, Word::text.iendswith("_B"))?, ["a_b"]);
        assert_eq!(found(db, Word::text.iexact("A_B"))?, ["a_b"]);
        assert_eq!(found(db, Word::text.contains(r"k\s"))?, [r"back\slash"]);
        assert_eq!(found(db, Word::text.icontains(r"K\S"))?, [r"back\slash"]);
        assert_eq!(found(db, Word::text.startswith(r"back\"))?, [r"back\slash"]);
        assert_eq!(found(db, Word::text.contains("*"))?.len(), 0);
        assert_eq!(found(db, Word::text.contains("'; DROP TABLE word; --"))?.len(), 0);
    }

    fn text_lookups_and_case(db) {
        words(db)?;
        assert_eq!(found(db, Word::text.contains("pple"))?, ["apple", "Apple"]);
        assert_eq!(found(db, Word::text.icontains("PPLE"))?, ["apple", "Apple", "APPLE pie"]);
        assert_eq!(found(db, Word::text.startswith("A"))?, ["Apple", "APPLE pie"]);
        assert_eq!(found(db, Word::text.istartswith("aP"))?, ["apple", "Apple", "APPLE pie"]);
        assert_eq!(found(db, Word::text.endswith("E"))?, ["STRASSE", "ÉCOLE"]);
        assert_eq!(found(db, Word::text.iendswith("PIE"))?, ["APPLE pie"]);
        assert_eq!(found(db, Word::text.iexact("École"))?, ["ÉCOLE", "école"]);
        assert_eq!(found(db, Word::text.icontains("COL"))?, ["ÉCOLE", "école"]);
        assert_eq!(found(db, Word::text.iexact("STRAßE"))?, ["straße"]);
        assert_eq!(found(db, Word::text.contains(""))?.len(), 14);
        assert_eq!(found(db, Word::text.startswith(""))?.len(), 14);
        assert_eq!(found(db, Word::text.endswith(""))?.len(), 14);
        assert_eq!(found(db, !Word::text.icontains("a"))?, ["50% off", "50x off", "ÉCOLE", "école", "", "line\nend"]);
    }

    fn case_is_that_of_the_capitals(db) {
        for text in ["οδος", "ΟΔΟΣ", "istanbul", "ISTANBUL", "İstanbul", "Straße", "STRASSE"] {
            Word::draft().text(text).other(text).save(db)?;
        }
        // Both small sigmas have one capital.
        assert_eq!(found(db, Word::text.iexact("Οδοσ"))?, ["οδος", "ΟΔΟΣ"]);
        assert_eq!(found(db, Word::text.iendswith("ΟΣ"))?, ["οδος", "ΟΔΟΣ"]);
        // The dot is part of the letter.
        assert_eq!(found(db, Word::text.iexact("Istanbul"))?, ["istanbul", "ISTANBUL"]);
        assert_eq!(found(db, Word::text.istartswith("i"))?, ["istanbul", "ISTANBUL"]);
        assert_eq!(found(db, Word::text.istartswith("İS"))?, ["İstanbul"]);
        assert_eq!(found(db, Word::text.icontains("SS"))?, ["STRASSE"]);
        assert_eq!(found(db, Word::text.icontains("ASSE") | Word::text.icontains("AßE"))?, ["Straße", "STRASSE"]);
        assert_eq!(found(db, Word::text.iexact(Word::other.upper()) & Word::text.iendswith(Word::other))?.len(), 7);
    }

    fn json_is_compared_by_value(db) {
        let (object, list, null) = (json!({"b": 1, "a": 2}), json!([1, 2]), json!(null));
        for body in [&object, &list, &json!(10), &json!(9), &json!("9"), &null] {
            Paper::draft().body(body.clone()).save(db)?;
        }
        Paper::draft().save(db)?;
        // Another program has its own order of keys, its own blanks and its own way with whole numbers.
        db.execute(r#"UPDATE paper SET body = '{"b":1.0,  "a": 2}' WHERE id = 1"#, ())?;
        let found = |condition: Condition<Paper>| Paper::objects().filter(condition).order_by(Paper::id).values_list(Paper::id).all(db);
        assert_eq!(found(Paper::body.eq(object.clone()))?, [1]);
        assert_eq!(found(Paper::body.eq(null))?, [6]);
        assert_eq!(found(Paper::body.eq(None))?, [7]);
        assert_eq!(found(Paper::body.ne(object.clone()))?, [2, 3, 4, 5, 6, 7]);
        assert_eq!(found(Paper::body.is_in([object.clone(), json!([2, 1]), json!(9.0)]))?, [1, 4]);
        assert_eq!(found(!Paper::body.is_in([object, list]))?, [3, 4, 5, 6, 7]);
        assert_eq!(found(Paper::body.gt(json!(9)))?, [1, 2, 3]);
        assert_eq!(found(Paper::body.range(json!("9")..=json!(9)))?, [4, 5]);
        let sorted: Vec<i64> = Paper::objects().order_by(Paper::body).values_list(Paper::id).all(db)?;
        assert_eq!(sorted, [6, 5, 4, 3, 2, 1, 7]);
    }

    fn text_lookups_with_an_expression_at_the_right(db) {
        for (text, other) in [("50% off", "%"), ("50x off", "%"), ("Hello", "hell"), ("abc", "abc"), ("xabc", "ABC")] {
            Word::draft().text(text).other(other).save(db)?;
        }
        Word::draft().text("alone").save(db)?;
        assert_eq!(found(db, Word::text.contains(Word::other))?, ["50% off", "abc"]);
        assert_eq!(found(db, Word::text.icontains(Word::other))?, ["50% off", "Hello", "abc", "xabc"]);
        assert_eq!(found(db, Word::text.startswith(Word::other))?, ["abc"]);
        assert_eq!(found(db, Word::text.istartswith(Word::other))?, ["Hello", "abc"]);
        assert_eq!(found(db, Word::text.endswith(Word::other))?, ["abc"]);
        assert_eq!(found(db, Word::text.iendswith(Word::other))?, ["abc", "xabc"]);
        assert_eq!(found(db, Word::text.iexact(Word::other))?, ["abc"]);
        assert_eq!(found(db, !Word::text.contains(Word::other))?, ["50x off", "Hello", "xabc", "alone"]);
    }

    fn regular_expressions_have_one_syntax(db) {
        words(db)?;
        assert_eq!(found(db, Word::text.regex("^[aA]pple$"))?, ["apple", "Apple"]);
        assert_eq!(found(db, Word::text.regex(r"^\d+%"))?, ["50% off"]);
        assert_eq!(found(db, Word::text.iregex("^éco(le)?$"))?, ["ÉCOLE", "école"]);
        assert_eq!(found(db, Word::text.regex("line.end"))?.len(), 0);
        assert_eq!(found(db, Word::text.regex("(?s)line.end"))?, ["line\nend"]);
        assert_eq!(found(db, Word::text.regex(r"(?m)^end$"))?, ["line\nend"]);
        assert_eq!(found(db, Word::text.regex(r"\bpie\b"))?, ["APPLE pie"]);
        assert_eq!(found(db, !Word::text.regex("."))?, [""]);
        let broken = found(db, Word::text.regex("(unclosed"));
        assert!(matches!(broken, Err(Error::InvalidQuery { model: "Word", .. })), "{broken:?}");
    }

    fn is_in_takes_no_one_and_very_many_values(db) {
        let ids: Vec<i64> = Word::objects().bulk_create(db, WORDS.map(|text| Word::draft().text(text)))?.iter().map(|word| word.id).collect();
        assert_eq!(found(db, Word::id.is_in(Vec::<i64>::new()))?.len(), 0);
        assert_eq!(found(db, !Word::id.is_in(Vec::<i64>::new()))?.len(), 14);
        assert_eq!(found(db, Word::id.is_in([ids[1]]))?, ["Apple"]);
        assert_eq!(found(db, Word::text.is_in(["apple", "école", "none"]))?, ["apple", "école"]);
        let many: Vec<i64> = (0..100_000).collect();
        assert_eq!(found(db, Word::id.is_in(&many))?.len(), 14);
        assert_eq!(found(db, !Word::id.is_in(many))?.len(), 0);
        assert_eq!(found(db, Word::text.is_in(Word::objects().filter(Word::text.startswith("5")).values_list(Word::text)))?, ["50% off", "50x off"]);
        assert_eq!(found(db, Word::id.is_in(Word::objects().order_by(Word::id.desc()).limit(2).values_list(Word::id)))?, ["", "line\nend"]);
    }

    fn the_nulls_of_a_list_neither_match_nor_spoil(db) {
        words(db)?;
        Word::draft().text("other").other("apple").save(db)?;
        assert_eq!(found(db, Word::other.is_in([Some("apple"), None]))?, ["other"]);
        let others = Word::objects().values_list(Word::other);
        assert_eq!(found(db, Word::text.is_in(&others))?, ["apple"]);
        assert_eq!(found(db, !Word::text.is_in(&others))?.len(), 14);
        assert_eq!(found(db, !Word::other.is_in(others))?.len(), 14);
    }

    fn date_parts_at_the_boundaries_of_years(db) {
        events(db)?;
        assert_eq!(named(db, Event::at.year().eq(2020))?, ["new year's eve", "leap day"]);
        assert_eq!(named(db, Event::day.year().gt(2020))?, ["new year", "first monday"]);
        assert_eq!(named(db, Event::at.iso_year().eq(2020))?, ["new year's eve", "new year", "leap day", "week one"]);
        assert_eq!(named(db, Event::day.iso_year().eq(2019))?, ["sunday"]);
        assert_eq!(named(db, Event::day.week().eq(53))?, ["new year's eve", "new year"]);
        assert_eq!(named(db, Event::at.week().eq(1))?, ["first monday", "week one"]);
        assert_eq!(named(db, Event::day.quarter().eq(4))?, ["new year's eve", "sunday", "week one"]);
        assert_eq!(named(db, Event::at.month().eq(2))?, ["leap day"]);
        assert_eq!(named(db, Event::local.day().eq(29))?, ["leap day", "sunday"]);
        assert_eq!(named(db, Event::day.week_day().eq(1))?, ["sunday"]);
        assert_eq!(named(db, Event::day.iso_week_day().eq(7))?, ["sunday"]);
        assert_eq!(named(db, Event::at.week_day().eq(2))?, ["first monday", "week one"]);
        assert_eq!(named(db, Event::at.iso_week_day().eq(1))?, ["first monday", "week one"]);
    }

    fn time_parts_and_whole_parts(db) {
        events(db)?;
        assert_eq!(named(db, Event::at.hour().eq(23))?, ["new year's eve"]);
        assert_eq!(named(db, Event::clock.minute().eq(30))?, ["first monday"]);
        assert_eq!(named(db, Event::local.second().eq(59))?, ["new year's eve"]);
        assert_eq!(named(db, Event::clock.second().eq(45))?, ["first monday"]);
        assert_eq!(named(db, Event::at.date().eq(day(2021, 1, 1)))?, ["new year"]);
        assert_eq!(named(db, Event::local.date().is_in([day(2020, 2, 29), day(2021, 1, 4)]))?, ["first monday", "leap day"]);
        let noon = NaiveTime::from_hms_opt(12, 0, 0).expect("noon");
        assert_eq!(named(db, Event::at.time().gt(noon))?, ["new year's eve", "first monday"]);
        let parts: Vec<(Option<i32>, Option<NaiveDate>, Option<NaiveTime>)> =
            Event::objects().order_by(Event::id).values_list((Event::at.year(), Event::at.date(), Event::at.time())).all(db)?;
        let micro = NaiveTime::from_hms_micro_opt(12, 30, 45, 1).expect("a time");
        assert_eq!(parts[2], (Some(2021), Some(day(2021, 1, 4)), Some(micro)));
        assert_eq!(parts[6], (None, None, None));
        assert_eq!(named(db, !Event::at.year().eq(2020))?.len(), 5);
    }

    fn microseconds_are_kept_and_compared(db) {
        events(db)?;
        let last = moment("2020-12-31T23:59:59.999999Z");
        assert_eq!(named(db, Event::at.eq(last))?, ["new year's eve"]);
        assert_eq!(named(db, Event::at.gt(last))?, ["new year", "first monday"]);
        assert_eq!(Event::objects().get(db, Event::name.eq("new year's eve"))?.at, Some(last));
        let nanos = moment("2020-12-31T23:59:59.999999999Z");
        assert_eq!(named(db, Event::at.eq(nanos))?, ["new year's eve"]);
        assert_eq!(named(db, Event::at.range(moment("2019-12-30T00:00:00Z")..=moment("2020-03-01T00:00:00Z")))?, ["leap day", "week one"]);
    }

    fn decimals_compare_as_decimals(db) {
        for exact in [dec!(0.1), dec!(0.2), dec!(0.3), dec!(10), dec!(9.999), dec!(-1.5)] {
            Number::draft().small(0).medium(0).large(0).float(0.0).exact(exact).save(db)?;
        }
        let exacts = |c: Condition<Number>| Number::objects().filter(c).order_by(Number::exact).values_list(Number::exact).all(db);
        assert_eq!(exacts((Number::exact + dec!(0.2)).eq(dec!(0.3)))?, [dec!(0.1)]);
        assert_eq!(exacts(Number::exact.gt(9))?, [dec!(9.999), dec!(10)]);
        assert_eq!(exacts(Number::exact.is_in([dec!(0.30), dec!(10.000)]))?, [dec!(0.3), dec!(10)]);
        assert_eq!(exacts(Number::exact.lt(Number::medium))?, [dec!(-1.5)]);
        assert_eq!(exacts((Number::exact * 3).eq(dec!(0.9)))?, [dec!(0.3)]);
    }
}
