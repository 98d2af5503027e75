//! Window functions: ranks, neighbours, frames, and conditions on them.

use orm::prelude::*;

use crate::models::*;
use crate::support::{dialect, suite};

/// The titles of a query's books, in order.
fn titles(db: &Database, books: QuerySet<Book>) -> Result<Vec<String>> {
    books.order_by(Book::id).values_list(Book::title).all(db)
}

/// Numbers of chance, the same in every run.
fn chance(seed: &mut u64, below: u64) -> u64 {
    *seed = seed
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    (*seed >> 33) % below
}

/// What a window shows of a row, computed in Rust: its number and rank, the value before, and the sum of those from `start` to `end`.
fn expected(
    rows: &[(i64, i32, Option<i32>)],
    at: usize,
    start: i64,
    end: i64,
) -> (i64, i64, Option<i32>, Option<i64>) {
    let (_, group, _) = rows[at];
    // Equal in the group, ordered by value with NULL as the greatest, then by key.
    let mut around: Vec<_> = rows.iter().filter(|row| row.1 == group).collect();
    around.sort_by_key(|row| (row.2.is_none(), row.2, row.0));
    let place = around
        .iter()
        .position(|row| row.0 == rows[at].0)
        .expect("the row itself");
    let first_alike = around
        .iter()
        .position(|row| row.2 == rows[at].2)
        .expect("the row itself");
    let before = place.checked_sub(1).and_then(|before| around[before].2);
    let frame = around.iter().enumerate().filter(|(index, _)| {
        let distance = *index as i64 - place as i64;
        (start..=end).contains(&distance)
    });
    let values: Vec<i64> = frame.filter_map(|(_, row)| row.2).map(i64::from).collect();
    let sum = (!values.is_empty()).then(|| values.iter().sum());
    (place as i64 + 1, first_alike as i64 + 1, before, sum)
}

suite! {
    fn windows_of_rows_of_chance(db) {
        let mut seed = 7;
        let drafts: Vec<_> = (0..120).map(|_| {
            let maybe = (chance(&mut seed, 5) > 0).then(|| i32::try_from(chance(&mut seed, 9)).unwrap_or(0));
            let group = i32::try_from(chance(&mut seed, 4)).unwrap_or(0);
            Number::draft().small(1).medium(group).large(1).float(0.5).exact(1).maybe(maybe).build()
        }).collect();
        let numbers = Number::objects().bulk_create(db, drafts)?;
        let rows: Vec<_> = numbers.iter().map(|number| (number.id, number.medium, number.maybe)).collect();
        for (start, end) in [(-3, 0), (0, 2), (-1, 1), (1, 4), (-5, -2)] {
            let by_value = partition_by(Number::medium).order_by((Number::maybe, Number::id));
            let shown = Number::objects().order_by(Number::id).values_list((
                row_number().over(&by_value),
                rank().over(partition_by(Number::medium).order_by(Number::maybe)),
                Number::maybe.lag(1).over(&by_value),
                Number::maybe.sum().over(by_value.clone().rows(start..=end)),
            )).all(db)?;
            let wanted: Vec<_> = (0..rows.len()).map(|at| expected(&rows, at, start, end)).collect();
            assert_eq!(shown, wanted, "rows {start}..={end}");
            let first = row_number().over(&by_value);
            let chosen = Number::objects().filter(first.lte(2)).order_by(Number::id).values_list(Number::id).all(db)?;
            let wanted: Vec<_> = (0..rows.len()).filter(|at| expected(&rows, *at, 0, 0).0 <= 2).map(|at| rows[at].0).collect();
            assert_eq!(chosen, wanted);
        }
    }

    fn ranks(db) {
        library(db)?;
        let by_author = partition_by(Book::author).order_by(Book::sales_count.desc());
        let rows = Book::objects().order_by(Book::id)
            .values_list((Book::title, row_number().over(&by_author), rank().over(order_by(Book::stock_level)), dense_rank().over(order_by(Book::stock_level))))
            .all(db)?;
        let row = |title: &str, number, rank, dense| (title.to_owned(), number, rank, dense);
        assert_eq!(rows, [row("Joins", 2, 5, 4), row("100% SQL", 1, 1, 1), row("Dragons", 1, 4, 3), row("dragonflies", 3, 1, 1), row("Élan", 2, 3, 2)]);
        let shares = Book::objects().order_by(Book::id)
            .values_list((percent_rank().over(order_by(Book::stock_level)), cume_dist().over(order_by(Book::stock_level)), ntile(2).over(order_by(Book::id)))).all(db)?;
        assert_eq!(shares, [(1.0, 1.0, 1), (0.0, 0.4, 1), (0.75, 0.8, 1), (0.0, 0.4, 2), (0.5, 0.6, 2)]);
        assert_eq!(Book::objects().values_list(row_number::<Book>().over(())).all(db)?.len(), 5);
    }

    fn neighbours(db) {
        library(db)?;
        let by_id = order_by(Book::id);
        let rows = Book::objects().order_by(Book::id)
            .values_list((Book::title.lag(1).over(&by_id), Book::subtitle.lead(1).over(&by_id), Book::sales_count.lag(2).or(0).over(&by_id), Book::price - Book::price.lag(1).or(0).over(&by_id)))
            .all(db)?;
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(rows, [
            (None, text("A guide"), 0, dec!(39.90)),
            (text("Joins"), text("A novel"), 0, dec!(-29.91)),
            (text("100% SQL"), None, 5, dec!(4.01)),
            (text("Dragons"), None, 7, dec!(-5.50)),
            (text("dragonflies"), None, 40, dec!(-3.25)),
        ]);
        let subtitles = Book::objects().order_by(Book::id).values_list(Book::subtitle.lag(1).or("none").over(&by_id)).all(db)?;
        assert_eq!(subtitles, [text("none"), None, text("A guide"), text("A novel"), None]);
        let ends = Book::objects().order_by(Book::id).values_list((
            Book::title.first_value().over(order_by(Book::price)),
            Book::title.last_value().over(order_by(Book::price).rows(..)),
            Book::title.nth_value(2).over(order_by(Book::price)),
        )).all(db)?;
        assert_eq!(ends[0], (text("Élan"), text("Joins"), text("dragonflies")));
        assert_eq!(ends[4], (text("Élan"), text("Joins"), None));
    }

    fn frames(db) {
        library(db)?;
        let first = |window: orm::expr::Window<Book>| Book::objects().order_by(Book::id).values_list(Book::title.first_value().over(window)).all(db);
        let text = |text: &str| Some(text.to_owned());
        let by_id = || order_by(Book::id);
        assert_eq!(first(by_id().rows(-1..=1))?, [text("Joins"), text("Joins"), text("100% SQL"), text("Dragons"), text("dragonflies")]);
        assert_eq!(first(by_id().rows(1..=2))?, [text("100% SQL"), text("Dragons"), text("dragonflies"), text("Élan"), None]);
        assert_eq!(first(by_id().rows(0..))?, [text("Joins"), text("100% SQL"), text("Dragons"), text("dragonflies"), text("Élan")]);
        assert_eq!(first(by_id().rows(..=0).exclude_current_row())?, [None, text("Joins"), text("Joins"), text("Joins"), text("Joins")]);
        let near = || order_by(Book::price).range(-5..=5);
        assert_eq!(first(near())?, [text("Joins"), text("Élan"), text("100% SQL"), text("Élan"), text("Élan")]);
        let by_stock = || order_by(Book::stock_level);
        assert_eq!(first(by_stock().range(-2..=-1))?, [None, None, text("Élan"), None, first(by_stock().range(-1..=-1))?[4].clone()]);
        assert_eq!(first(by_stock().groups(-1..=-1))?[2], text("Élan"));
        assert_eq!(first(by_stock().groups(1..=1))?[0], None);
        let others = Book::objects().filter(Book::stock_level.eq(0)).order_by(Book::id)
            .values_list(Book::title.first_value().over(order_by(Book::stock_level).rows(..).exclude_current_row())).all(db)?;
        assert_eq!(others, [text("dragonflies"), text("100% SQL")]);
        let none = Book::objects().filter(Book::stock_level.eq(0)).values_list(Book::title.first_value().over(order_by(Book::stock_level).exclude_group())).all(db)?;
        assert_eq!(none, [None, None]);
        let ties = Book::objects().filter(Book::stock_level.eq(0)).order_by(Book::id).values_list(Book::title.first_value().over(order_by(Book::stock_level).exclude_ties())).all(db)?;
        assert_eq!(ties, [text("100% SQL"), text("dragonflies")]);
    }

    fn rows_are_filtered_by_windows(db) {
        library(db)?;
        let number = row_number().over(partition_by(Book::author).order_by(Book::sales_count.desc()));
        // The two of each author that sold best.
        assert_eq!(titles(db, Book::objects().filter(number.lte(2)))?, ["Joins", "100% SQL", "Dragons", "Élan"]);
        // Conditions without a window come first, wherever they are written.
        let published = Book::objects().filter(number.eq(2)).filter(Book::is_published).filter(Book::price.gt(9));
        assert_eq!(titles(db, published)?, ["Joins"]);
        let joined = Book::objects().filter(number.eq(1) & Book::author.name.eq("Bob"));
        assert_eq!(titles(db, joined)?, ["Dragons"]);
        // What mixes both in one is asked of what windows see.
        assert_eq!(titles(db, Book::objects().filter(number.eq(1) | Book::title.eq("dragonflies")))?, ["100% SQL", "Dragons", "dragonflies"]);
        assert_eq!(titles(db, Book::objects().exclude(number.eq(1)))?, ["Joins", "dragonflies", "Élan"]);
        assert_eq!(titles(db, Book::objects().filter(!number.is_in([1_i64, 3])))?, ["Joins", "Élan"]);
        assert_eq!(titles(db, Book::objects().filter(Book::price.gt(Book::price.lag(1).over(order_by(Book::id)))))?, ["Dragons"]);
        assert_eq!(titles(db, Book::objects().filter(Book::reviews.is_empty() & number.lt(3)))?, ["100% SQL", "dragonflies", "Élan"]);
        let whole = Book::objects().filter(number.eq(1)).order_by(number.desc()).order_by(Book::title.desc()).all(db)?;
        assert_eq!(whole.iter().map(|book| book.title.as_str()).collect::<Vec<_>>(), ["Dragons", "100% SQL"]);
        assert_eq!(whole[0].price, dec!(14));
        let related = Book::objects().filter(number.eq(1)).select_related((Book::author, Book::editor)).order_by(Book::title).all(db)?;
        assert_eq!(related[1].author.get()?.name, "Bob");
        assert!(related[1].editor.get()?.is_none());
    }

    fn rows_that_windows_choose_are_counted_sliced_and_written(db) {
        library(db)?;
        let number = row_number().over(partition_by(Book::author).order_by(Book::sales_count.desc()));
        let best = || Book::objects().filter(number.lte(2));
        assert_eq!(best().count(db)?, 4);
        assert_eq!(best().values_list(Book::author).distinct().count(db)?, 2);
        assert!(best().exists(db)?);
        assert_eq!(best().order_by(Book::id).offset(1).limit(2).count(db)?, 2);
        assert_eq!(best().order_by(Book::id).first(db)?.map(|book| book.title), Some("Joins".to_owned()));
        assert_eq!(titles(db, best().order_by(Book::price).limit(2).filter(Book::price.gt(6)))?, ["100% SQL"]);
        assert_eq!(Author::objects().filter(Author::id.is_in(best().values_list(Book::author))).count(db)?, 2);
        assert_eq!(best().union(Book::objects().filter(Book::title.eq("dragonflies"))).count(db)?, 5);
        let names = best().order_by(Book::id).values_list((Book::author.name, &number)).all(db)?;
        assert_eq!(names[1], ("Ann".to_owned(), 1));
        let after = exists(|author: Outer<Author, _>| Book::objects().filter(row_number().over(order_by(Book::id)).eq(2) & Book::author.eq(author.id)));
        assert_eq!(Author::objects().filter(after).order_by(Author::id).values_list(Author::name).all(db)?, ["Ann", "Bob"]);
        // The slice's rows are those that a window sees.
        let within = Book::objects().order_by(Book::price).limit(3).filter(row_number().over(order_by(Book::price)).eq(3));
        assert_eq!(titles(db, within)?, ["100% SQL"]);
        assert_eq!(best().update(db, Book::stock_level.set(99))?, 4);
        assert_eq!(Book::objects().filter(number.gt(1)).delete(db)?, 3);
        assert_eq!(titles(db, Book::objects())?, ["100% SQL", "Dragons"]);
        let prefetched = Author::objects().prefetch_related(Author::books.order_by(row_number().over(order_by(Book::title.desc())))).order_by(Author::id).all(db)?;
        assert_eq!(prefetched[0].books.loaded()?.len(), 1);
    }

    fn aggregates_look_at_windows(db) {
        library(db)?;
        let so_far = order_by(Book::id).rows(..=0);
        let rows = Book::objects().order_by(Book::id).values_list((
            Book::price.sum().over(&so_far),
            Book::sales_count.sum().over(partition_by(Book::author)),
            Book::price.avg().over(order_by(Book::id).rows(-1..=0)),
            Book::id.count().over(()),
            Book::price.max().over(order_by(Book::id).rows(1..)),
            Book::sales_count.avg().over(order_by(Book::id).rows(-1..=1).exclude_current_row()),
        )).all(db)?;
        let avg = |row: usize| rows[row].2.map(|avg| avg.round_dp(6));
        assert_eq!(rows.iter().map(|row| row.0.unwrap_or_default()).collect::<Vec<_>>(), [dec!(39.90), dec!(49.89), dec!(63.89), dec!(72.39), dec!(77.64)]);
        assert_eq!(rows.iter().map(|row| row.1).collect::<Vec<_>>(), [Some(12), Some(12), Some(41), Some(41), Some(41)]);
        assert_eq!((avg(0), avg(1), avg(4)), (Some(dec!(39.9)), Some(dec!(24.945)), Some(dec!(6.875))));
        assert!(rows.iter().all(|row| row.3 == 5));
        assert_eq!(rows.iter().map(|row| row.4).collect::<Vec<_>>(), [Some(dec!(14)), Some(dec!(14)), Some(dec!(8.5)), Some(dec!(5.25)), None]);
        assert_eq!(rows.iter().map(|row| row.5).collect::<Vec<_>>(), [Some(7.0), Some(22.5), Some(3.5), Some(20.5), Some(0.0)]);
        // Larger sums, which SQLite computes by registered functions, and lengths of time.
        for large in [i64::MAX, 5, -7] {
            Number::draft().small(1).medium(2).large(large).float(0.5).exact(1).save(db)?;
        }
        let moving = Number::objects().order_by(Number::id).values_list(Number::large.sum().over(order_by(Number::id).rows(0..=0))).all(db)?;
        assert_eq!(moving, [Some(i64::MAX), Some(5), Some(-7)]);
        let beyond = Number::objects().values_list(Number::large.sum().over(order_by(Number::id))).all(db);
        assert!(matches!(beyond, Err(Error::OutOfRange { .. })), "{beyond:?}");
        let filtered = Book::id.count().filter(Book::is_published).over(partition_by(Book::author));
        assert_eq!(Book::objects().order_by(Book::id).values_list(&filtered).all(db)?, [2, 2, 2, 2, 2]);
        let share = Book::sales_count.sum() * 100 / Book::id.count();
        assert_eq!(Book::objects().order_by(Book::id).values_list(share.over(partition_by(Book::author))).first(db)?, Some(Some(600)));
        // Those that sold more than the average of their author.
        let above = Book::sales_count.cast::<f64>().gt(Book::sales_count.avg().over(partition_by(Book::author)));
        assert_eq!(titles(db, Book::objects().filter(above))?, ["100% SQL", "Dragons"]);
        let annotated = Book::objects().annotate(rank().over(order_by(Book::price))).order_by(Book::price).all(db)?;
        assert_eq!(annotated.iter().map(|(_, rank)| *rank).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
        // Over groups.
        let sold = Book::sales_count.sum();
        let groups = Book::objects().values_list(Book::author.name).annotate((&sold, rank().over(order_by(sold.desc())))).order_by(Book::author.name).all(db)?;
        assert_eq!(groups, [("Ann".to_owned(), Some(12), 2), ("Bob".to_owned(), Some(41), 1)]);
    }

    fn windows_that_are_used_twice(db) {
        library(db)?;
        let of = |price: i64| partition_by(Book::price.gt(price)).order_by(Book::title);
        let names = |first: i64, second: i64| {
            let numbers = (row_number().over(of(first)), row_number().over(of(second).rows(..=0)), Book::title.lag(1).over(of(first)));
            Book::objects().order_by(Book::id).values_list(numbers)
        };
        // The same query with values that make one window of two, and such that do not.
        for _ in 0..2 {
            let one = names(9, 9);
            assert!(one.to_sql(dialect(db))?.0.matches("PARTITION").count() == 1);
            let rows = one.all(db)?;
            assert!(rows.iter().all(|row| row.0 == row.1));
            assert_eq!(rows[0], (3, 3, Some("Dragons".to_owned())));
            let two = names(9, 1000);
            assert!(two.to_sql(dialect(db))?.0.matches("PARTITION").count() == 2);
            assert_eq!(two.all(db)?[3], (1, 4, None));
        }
        let by_price = order_by(Book::price);
        let cheap = Book::objects().filter(rank().over(&by_price).lte(2)).order_by(rank().over(&by_price).desc());
        assert_eq!(cheap.values_list((Book::title, rank().over(&by_price))).all(db)?.len(), 2);
    }

    fn aggregates_that_have_no_window_are_refused(db) {
        library(db)?;
        let different = Book::objects().values_list(Book::author.count_distinct().over(())).all(db);
        assert!(matches!(different, Err(Error::InvalidQuery { .. })), "{different:?}");
        let in_order = Book::title.array_agg().order_by(Book::price).over(());
        let in_order = Book::objects().values_list(in_order).all(db);
        assert!(matches!(in_order, Err(Error::InvalidQuery { .. })), "{in_order:?}");
        let spread = Book::objects().values_list(Book::sales_count.std_dev().over(())).all(db)?;
        assert_eq!(spread, [Some(14.921125962875589); 5]);
    }

    fn a_condition_that_some_row_of_a_relation_exists_may_have_a_window(db) {
        library(db)?;
        let number = || row_number().over(order_by(Book::id));
        for place in 1..=5_u64 {
            let some = Author::books.filter(number().eq(place as i64)).exists();
            let mut hand = Vec::new();
            for author in Author::objects().order_by(Author::id).all(db)? {
                if author.books.count(db)? >= place {
                    hand.push(author.id);
                }
            }
            assert_eq!(Author::objects().filter(some).order_by(Author::id).values_list(Author::id).all(db)?, hand);
        }
    }

    fn what_a_window_cannot_do_is_refused(db) {
        library(db)?;
        let invalid = |result: Result<Vec<i64>>| assert!(matches!(result, Err(Error::InvalidQuery { .. })), "{result:?}");
        let number = || row_number().over(order_by(Book::id));
        invalid(Book::objects().values_list(row_number().over(order_by(number()))).all(db));
        invalid(Book::objects().values_list(row_number().over(partition_by(number()))).all(db));
        let of_window = Book::objects().values_list(number().lag(1).over(order_by(Book::id))).all(db);
        assert!(matches!(of_window, Err(Error::InvalidQuery { .. })), "{of_window:?}");
        invalid(Author::objects().values_list(Author::books.filter(number().eq(1)).count()).all(db));
        invalid(Book::objects().values_list(row_number().over(order_by(Book::id).rows(1..=-1))).all(db));
        invalid(Book::objects().values_list(row_number().over(order_by(Book::title).range(-1..=1))).all(db));
        invalid(Book::objects().values_list(ntile(0).over(order_by(Book::title))).all(db));
        let locked = db.atomic(|tx| Book::objects().filter(number().eq(1)).select_for_update().all(tx));
        assert!(matches!(locked, Err(Error::InvalidQuery { .. })), "{locked:?}");
    }
}
