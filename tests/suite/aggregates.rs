//! Aggregates, annotations and groups.

use orm::prelude::*;

use crate::models::*;
use crate::support::{day, dialect, suite};

/// Three authors: two with books, whose reviews and prices differ, one without.
fn library(db: &Database) -> Result<()> {
    let author = |name: &str, year| {
        Author::draft()
            .name(name)
            .joined_date(day(year, 1, 1))
            .save(db)
    };
    let (ann, bob) = (author("Ann", 2000)?, author("Bob", 2010)?);
    author("Cid", 2000)?;
    let book = |author: &Author, title: &str, price, sales, published| {
        let draft = Book::draft().title(title).author(author).price(price);
        draft
            .sales_count(sales)
            .stock_level(2)
            .is_published(published)
            .save(db)
    };
    let alpha = book(&ann, "Alpha", dec!(10.10), 5, true)?;
    let beta = book(&ann, "Beta", dec!(20.20), 7, false)?;
    let gamma = book(&bob, "Gamma", dec!(0.30), i32::MAX, true)?;
    for (book, stars) in [
        (&alpha, Some(5)),
        (&alpha, Some(2)),
        (&alpha, None),
        (&beta, Some(4)),
        (&gamma, None),
    ] {
        Review::draft().book(book).stars(stars).text("x").save(db)?;
    }
    Ok(())
}

suite! {
    fn all_rows_together(db) {
        library(db)?;
        let (n, sold, least, most, mean) = Book::objects().aggregate(
            db,
            (Book::id.count(), Book::sales_count.sum(), Book::price.min(), Book::title.max(), Book::price.avg()),
        )?;
        assert_eq!(n, 3);
        // More than an i32 holds.
        assert_eq!(sold, Some(i64::from(i32::MAX) + 12));
        assert_eq!((least, most.as_deref()), (Some(dec!(0.30)), Some("Gamma")));
        assert_eq!(mean, Some(dec!(10.2)));
        let none = Book::objects().filter(Book::price.gt(1000));
        let (n, sold, stars) = none.aggregate(db, (Book::id.count(), Book::sales_count.sum(), Book::sales_count.sum().unwrap_or(0)))?;
        assert_eq!((n, sold, stars), (0, None, 0));
        assert_eq!(Book::objects().none().aggregate(db, Book::id.count())?, 0);
    }

    fn every_aggregate(db) {
        library(db)?;
        let stars = Review::objects().aggregate(db, (
            Review::stars.count(),
            Review::stars.count_distinct(),
            Review::stars.avg(),
            Review::stars.std_dev(),
            Review::stars.variance(),
            Review::stars.variance_sample(),
            Review::stars.std_dev_sample(),
            Review::id.count(),
        ))?;
        let (n, different, mean, deviation, variance, sample, sample_deviation, all) = stars;
        assert_eq!((n, different, all), (3, 3, 5));
        assert_eq!(mean, Some(11.0 / 3.0));
        let near = |a: Option<f64>, b: f64| a.is_some_and(|a| (a - b).abs() < 1e-12);
        assert!(near(variance, 14.0 / 9.0) && near(deviation, (14.0_f64 / 9.0).sqrt()), "{variance:?}");
        assert!(near(sample, 14.0 / 6.0) && near(sample_deviation, (14.0_f64 / 6.0).sqrt()), "{sample:?}");
        let (all, some, least, most) = Book::objects().aggregate(db, (
            Book::is_published.bool_and(),
            Book::is_published.bool_or(),
            Book::is_published.min(),
            Book::is_published.max(),
        ))?;
        assert_eq!((all, some, least, most), (Some(false), Some(true), Some(false), Some(true)));
        let (titles, authors, back) = Book::objects().aggregate(db, (
            Book::title.string_agg(", ").order_by(Book::price),
            Book::author.name.string_agg("/").distinct(),
            Book::author.name.string_agg("/").distinct().order_by(Book::author.name.desc()),
        ))?;
        assert_eq!(titles.as_deref(), Some("Gamma, Alpha, Beta"));
        assert_eq!((authors.as_deref(), back.as_deref()), (Some("Ann/Bob"), Some("Bob/Ann")));
        let (published, prices, stars) = Book::objects().aggregate(db, (
            Book::is_published.json_agg().order_by(Book::title),
            Book::price.json_agg().order_by(Book::title.desc()),
            Book::sales_count.json_agg().order_by(Book::sales_count).filter(Book::sales_count.lt(100)),
        ))?;
        assert_eq!((published, prices), (Some(json!([true, false, true])), Some(json!(["0.3", "20.2", "10.1"]))));
        assert_eq!(stars, Some(json!([5, 7])));
        // What PostgreSQL lacks is told in the order of an aggregate as everywhere.
        let like_its_author = case().when(Book::title.regex(Book::author.name), 0).otherwise(1);
        let ordered = Book::objects().aggregate(db, Book::title.string_agg(", ").order_by((like_its_author, Book::title)));
        match (dialect(db), ordered) {
            (Dialect::Sqlite, ordered) => assert_eq!(ordered?.as_deref(), Some("Alpha, Beta, Gamma")),
            (_, ordered) => assert!(matches!(ordered, Err(Error::Unsupported { .. })), "{ordered:?}"),
        }
        assert_eq!(Book::objects().none().aggregate(db, Book::title.string_agg(","))?, None);
        assert_eq!(Book::objects().none().aggregate(db, Book::title.json_agg())?, None);
        let twice = Book::objects().aggregate(db, (Book::stock_level.sum(), Book::stock_level.sum().distinct()))?;
        assert_eq!(twice, (Some(6), Some(2)));
    }

    fn filters_of_aggregates(db) {
        library(db)?;
        let (published, dear, both) = Book::objects().aggregate(db, (
            Book::id.count().filter(Book::is_published),
            Book::price.sum().filter(Book::price.gt(5)),
            Book::id.count().filter(Book::is_published).filter(Book::price.gt(5)),
        ))?;
        assert_eq!((published, dear, both), (2, Some(dec!(30.30)), 1));
        // The condition is about the very rows that are counted.
        let stars = Author::objects().aggregate(db, Author::books.price.sum().filter(Author::books.is_published))?;
        assert_eq!(stars, Some(dec!(10.40)));
        let with_condition = Book::objects().aggregate(db, Book::price.gt(5).count_distinct())?;
        assert_eq!(with_condition, 2);
    }

    fn sums_that_leave_their_type_are_errors(db) {
        library(db)?;
        let beyond = Book::objects().aggregate(db, (Book::id * 0 + i64::MAX).sum());
        assert!(matches!(beyond, Err(Error::OutOfRange { .. })), "{beyond:?}");
        // What it passes through may be beyond.
        let back = case().when(Book::title.eq("Beta"), value(-5_i64)).otherwise(value(i64::MAX - 5));
        let sum = Book::objects().filter(Book::title.ne("Gamma")).aggregate(db, back.sum())?;
        assert_eq!(sum, Some(i64::MAX - 10));
    }

    fn whole_rows_are_annotated(db) {
        library(db)?;
        let books = Author::books.count();
        let rows: Vec<(Author, i64, Option<Decimal>)> = Author::objects()
            .annotate(&books)
            .annotate(Author::books.sum(Book::price))
            .order_by((books.desc(), Author::name))
            .all(db)?;
        let rows: Vec<_> = rows.iter().map(|(author, n, sum)| (author.name.as_str(), *n, *sum)).collect();
        assert_eq!(rows, [("Ann", 2, Some(dec!(30.30))), ("Bob", 1, Some(dec!(0.30))), ("Cid", 0, None)]);
        // By the model's own order, and before and after a filter.
        let filtered = Author::objects().filter(books.lt(2)).annotate(&books).all(db)?;
        assert_eq!(filtered.iter().map(|row| row.1).collect::<Vec<_>>(), [1, 0]);
        let filtered = Author::objects().annotate(&books).filter(books.eq(0));
        assert_eq!(filtered.one(db)?.0.name, "Cid");
        assert_eq!((filtered.count(db)?, filtered.exists(db)?), (1, true));
        assert_eq!(Author::objects().annotate(&books).get(db, Author::name.eq("Ann"))?.1, 2);
        assert_eq!(Author::objects().annotate(&books).order_by(&books).first(db)?.unwrap().1, 0);
        assert_eq!(Author::objects().annotate(&books).limit(2).all(db)?.len(), 2);
        let sliced = Author::objects().order_by(Author::name).limit(2).annotate(&books).filter(books.gt(1)).all(db)?;
        assert_eq!(sliced.len(), 1);
        let counted: i64 = Author::objects().annotate(&books).iterator(db)?.map(|row| row.map(|row| row.1)).sum::<Result<i64>>()?;
        assert_eq!(counted, 3);
        let halves = Author::objects().annotate((&books, &books * 2, Author::name.upper())).order_by(Author::name).all(db)?;
        assert_eq!((halves[0].1, halves[0].2, halves[0].3.as_str()), (2, 4, "ANN"));
    }

    fn annotations_beside_loaded_rows(db) {
        library(db)?;
        let reviews = Book::reviews.count();
        let rows = Book::objects()
            .annotate(&reviews)
            .select_related((Book::author, Book::editor))
            .prefetch_related(Book::reviews)
            .order_by(Book::title);
        assert_queries!(db, 2, {
            let rows = rows.all(db)?;
            assert_eq!(rows[0].0.author.get()?.name, "Ann");
            assert_eq!((rows[0].1, rows[0].0.reviews.loaded()?.len()), (3, 3));
        });
        let with = Author::objects().annotate(Author::books.count()).with(Author::books.order_by(Book::title)).order_by(Author::name);
        let (ann, n, books) = &with.all(db)?[0];
        assert_eq!((ann.name.as_str(), *n, books[1].title.as_str()), ("Ann", 2, "Beta"));
    }

    fn two_relations_do_not_multiply(db) {
        library(db)?;
        let books = Author::books.filter(Book::is_published);
        let rows = Author::objects().order_by(Author::name).values_list((
            Author::name,
            Author::books.count(),
            Author::books.reviews.count(),
            Author::books.sum(Book::price),
            books.clone().count(),
            books.avg(Book::sales_count),
        ));
        let rows = assert_queries!(db, 1, { rows.all(db)? });
        assert_eq!(rows[0], ("Ann".to_owned(), 2, 4, Some(dec!(30.30)), 1, Some(5.0)));
        assert_eq!(rows[2], ("Cid".to_owned(), 0, 0, None, 0, None));
        // As aggregates of the query's rows.
        let (authors, sold, stars) = Author::objects().aggregate(db, (
            Author::id.count(),
            Author::books.price.sum(),
            Author::books.reviews.stars.sum(),
        ))?;
        assert_eq!((authors, sold, stars), (3, Some(dec!(30.60)), Some(11)));
    }

    fn rows_behind_related_rows_do_not_multiply_them(db) {
        library(db)?;
        // Two ways to many rows, and nothing of the query's own.
        let (sold, stars) = Author::objects().aggregate(db, (Author::books.price.sum(), Author::books.reviews.stars.sum()))?;
        assert_eq!((sold, stars), (Some(dec!(30.60)), Some(11)));
        let stars = Author::books.aggregate(Book::reviews.stars.sum());
        let all = Author::books.aggregate(Book::reviews.stars.sum() + Book::stock_level.sum() * 100);
        let row = || (Author::books.sum(Book::price), &stars, Author::books.count(), &all);
        let rows = Author::objects().order_by(Author::name).values_list(row()).all(db)?;
        assert_eq!(rows, [
            (Some(dec!(30.30)), Some(11), 2, Some(411)),
            (Some(dec!(0.30)), None, 1, None),
            (None, None, 0, None),
        ]);
        // Asked of few rows each is a subquery, and of groups a part.
        let ann = Author::objects().order_by(Author::name).limit(1).values_list(row()).one(db)?;
        assert_eq!(ann, rows[0]);
        let groups = Author::objects().values_list(Author::joined_date).annotate(row()).order_by(Author::joined_date).all(db)?;
        assert_eq!(groups[0], (day(2000, 1, 1), Some(dec!(30.30)), Some(11), 2, Some(411)));
        let outside = Author::books.aggregate(Book::reviews.stars.sum() + Book::stock_level.sum() + Book::sales_count);
        let outside = Author::objects().values_list(outside).all(db);
        assert!(matches!(outside, Err(Error::InvalidQuery { .. })), "{outside:?}");
    }

    fn different_texts_of_a_condition_on_related_rows(db) {
        library(db)?;
        let label = case().when(Book::reviews.stars.gt(4), Book::title).otherwise("none");
        let labels = Book::objects().aggregate(db, label.string_agg(", ").distinct())?;
        assert_eq!(labels.as_deref(), Some("Alpha, none"));
        let of_authors = Author::objects().order_by(Author::name).values_list(Author::books.string_agg(&label, "/")).all(db)?;
        assert_eq!(of_authors.len(), 3);
        let of_authors = Author::books.aggregate(label.string_agg("/").distinct());
        let of_authors = Author::objects().order_by(Author::name).values_list(of_authors).all(db)?;
        assert_eq!(of_authors[0].as_deref(), Some("Alpha/none"));
    }

    fn values_of_related_rows_elsewhere(db) {
        library(db)?;
        // Through a key, and compared with the row.
        let others = Book::objects().order_by(Book::title).values_list((Book::title, Book::author.books.count())).all(db)?;
        assert_eq!(others[0], ("Alpha".to_owned(), 2));
        let above = Book::objects().filter(Book::price.gt(Book::author.books.avg(Book::price))).one(db)?;
        assert_eq!(above.title, "Beta");
        // Behind an absent key there is nothing.
        assert_eq!(Book::objects().values_list(Book::editor.books.count()).all(db)?, [0, 0, 0]);
        // In an update, a delete, inside a condition on related rows, and a case.
        let n = Book::objects().filter(Book::reviews.count().gt(1)).update(db, Book::stock_level.set(Book::reviews.count().cast::<i32>()))?;
        assert_eq!((n, Book::objects().get(db, Book::title.eq("Alpha"))?.stock_level), (1, 3));
        assert_eq!(Author::objects().filter(Author::books.any(Book::reviews.count().eq(3))).one(db)?.name, "Ann");
        let label = case().when(Author::books.count().gt(1), "many").when(Author::books.count().eq(1), "one").otherwise("none");
        let labels = Author::objects().order_by(Author::name).values_list(label).all(db)?;
        assert_eq!(labels, ["many", "one", "none"]);
        assert_eq!(Author::objects().filter(Author::books.count().eq(0)).delete(db)?, 1);
        let any = Author::books.aggregate((Book::price * Book::stock_level).sum().filter(Book::is_published));
        assert_eq!(Author::objects().order_by(Author::name).values_list(any).all(db)?, [Some(dec!(30.30)), Some(dec!(0.60))]);
        let limited = Author::objects().values_list(Author::books.order_by(Book::price).limit(1).sum(Book::price)).all(db);
        assert!(matches!(limited, Err(Error::InvalidQuery { .. })), "{limited:?}");
    }

    fn groups(db) {
        library(db)?;
        let n = Author::id.count();
        let by_year = Author::objects().values_list(Author::joined_date.year()).annotate(&n).order_by(Author::joined_date.year());
        assert_eq!(by_year.all(db)?, [(2000, 2), (2010, 1)]);
        assert_eq!((by_year.count(db)?, by_year.exists(db)?), (2, true));
        let big = by_year.clone().filter(n.gt(1));
        assert_eq!((big.all(db)?, big.count(db)?), (vec![(2000, 2)], 1));
        // WHERE and HAVING in any order.
        let late = Author::objects().values_list(Author::joined_date.year()).filter(n.eq(1)).annotate(&n).filter(Author::name.ne("Cid")).order_by(n.desc());
        assert_eq!(late.all(db)?.len(), 2);
        let first = by_year.clone().order_by(n.desc()).first(db)?;
        assert_eq!(first, Some((2000, 2)));
        assert_eq!(by_year.clone().limit(1).all(db)?, [(2000, 2)]);
        assert_eq!(by_year.limit(1).count(db)?, 1);
        // A key that is NULL is a group.
        let stars = Review::objects().values_list(Review::stars).annotate(Review::id.count()).order_by((Review::stars.asc().nulls_first(),));
        assert_eq!(stars.all(db)?[0], (None, 2));
        // Several keys, one of them behind a key; equal decimals are one.
        let keys = Book::objects()
            .values_list((Book::author.name, Book::price * 0))
            .annotate((Book::id.count(), Book::title.min()))
            .order_by(Book::author.name);
        assert_eq!(keys.all(db)?[0], ("Ann".to_owned(), dec!(0), 2, Some("Alpha".to_owned())));
        // An expression of aggregates and keys.
        let share = Book::objects().values_list(Book::stock_level).annotate(Book::id.count() * Book::stock_level).all(db)?;
        assert_eq!(share, [(2, 6)]);
        let distinct = Author::objects().values_list(Author::joined_date.year()).annotate(Author::id.count()).distinct();
        assert_eq!(distinct.count(db)?, 2);
    }

    fn groups_and_relations(db) {
        library(db)?;
        let books = Author::books.count();
        let groups = Author::objects()
            .values_list(Author::joined_date)
            .annotate((&books, Author::id.count(), Author::books.sum(Book::price)))
            .order_by(Author::joined_date);
        assert_eq!(groups.all(db)?, [
            (day(2000, 1, 1), 2, 2, Some(dec!(30.30))),
            (day(2010, 1, 1), 1, 1, Some(dec!(0.30))),
        ]);
        assert_eq!(groups.clone().filter(books.gt(1)).count(db)?, 1);
        // Selected first it is what the rows of a group have in common.
        let histogram = Author::objects().values_list(&books).annotate(Author::id.count()).order_by(&books);
        assert_eq!(histogram.all(db)?, [(0, 1), (1, 1), (2, 1)]);
        // A key behind many rows, and two ways to many rows beside a nullable key.
        let titles = Author::objects().values_list(Author::books.title).annotate(Author::id.count()).order_by(Author::books.title);
        assert_eq!(titles.all(db)?.len(), 4);
        let by_subtitle = Book::objects().values_list(Book::subtitle).annotate((
            Book::id.count(),
            Book::reviews.stars.count(),
            Book::reviews.id.count(),
        ));
        assert_eq!(by_subtitle.all(db)?, [(None, 3, 3, 5)]);
    }

    fn what_is_no_key_is_refused(db) {
        library(db)?;
        let ordered = Author::objects().values_list(Author::joined_date).annotate(Author::id.count()).order_by(Author::name).all(db);
        assert!(matches!(ordered, Err(Error::InvalidQuery { .. })), "{ordered:?}");
        let mixed = Book::objects().values_list(Book::title).annotate(Book::id.count() + Book::stock_level).all(db);
        assert!(matches!(mixed, Err(Error::InvalidQuery { .. })), "{mixed:?}");
        let sliced = Author::objects().values_list(Author::joined_date).annotate(Author::id.count()).limit(1).filter(Author::name.eq("Ann")).all(db);
        assert!(matches!(sliced, Err(Error::InvalidQuery { .. })), "{sliced:?}");
    }

    fn slices_and_filters_before_aggregates(db) {
        library(db)?;
        assert_eq!(Book::objects().order_by(Book::price).limit(2).aggregate(db, Book::price.sum())?, Some(dec!(10.40)));
        assert_eq!(Book::objects().order_by(Book::price.desc()).slice(1..2).aggregate(db, (Book::title.max(), Book::id.count()))?, (Some("Alpha".to_owned()), 1));
        // A condition on the rows stays one.
        let prolific = Author::objects().filter(Author::books.count().gte(1));
        assert_eq!(prolific.aggregate(db, Author::id.count())?, 2);
        let books = Author::books.count();
        assert_eq!(Author::objects().annotate(&books).aggregate(db, (books.max(), books.avg()))?, (Some(2), Some(1.0)));
        if dialect(db) == Dialect::Postgres {
            let one_each = Book::objects().distinct_on(Book::author).order_by((Book::author, Book::price));
            assert_eq!(one_each.aggregate(db, Book::price.sum())?, Some(dec!(10.40)));
        }
    }

    fn rows_of_groups_are_gathered_again(db) {
        library(db)?;
        let years = Author::objects().values_list(Author::joined_date.year()).annotate(Author::id.count());
        let (groups, most, mean) = years.aggregate_rows(db, |(year, n)| (year.count(), n.max(), n.avg()))?;
        assert_eq!((groups, most, mean), (2, Some(2), Some(1.5)));
        assert_eq!(years.clone().filter(Author::id.count().gt(1)).aggregate_rows(db, |(year, _)| year.sum())?, Some(2000));
        let prices = Book::objects().values_list(Book::price).order_by(Book::price.desc()).limit(2);
        assert_eq!(prices.aggregate_rows(db, |price| price.sum())?, Some(dec!(30.30)));
        let stock = Book::objects().values_list(Book::stock_level).distinct();
        assert_eq!(stock.aggregate_rows(db, |level| (level.sum(), level.count().filter(level.gt(5))))?, (Some(2), 0));
        assert_eq!(years.filter(Author::id.eq(-1)).aggregate_rows(db, |(_, n)| (n.count(), n.sum()))?, (0, None));
    }

    fn annotations_are_gathered(db) {
        library(db)?;
        let n = Author::books.count();
        let authors = Author::objects().annotate(&n);
        assert_eq!(authors.aggregate(db, (n.max(), n.avg(), n.sum()))?, (Some(2), Some(1.0), Some(3)));
        assert_eq!(authors.filter(n.gt(0)).aggregate(db, (n.min(), Author::id.count()))?, (Some(1), 2));
    }

    fn groups_are_narrowed(db) {
        library(db)?;
        let n = Author::id.count();
        let years = Author::objects().values_list(Author::joined_date.year()).annotate(&n).order_by(Author::joined_date.year());
        assert_eq!(years.clone().select(&n).all(db)?, [2, 1]);
        assert_eq!(years.clone().select((n.clone() * 2, Author::name.min())).first(db)?, Some((4, Some("Ann".to_owned()))));
        // Without an aggregate the groups stay; each is one row.
        assert_eq!(years.clone().select(Author::joined_date.year()).all(db)?, [2000, 2010]);
        assert_eq!(years.clone().select(Author::joined_date.year() + 1).limit(1).all(db)?, [2001]);
        assert_eq!((years.clone().select(&n).count(db)?, years.clone().filter(n.gt(1)).select(&n).count(db)?), (2, 1));
        assert_eq!(years.clone().limit(1).select(&n).all(db)?, [2]);
        assert_eq!(years.clone().select(&n).aggregate_rows(db, |n| n.sum())?.map(|sum| sum.to_string()).as_deref(), Some("3"));
        let books = Author::books.count();
        let apart = Author::objects().values_list(Author::joined_date).annotate((&books, &n)).order_by(Author::joined_date);
        assert_eq!(apart.select(&books).all(db)?, [2, 1]);
        let other = years.select(Author::name).all(db);
        assert!(matches!(other, Err(Error::InvalidQuery { .. })), "{other:?}");
        // Of values that are no groups.
        assert_eq!(Author::objects().order_by(Author::name).values_list((Author::id, Author::name)).select(Author::name).first(db)?.as_deref(), Some("Ann"));
    }

    fn annotated_models_are_selected_from_and_written(db) {
        library(db)?;
        let books = Author::books.count();
        let some = Author::objects().annotate(&books).filter(books.gt(0));
        assert_eq!(some.clone().order_by(books.desc()).values_list((Author::name, &books)).all(db)?, [("Ann".to_owned(), 2), ("Bob".to_owned(), 1)]);
        assert_eq!(some.clone().with(Author::books).order_by(Author::name).values_list(Author::name).all(db)?, ["Ann", "Bob"]);
        let reviews = Book::reviews.count();
        let label = case().when(reviews.gt(2), value("many")).otherwise(value("few"));
        let busy = Book::objects().annotate((&reviews, label)).filter(reviews.gt(1));
        assert_eq!(busy.update(db, Book::stock_level.set(reviews.cast::<i32>() + 4))?, 1);
        assert_eq!(Book::objects().get(db, Book::title.eq("Alpha"))?.stock_level, 7);
        assert_eq!(Book::objects().annotate(&reviews).order_by(Book::price).limit(1).update(db, Book::stock_level.set(9))?, 1);
        assert_eq!(Book::objects().get(db, Book::title.eq("Gamma"))?.stock_level, 9);
        assert_eq!(Author::objects().annotate((&books, Author::name.upper())).filter(books.eq(0)).delete(db)?, 1);
        assert_eq!(Author::objects().count(db)?, 2);
    }

    fn bound_values_in_groups(db) {
        library(db)?;
        let n = Book::id.count();
        // The same expression, with its values, in SELECT, GROUP BY, HAVING and ORDER BY.
        let rounded = (Book::price / 3).round(1);
        let rows = Book::objects().values_list(&rounded).annotate(&n).filter(n.gt(0)).order_by(&rounded);
        assert_eq!(rows.all(db)?.len(), 3);
        assert_eq!(rows.clone().distinct().all(db)?.len(), 3);
        assert_eq!(rows.clone().select(&n).all(db)?, [1, 1, 1]);
        assert_eq!(rows.filter((Book::price / 3).round(1).gt(1)).count(db)?, 2);
        let label = || case().when(Book::price.gt(15), value("dear")).when(Book::price.gt(5), value("fair")).otherwise(value("cheap"));
        let rows = Book::objects().values_list(label()).annotate(&n).order_by(label());
        assert_eq!(rows.all(db)?, [("cheap".to_owned(), 1), ("dear".to_owned(), 1), ("fair".to_owned(), 1)]);
        assert_eq!(rows.clone().distinct().all(db)?.len(), 3);
        let tail = Book::title.replace("!", "?").left(1);
        let rows = Book::objects().values_list((&tail, Book::reviews.count())).annotate((&n, Book::author.id.max())).order_by((&tail, n.desc()));
        assert_eq!(rows.all(db)?[0].0, "A");
        let month = Book::created_at.trunc_day_in("Europe/Berlin");
        let rows = Book::objects().values_list(&month).annotate((&n, Book::reviews.id.count())).filter(n.gt(1)).order_by(month.desc());
        assert_eq!(rows.all(db)?.iter().map(|row| (row.1, row.2)).collect::<Vec<_>>(), [(3, 5)]);
        assert_eq!(Book::objects().values_list(&month).distinct().order_by(&month).count(db)?, 1);
    }

    fn one_row_of_aggregates_is_a_value(db) {
        library(db)?;
        let mean = Book::objects().values_list(Book::price.avg());
        assert_eq!(mean.one(db)?, Some(dec!(10.2)));
        assert_eq!(Book::objects().filter(Book::price.gt(&mean)).one(db)?.title, "Beta");
    }
}
