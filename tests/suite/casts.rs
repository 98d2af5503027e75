//! Casts, `greatest`, `least` and `null_if`: one meaning on both databases.

use orm::prelude::*;
use orm_core::reading;
use orm_core::types::date_text;

use crate::models::{Email, Event, Everything, Mood, Number, Paper, Settings, Size, Token, Word};
use crate::support::{day, moment, suite};

/// What somebody might take for a value.
const TEXTS: &[&str] = &[
    "",
    " ",
    "0",
    "-0",
    "+7",
    "007",
    "42",
    "-32768",
    "32768",
    "-32769",
    "2147483647",
    "2147483648",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "00000000000000000000000000000042",
    "1_000",
    "1,000",
    " 1",
    "1 ",
    "1\n",
    "0x1F",
    "1.",
    ".5",
    "-.5",
    ".",
    "1.5",
    "1e3",
    "1E+3",
    "1e-3",
    "1e",
    "e1",
    "1e1000",
    "1e400",
    "1e308",
    "1e-400",
    "1e-307",
    "3.5e38",
    "1e39",
    "0e0",
    "0.000",
    "NaN",
    "Infinity",
    "inf",
    "-",
    "+",
    "true",
    "false",
    "TRUE",
    "t",
    "1.10",
    "79228162514264337593543950335",
    "79228162514264337593543950336",
    "0.1234567890123456789012345678",
    "2020-02-29",
    "2021-02-29",
    "2020-02-30",
    "2020-13-01",
    "2020-00-10",
    "0000-01-01",
    "0001-01-01",
    "9999-12-31",
    "2020-2-9",
    "2020-04-31",
    "1900-02-29",
    "2000-02-29",
    "20200229",
    "12:30",
    "12:30:01",
    "12:30:01.5",
    "12:30:01.123456",
    "12:30:01.1234567",
    "12:30:01.",
    "24:00",
    "23:59:59.999999",
    "1:30",
    "2020-02-29 12:30",
    "2020-02-29T12:30:01Z",
    "2020-02-29 12:30:01.5+00:00",
    "2020-02-29 12:30:01+02:00",
    "2021-02-29 12:30",
    "2020-02-29T",
    "67e55044-10b1-426f-9247-bb680e5fe0c8",
    "67E5504410B1426F9247BB680E5FE0C8",
    "67e5504-410b1-426f-9247-bb680e5fe0c8",
    "{67e55044-10b1-426f-9247-bb680e5fe0c8}",
    "67e55044-10b1-426f-9247-bb680e5fe0cg",
    "١٢",
    "é",
];

fn everything() -> orm::draft::Draft<Everything> {
    let settings = Settings {
        theme: "dark".into(),
        sizes: vec![1, 2],
    };
    let at = day(2020, 2, 29)
        .and_hms_micro_opt(23, 59, 59, 500_000)
        .expect("a time");
    Everything::draft()
        .a_bool(true)
        .an_i16(-7)
        .an_i32(70_000)
        .an_i64(1 << 40)
        .an_f32(0.1)
        .an_f64(-2.75)
        .a_text("text")
        .some_bytes(vec![1])
        .a_decimal(dec!(12.50))
        .a_uuid(
            "67e55044-10b1-426f-9247-bb680e5fe0c8"
                .parse::<Uuid>()
                .expect("a UUID"),
        )
        .a_date(at.date())
        .a_time(at.time())
        .a_date_time(at)
        .a_moment(at.and_utc())
        .a_duration(Duration::seconds(90))
        .some_json(json!({"b": 1, "a": [1]}))
        .some_settings(Json(settings))
        .a_mood(Mood::VerySad)
        .a_size(Size::Large)
        .an_email(Email("a@b.c".into()))
        .build()
}

suite! {
    fn texts_are_read_or_null(db) {
        for text in TEXTS {
            Word::draft().text(*text).save(db)?;
        }
        let words = Word::objects().order_by(Word::id);
        let numbers = (Word::text.cast::<i16>(), Word::text.cast::<i32>(), Word::text.cast::<i64>(), Word::text.cast::<f64>(),
            Word::text.cast::<f32>(), Word::text.cast::<Decimal>(), Word::text.cast::<bool>());
        let rows = words.clone().values_list(numbers).all(db)?;
        for (text, (small, medium, large, double, single, decimal, truth)) in TEXTS.iter().zip(rows) {
            assert_eq!(small.map(i64::from), reading::integer(text, 16), "{text:?}");
            assert_eq!(medium.map(i64::from), reading::integer(text, 32), "{text:?}");
            assert_eq!(large, reading::integer(text, 64), "{text:?}");
            assert_eq!(double, reading::double(text), "{text:?}");
            assert_eq!(single.map(f64::from), reading::single(text), "{text:?}");
            assert_eq!(decimal, reading::decimal(text), "{text:?}");
            assert_eq!(truth, text.parse().ok(), "{text:?}");
        }
        let others = (Word::text.cast::<NaiveDate>(), Word::text.cast::<NaiveTime>(), Word::text.cast::<NaiveDateTime>(),
            Word::text.cast::<DateTime<Utc>>(), Word::text.cast::<Uuid>());
        let rows = words.values_list(others).all(db)?;
        for (text, (date, time, local, moment, uuid)) in TEXTS.iter().zip(rows) {
            let expected = reading::date_time(text).and_then(|text| date_text::date_time(&text));
            assert_eq!(date, reading::date(text), "{text:?}");
            assert_eq!(time.map(date_text::from_time), reading::time(text), "{text:?}");
            assert_eq!(local, expected, "{text:?}");
            assert_eq!(moment, expected.map(|at| at.and_utc()), "{text:?}");
            assert_eq!(uuid.map(|uuid| uuid.simple().to_string()), reading::uuid(text), "{text:?}");
        }
        // What is read is compared by what it means.
        assert_eq!(Word::objects().filter(Word::text.cast::<i32>().eq(42)).count(db)?, 2);
        assert_eq!(Word::objects().filter(Word::text.cast::<Decimal>().eq(dec!(1.1))).count(db)?, 1);
        assert_eq!(Word::objects().filter(!Word::text.cast::<NaiveDate>().gt(day(2020, 1, 1))).count(db)?, TEXTS.len() as u64 - 2);
    }

    fn values_as_texts(db) {
        everything().save(db)?;
        let numbers = (
            Everything::a_bool.cast::<String>(), Everything::an_i16.cast::<String>(), Everything::an_i64.cast::<String>(),
            Everything::an_f32.cast::<String>(), Everything::an_f64.cast::<String>(), Everything::a_decimal.cast::<String>(),
            Everything::a_uuid.cast::<String>(), Everything::maybe_i32.cast::<String>(),
        );
        let (a, b, c, d, e, f, g, h) = Everything::objects().values_list(numbers).one(db)?;
        assert_eq!([a, b, c, d, e, f, g].join(" "), "true -7 1099511627776 0.1 -2.75 12.5 67e55044-10b1-426f-9247-bb680e5fe0c8");
        assert_eq!(h, None);
        let others = (
            Everything::a_date.cast::<String>(), Everything::a_time.cast::<String>(), Everything::a_date_time.cast::<String>(),
            Everything::a_moment.cast::<String>(), Everything::a_mood.cast::<String>(), Everything::an_email.cast::<String>(),
        );
        let (a, b, c, d, e, f) = Everything::objects().values_list(others).one(db)?;
        assert_eq!((a.as_str(), b.as_str()), ("2020-02-29", "23:59:59.500000"));
        assert_eq!((c.as_str(), d.as_str()), ("2020-02-29 23:59:59.500000", "2020-02-29 23:59:59.500000"));
        assert_eq!((e.as_str(), f.as_str()), ("very_sad", "a@b.c"));
        for float in [0.1, 1e15, 1e14, 123_456.789, 1e-5, 1e-4, 1e300, -5e-324, 0.0, 100.0] {
            Number::draft().small(0).medium(0).large(0).float(float).exact(0).save(db)?;
        }
        let texts: Vec<String> = Number::objects().order_by(Number::id).values_list(Number::float.cast::<String>()).all(db)?;
        assert_eq!(texts, ["0.1", "1e+15", "100000000000000", "123456.789", "1e-05", "0.0001", "1e+300", "-5e-324", "0", "100"]);
    }

    fn numbers_as_numbers(db) {
        let number = |float: f64, exact: Decimal| Number::draft().small(3).medium(70_000).large(1 << 40).float(float).exact(exact);
        number(-2.75, dec!(2.999)).maybe(0).save(db)?;
        number(2.75, dec!(-2.999)).save(db)?;
        let cut = (Number::float.cast::<i16>(), Number::float.cast::<i64>(), Number::exact.cast::<i32>(), Number::exact.cast::<f64>());
        let rows = Number::objects().order_by(Number::id).values_list(cut).all(db)?;
        assert_eq!(rows, [(-2, -2, 2, 2.999), (2, 2, -2, -2.999)]);
        let wide = (Number::small.cast::<i64>(), Number::large.cast::<f64>(), Number::medium.cast::<Decimal>(), Number::float.cast::<Decimal>(),
            Number::maybe.cast::<bool>(), Number::float.cast::<f32>());
        let row = Number::objects().order_by(Number::id).limit(1).values_list(wide).one(db)?;
        assert_eq!(row, (3, 1_099_511_627_776.0, dec!(70000), dec!(-2.75), Some(false), -2.75));
        let truths = (Everything::a_bool.cast::<i16>(), Everything::a_bool.cast::<i64>(), Everything::an_i16.cast::<bool>(), Everything::an_f32.cast::<Decimal>());
        everything().save(db)?;
        assert_eq!(Everything::objects().values_list(truths).one(db)?, (1, 1, true, dec!(0.1)));
        // What does not fit is an error.
        let too_large = |rows: Result<Vec<i16>>| assert!(matches!(rows, Err(Error::OutOfRange { .. })), "{rows:?}");
        too_large(Number::objects().values_list(Number::medium.cast::<i16>()).all(db));
        too_large(Number::objects().values_list((Number::float * 1e10).cast::<i16>()).all(db));
        let rows = Number::objects().values_list((Number::float * 1e300).cast::<i64>()).all(db);
        assert!(matches!(rows, Err(Error::OutOfRange { .. })), "{rows:?}");
        let rows = Number::objects().values_list((Number::large * 10_000_000).cast::<i32>()).all(db);
        assert!(matches!(rows, Err(Error::OutOfRange { .. })), "{rows:?}");
        assert_eq!(Number::objects().filter((Number::float.cast::<i32>() + 1).eq(3)).count(db)?, 1);
    }

    fn dates_as_dates(db) {
        let at = moment("2020-02-29T23:30:00Z");
        Event::draft().name("a").at(at).day(day(2020, 2, 28)).clock(at.time()).local(at.naive_utc()).save(db)?;
        let casts = (Event::day.cast::<NaiveDateTime>(), Event::day.cast::<DateTime<Utc>>(), Event::local.cast::<DateTime<Utc>>(),
            Event::at.cast::<NaiveDateTime>(), Event::at.cast::<NaiveDate>(), Event::local.cast::<NaiveTime>());
        let (midnight, moment_of_day, as_utc, as_local, date, time) = Event::objects().values_list(casts).one(db)?;
        assert_eq!(midnight, day(2020, 2, 28).and_time(NaiveTime::MIN));
        assert_eq!(moment_of_day, midnight.and_utc());
        assert_eq!((as_utc, as_local), (at, Some(at.naive_utc())));
        assert_eq!((date, time), (Some(day(2020, 2, 29)), at.time()));
        assert_eq!(Event::objects().filter(Event::at.gt(Event::day.cast::<DateTime<Utc>>())).count(db)?, 1);
    }

    fn the_largest_and_the_smallest(db) {
        let number = |maybe: Option<i32>, other: Option<i32>, exact: Decimal| {
            Number::draft().small(5).medium(7).large(6).float(6.5).exact(exact).maybe(maybe).other(other)
        };
        number(Some(1), None, dec!(9.5)).save(db)?;
        number(None, None, dec!(10)).save(db)?;
        let numbers = || Number::objects().order_by(Number::id);
        let both: (Expr<Number, Option<i32>>, Expr<Number, Option<i32>>) =
            (greatest((Number::maybe, Number::other)), least((Number::maybe, Number::other)));
        assert_eq!(numbers().values_list(both).all(db)?, [(Some(1), Some(1)), (None, None)]);
        let never = (greatest((Number::maybe, Number::other, 3)), least((Number::maybe, Number::small)));
        assert_eq!(numbers().values_list(never).all(db)?, [(3, 1), (3, 5)]);
        let wide = (greatest((Number::large, Number::medium, Number::small)), least((Number::float, Number::medium)), least((Number::exact, Number::large, 100)));
        assert_eq!(numbers().values_list(wide).all(db)?, [(7, 6.5, dec!(6)); 2]);
        // Decimals are compared by value: as texts "9.5" would be greater than "10".
        let dearest = greatest((Number::exact, dec!(9.75)));
        assert_eq!(numbers().values_list(&dearest).all(db)?, [dec!(9.75), dec!(10)]);
        assert_eq!(numbers().filter(dearest.gt(9)).order_by(dearest.desc()).values_list(Number::id).all(db)?.len(), 2);
        Word::draft().text("b").other("é").save(db)?;
        let texts: (String, String) = Word::objects().values_list((greatest((Word::text, Word::other, "a")), least((Word::text, "B")))).one(db)?;
        assert_eq!(texts, ("é".into(), "B".into()));
        let at = moment("2020-02-29T23:30:00Z");
        Event::draft().name("a").day(day(2020, 2, 28)).clock(at.time()).local(at.naive_utc()).save(db)?;
        let times = (greatest((Event::at, at)), least((Event::day, day(2020, 1, 1))), greatest((Event::local, at.naive_utc() + Duration::microseconds(1))));
        assert_eq!(Event::objects().values_list(times).one(db)?, (at, day(2020, 1, 1), at.naive_utc() + Duration::microseconds(1)));
        for body in [json!(9), json!([1]), json!("a")] {
            Paper::draft().body(body).save(db)?;
        }
        let documents = Paper::objects().order_by(Paper::id).values_list(greatest((Paper::body, json!(10)))).all(db)?;
        assert_eq!(documents, [json!(10), json!([1]), json!(10)]);
    }

    fn null_where_two_are_equal(db) {
        Number::draft().small(5).medium(0).large(6).float(6.5).exact(dec!(9.50)).maybe(3).save(db)?;
        let nulls = (Number::small.null_if(5), Number::medium.null_if(5), Number::exact.null_if(dec!(9.5)), Number::float.null_if(6.5),
            Number::maybe.null_if(3), Number::other.null_if(1), Number::large.null_if(Number::small));
        assert_eq!(Number::objects().values_list(nulls).one(db)?, (None, Some(0), None, None, None, None, Some(6)));
        Word::draft().text("a").save(db)?;
        assert_eq!(Word::objects().values_list((Word::text.null_if("a"), Word::text.null_if("A"))).one(db)?, (None, Some("a".into())));
        Paper::draft().body(json!({"a": 1, "b": 2})).save(db)?;
        assert_eq!(Paper::objects().values_list(Paper::body.null_if(json!({"b": 2.0, "a": 1}))).one(db)?, None);
        let key = Token::draft().save(db)?.key;
        assert_eq!(Token::objects().values_list(Token::key.null_if(key)).one(db)?, None);
    }
}
