//! Arrays: `array_agg` of every type, of groups, of related rows, and over windows.

use orm::prelude::*;

use crate::models::*;
use crate::support::{day, dialect, moment, suite};

fn row(text: &str, n: i32) -> orm::draft::Draft<Everything> {
    let settings = Settings {
        theme: text.to_owned(),
        sizes: vec![1],
    };
    let clock = NaiveTime::from_hms_micro_opt(1, 2, 3, 4).expect("a time");
    Everything::draft()
        .a_bool(n % 2 == 0)
        .an_i16(i16::MAX)
        .an_i32(n)
        .an_i64(i64::MIN + i64::from(n))
        .an_f32(0.1)
        .an_f64(0.1 + f64::from(n) * 1e-17)
        .a_text(text)
        .some_bytes(text.as_bytes().to_vec())
        .a_decimal(Decimal::new(i64::from(n), 3) + dec!(12345678901234567.1))
        .a_uuid(Uuid::from_u128(7))
        .a_date(day(2024, 2, 29))
        .a_time(clock)
        .a_date_time(day(1999, 12, 31).and_time(clock))
        .a_moment(moment("2024-02-29T12:00:00.000001Z"))
        .a_duration(Duration::microseconds(-90_000_000_001))
        .some_json(json!({"text": text, "list": [null, n, 1.5]}))
        .some_settings(Json(settings))
        .a_mood(if n == 1 { Mood::Happy } else { Mood::VerySad })
        .a_size(Size::Large)
        .an_email(Email(text.to_owned()))
        .build()
}

fn strings<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.map(str::to_owned).to_vec()
}

suite! {
    fn every_type_comes_back(db) {
        let rows = Everything::objects().bulk_create(db, [row("a,\"]\\", 1), row("é\n😀", 2), row("null", 3)])?;
        let all = Everything::objects();
        macro_rules! same {
            ($($field:ident)+) => { $(
                let list = all.aggregate(db, Everything::$field.array_agg().order_by(Everything::an_i32))?;
                assert_eq!(list, Some(rows.iter().map(|row| row.$field.clone()).collect()));
                let one = all.clone().filter(Everything::an_i32.eq(2));
                let lists = one.values_list(Everything::id).annotate(Everything::$field.array_agg()).all(db)?;
                assert_eq!(lists[0].1, Some(vec![rows[1].$field.clone()]));
            )+ };
        }
        same! { a_bool an_i16 an_i32 an_i64 an_f32 an_f64 a_text some_bytes a_decimal a_uuid a_date a_time a_date_time a_moment
            a_duration some_json some_settings a_mood a_size an_email maybe_text maybe_decimal maybe_mood maybe_json }
    }

    fn nulls_order_filters_and_different_ones(db) {
        library(db)?;
        let titles = Book::title.array_agg();
        let by_price = titles.clone().order_by(Book::price.desc());
        let subtitles = Book::subtitle.array_agg().order_by(Book::id);
        let published = titles.clone().filter(Book::is_published & Book::price.gt(10)).order_by(Book::id);
        let row = Book::objects().aggregate(db, (by_price, subtitles, published))?;
        assert_eq!(row.0.unwrap_or_default(), ["Joins", "Dragons", "100% SQL", "dragonflies", "Élan"]);
        assert_eq!(row.1.unwrap_or_default(), [None, Some("A guide".to_owned()), Some("A novel".to_owned()), None, None]);
        assert_eq!(row.2.unwrap_or_default(), ["Joins", "Dragons"]);
        let names = Book::author.name.array_agg().distinct();
        let editors = Book::editor.name.array_agg().distinct().order_by(Book::editor.name.desc());
        let (names, editors) = Book::objects().aggregate(db, (names, editors))?;
        assert_eq!(names.unwrap_or_default(), ["Ann", "Bob"]);
        assert_eq!(editors.unwrap_or_default(), [None, Some("Bob".to_owned()), Some("Ann".to_owned())]);
        let prices = Book::objects().aggregate(db, (Book::price * 2).array_agg().distinct())?;
        assert_eq!(prices, Some(vec![dec!(10.5), dec!(17), dec!(19.98), dec!(28), dec!(79.8)]));
        let conditions = Book::objects().aggregate(db, Book::price.gt(10).array_agg().order_by(Book::id))?;
        assert_eq!(conditions, Some(vec![true, false, true, false, false]));
    }

    fn of_no_rows_there_is_none(db) {
        library(db)?;
        let nothing = Book::objects().filter(Book::price.gt(1000));
        assert_eq!(nothing.aggregate(db, Book::title.array_agg())?, None);
        assert_eq!(nothing.aggregate(db, Book::title.array_agg().unwrap_or(vec![]))?, strings([]));
        assert_eq!(nothing.aggregate(db, Book::price.array_agg().unwrap_or(vec![dec!(1.50)]))?, [dec!(1.50)]);
        let stars = nothing.aggregate(db, Book::sales_count.array_agg().unwrap_or(vec![1, 2]))?;
        assert_eq!(stars, [1, 2]);
        let words: Vec<Option<String>> = vec![None, Some("a\"".into())];
        let both = Book::objects().limit(1).values_list((value(words.clone()), value(vec![vec![0_u8, 255]]))).one(db)?;
        assert_eq!(both, (words, vec![vec![0, 255]]));
        let moods = Book::objects().limit(1).values_list(value(vec![1.5, f64::INFINITY])).one(db)?;
        assert_eq!(moods, [1.5, f64::INFINITY]);
    }

    fn of_groups_and_of_related_rows(db) {
        library(db)?;
        let titles = Book::title.array_agg().order_by(Book::title.desc());
        let groups = Book::objects().values_list(Book::author.name).annotate((&titles, Book::id.count())).order_by(Book::author.name);
        let groups = groups.all(db)?;
        assert_eq!(groups[0], ("Ann".to_owned(), Some(strings(["Joins", "100% SQL"])), 2));
        let dear = Author::books.filter(Book::price.gt(9)).order_by(Book::price);
        let rows = Author::objects().order_by(Author::name).annotate((
            dear.clone().array_agg(Book::title),
            dear.clone().reverse().array_agg(Book::price).unwrap_or(vec![]),
            dear.string_agg(Book::title, "+"),
            Author::books.order_by((Book::is_published, Book::title)).json_agg(Book::title),
        )).all(db)?;
        let ann = &rows[0];
        assert_eq!((ann.1.clone(), ann.2.clone()), (Some(strings(["100% SQL", "Joins"])), vec![dec!(39.90), dec!(9.99)]));
        assert_eq!((ann.3.as_deref(), ann.4.clone()), (Some("100% SQL+Joins"), Some(json!(["100% SQL", "Joins"]))));
        assert_eq!(rows[1].4, Some(json!(["dragonflies", "Dragons", "Élan"])));
        assert_eq!((rows[2].1.clone(), rows[2].2.clone(), rows[2].3.clone()), (None, vec![], None));
        // Of one row alone, which is looked up.
        let books = Author::books.order_by(Book::title).array_agg(Book::title);
        let of_ann = Author::objects().filter(Author::name.eq("Ann")).annotate(books).limit(1).one(db)?;
        assert_eq!(of_ann.1, Some(strings(["100% SQL", "Joins"])));
        let stars = Author::books.reviews.order_by(Review::id).array_agg(Review::stars);
        let rows = Author::objects().order_by(Author::name).values_list(stars).all(db)?;
        assert_eq!(rows, [Some(vec![Some(5), Some(2)]), Some(vec![None]), None]);
    }

    fn in_other_rows(db) {
        library(db)?;
        let titles = Author::books.order_by(Book::price).array_agg(Book::title);
        let prices = Author::books.order_by(Book::price).array_agg(Book::price);
        let rows = Author::objects().order_by(Author::name).limit(1);
        let json = rows.clone().values_json((Author::name, titles.named("titles"), prices.named("prices"))).one(db)?;
        assert_eq!(json["titles"], json!(["100% SQL", "Joins"]));
        assert_eq!(json["prices"], json!(["9.99", "39.90"]));
        let prices = Book::price.array_agg().order_by(Book::price);
        let prices = Book::objects().filter(Book::price.gt(9)).aggregate(db, prices)?.unwrap_or_default();
        assert_eq!(prices.iter().map(Decimal::to_string).collect::<Vec<_>>(), ["9.99", "14.00", "39.90"]);

        #[derive(Projection)]
        #[projection(Author)]
        struct Card {
            name: String,
            #[projection(Author::books.order_by(Book::price).array_agg(Book::title))]
            titles: Option<Vec<String>>,
        }
        let card = rows.values::<Card>().one(db)?;
        assert_eq!((card.name.as_str(), card.titles), ("Ann", Some(strings(["100% SQL", "Joins"]))));
        let grouped = || Book::objects().values_list(Book::author.name).annotate(Book::title.array_agg().order_by(Book::title));
        let both = grouped().union_all(grouped()).order_by(Book::author.name).all(db)?;
        assert_eq!((both.len(), both[1].1.clone()), (4, Some(strings(["100% SQL", "Joins"]))));
        let by_titles = grouped().order_by(Book::title.array_agg()).all(db);
        match dialect(db) {
            Dialect::Postgres => assert_eq!(by_titles?.len(), 2),
            _ => assert!(matches!(by_titles, Err(Error::Unsupported { .. })), "{by_titles:?}"),
        }
    }

    fn in_queries_inside_of_others(db) {
        library(db)?;
        let titles = Author::books.order_by((Book::editor.name.desc().nulls_last(), Book::title)).array_agg(Book::title);
        let rows = Author::objects().order_by(Author::name).annotate(&titles).filter(titles.is_not_null()).all(db)?;
        assert_eq!(rows.iter().map(|row| row.1.clone().unwrap_or_default()).collect::<Vec<_>>(), [
            strings(["Joins", "100% SQL"]),
            strings(["Élan", "Dragons", "dragonflies"]),
        ]);
        let by_path = Author::objects().values_list(Author::name).annotate(Author::books.title.array_agg().order_by(Author::books.title));
        let by_path = by_path.order_by(Author::name).all(db)?;
        assert_eq!(by_path[2], ("Cid".to_owned(), Some(vec![None])));
        assert_eq!(by_path[0].1, Some(vec![Some("100% SQL".to_owned()), Some("Joins".to_owned())]));
        let of_each = subquery(|author: Outer<Author, _>| {
            Book::objects().filter(Book::author.eq(author.id)).values_list(Book::price.array_agg().order_by(Book::price))
        });
        let rows = Author::objects().order_by(Author::name).values_list(of_each).all(db)?;
        assert_eq!(rows, [Some(vec![dec!(9.99), dec!(39.90)]), Some(vec![dec!(5.25), dec!(8.50), dec!(14)]), None]);
        let lists = cte(Book::objects().values_list(Book::author).annotate(Book::title.array_agg().order_by(Book::id))).optional();
        let (_, list) = lists.columns::<Author>();
        let authors = Author::objects().join(&lists, |(author, _)| Author::id.eq(author)).order_by(Author::name);
        let rows = authors.values_list((Author::name, list.unwrap_or(vec![]))).all(db)?;
        assert_eq!(rows[0].1, ["Joins", "100% SQL"]);
        assert_eq!(rows[2], ("Cid".to_owned(), vec![]));
        // The list of those before, carried along.
        let first = Book::objects().values_list((Book::author.id, Book::title.array_agg().order_by(Book::title), value(0_i64)));
        let steps = recursive(first, |(author, list, n)| {
            Author::objects().filter(Author::id.eq(author) & n.lt(2)).values_list((Author::id, list, n + 1))
        });
        let (author, list, n) = steps.columns::<Author>();
        let rows = Author::objects().join(&steps, |_| Author::id.eq(author)).order_by((Author::name, &n)).values_list((n, list)).all(db)?;
        assert_eq!((rows.len(), rows[2].clone()), (6, (2, Some(strings(["100% SQL", "Joins"])))));
        let limited = Author::objects().annotate(Author::books.order_by(Book::price).limit(1).array_agg(Book::title)).all(db);
        assert!(matches!(limited, Err(Error::InvalidQuery { .. })), "{limited:?}");
        let streamed: Vec<_> = Author::objects().annotate(titles).iterator(db)?.collect::<Result<_>>()?;
        assert_eq!(streamed.len(), 3);
    }

    fn in_raw_queries(db) {
        let words = strings(["a", "b\"]", ""]);
        let sql = match dialect(db) {
            Dialect::Postgres => "SELECT ARRAY[1, 2], ?, ARRAY['x', NULL], ARRAY[]::text[]",
            _ => "SELECT json_array(1, 2), ?, json_array('x', NULL), json_array()",
        };
        type Row = (Vec<i32>, Vec<String>, Vec<Option<String>>, Vec<String>);
        let rows: Vec<Row> = db.query(sql, (words.clone(),))?;
        assert_eq!(rows, [(vec![1, 2], words, vec![Some("x".to_owned()), None], vec![])]);
        let wrong: Result<Vec<(Vec<i32>,)>> = db.query("SELECT 'x'", ());
        assert!(matches!(wrong, Err(Error::Decode { .. })), "{wrong:?}");
        let nulls = match dialect(db) {
            Dialect::Postgres => "SELECT ARRAY[1, NULL]",
            _ => "SELECT json_array(1, NULL)",
        };
        let nulls: Result<Vec<(Vec<i32>,)>> = db.query(nulls, ());
        assert!(matches!(nulls, Err(Error::Decode { .. })), "{nulls:?}");
    }

    fn over_windows(db) {
        library(db)?;
        let around = order_by(Book::title).rows(-1..=0);
        let titles = Book::title.array_agg().over(&around);
        let rows = Book::objects().order_by(Book::title).values_list((
            &titles,
            Book::title.json_agg().over(&around),
            Book::title.string_agg(",").over(&around),
            Book::title.array_agg().over(order_by(Book::title).rows(-2..=-1)),
        )).all(db)?;
        assert_eq!(rows[0].0, Some(strings(["100% SQL"])));
        assert_eq!(rows[2].0, Some(strings(["Dragons", "Joins"])));
        assert_eq!((rows[2].1.clone(), rows[2].2.as_deref()), (Some(json!(["Dragons", "Joins"])), Some("Dragons,Joins")));
        assert_eq!((rows[0].3.clone(), rows[1].3.clone()), (None, Some(strings(["100% SQL"]))));
        assert_eq!(rows[4].3, Some(strings(["Joins", "dragonflies"])));
        // Of a window that moves, and of one that grows: as of those rows alone.
        let sold = Book::sales_count;
        let moving = order_by(Book::id).rows(-1..=1);
        let rows = Book::objects().order_by(Book::id).values_list((
            sold.variance().over(&moving),
            sold.std_dev_sample().over(order_by(Book::id).rows(..=0)),
            sold.std_dev().over(()),
        )).all(db)?;
        let near = |a: Option<f64>, b: f64| a.is_some_and(|a| (a - b).abs() < 1e-9);
        // Of 5, 7 and 40.
        assert!(near(rows[1].0, 2318.0 / 9.0), "{rows:?}");
        assert!(rows[0].1.is_none() && near(rows[1].1, 2.0_f64.sqrt()), "{rows:?}");
        assert!(rows.iter().all(|row| row.2 == rows[0].2));
    }
}
