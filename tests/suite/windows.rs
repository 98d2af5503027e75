//! Window functions: ranks, neighbours, frames, and conditions on them.

use orm::prelude::*;

use crate::models::*;
use crate::support::suite;

/// The titles of a query's books, in order.
fn titles(db: &Database, books: QuerySet<Book>) -> Result<Vec<String>> {
    books.order_by(Book::id).values_list(Book::title).all(db)
}

suite! {
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

    fn what_a_window_cannot_do_is_refused(db) {
        library(db)?;
        let invalid = |result: Result<Vec<i64>>| assert!(matches!(result, Err(Error::InvalidQuery { .. })), "{result:?}");
        let number = || row_number().over(order_by(Book::id));
        invalid(Book::objects().values_list(row_number().over(order_by(number()))).all(db));
        invalid(Book::objects().values_list(row_number().over(order_by(Book::id).rows(1..=-1))).all(db));
        invalid(Book::objects().values_list(row_number().over(order_by(Book::title).range(-1..=1))).all(db));
        invalid(Book::objects().values_list(ntile(0).over(order_by(Book::title))).all(db));
        let locked = db.atomic(|tx| Book::objects().filter(number().eq(1)).select_for_update().all(tx));
        assert!(matches!(locked, Err(Error::InvalidQuery { .. })), "{locked:?}");
    }
}
