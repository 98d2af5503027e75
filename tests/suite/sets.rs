//! Unions, intersections and differences of query sets.

use orm::prelude::*;

use crate::models::*;
use crate::support::{dialect, suite};

fn titles(books: &[Book]) -> Vec<&str> {
    books.iter().map(|book| book.title.as_str()).collect()
}

fn cheap() -> QuerySet<Book> {
    Book::objects().filter(Book::price.lt(10))
}

fn popular() -> QuerySet<Book> {
    Book::objects().filter(Book::sales_count.gte(5))
}

suite! {
    fn a_union_of_models_has_each_row_once(db) {
        library(db)?;
        let books = cheap().union(popular()).order_by(Book::title).all(db)?;
        assert_eq!(titles(&books), ["100% SQL", "Dragons", "Joins", "dragonflies", "Élan"]);
        assert_eq!(cheap().union(popular()).count(db)?, 5);
        assert_eq!(cheap().union_all(popular()).count(db)?, 6);
        assert_eq!(titles(&cheap().intersection(popular()).all(db)?), ["100% SQL"]);
        assert_eq!(titles(&cheap().difference(popular()).order_by((Book::stock_level.desc(), Book::id)).all(db)?), ["Élan", "dragonflies"]);
        assert!(cheap().union(popular()).exists(db)?);
        assert!(!cheap().difference(cheap()).exists(db)?);
        assert_eq!(cheap().union(popular()).in_bulk_all(db)?.len(), 5);
    }

    fn unions_of_values_of_several_models(db) {
        library(db)?;
        let all = Book::objects().values_list(Book::title)
            .union(Author::objects().values_list(Author::name))
            .union(Category::objects().values_list(Category::name));
        assert_eq!(all.order_by(Book::title.desc()).all(db)?, ["Élan", "dragonflies", "Joins", "Dragons", "Cid", "Bob", "Ann", "100% SQL"]);
        let rows = Book::objects().values_list((Book::title, Book::subtitle))
            .union_all(Review::objects().values_list((Review::text, Review::book.subtitle)))
            .order_by((Book::subtitle, Book::title));
        let last = rows.clone().reverse().first(db)?;
        assert_eq!(last, Some(("Élan".to_owned(), None)));
        assert_eq!(rows.count(db)?, 8);
        let kinds = Book::objects().values_list((value("book"), Book::title))
            .union(Author::objects().values_list((value("author"), Author::name)));
        assert_eq!(kinds.count(db)?, 8);
    }

    fn sets_of_chance_are_those_of_rust(db) {
        use std::collections::BTreeSet;
        let drafts: Vec<_> = (0..40).map(|number| Number::draft().small(1).medium(number).large(1).float(0.5).exact(1).build()).collect();
        Number::objects().bulk_create(db, drafts)?;
        let mut seed = 11_u64;
        let mut chance = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            i32::try_from((seed >> 33) % 40).unwrap_or(0)
        };
        for _ in 0..40 {
            let mut part = || {
                let (a, b) = (chance(), chance());
                let range = a.min(b)..=a.max(b);
                let query = Number::objects().filter(Number::medium.range(range.clone())).values_list(Number::medium);
                (query, range.collect::<BTreeSet<i32>>())
            };
            let (first, mut wanted) = part();
            let (second, other) = part();
            let mut query = match wanted.len() % 3 {
                0 => { wanted.extend(other); first.union(second) }
                1 => { wanted.retain(|number| other.contains(number)); first.intersection(second) }
                _ => { wanted.retain(|number| !other.contains(number)); first.difference(second) }
            };
            for step in 0..3 {
                let (next, other) = part();
                query = match (wanted.len() + step) % 3 {
                    0 => { wanted.extend(other); query.union(next) }
                    1 => { wanted.retain(|number| other.contains(number)); query.intersection(next) }
                    _ => { wanted.retain(|number| !other.contains(number)); query.difference(next) }
                };
                if wanted.len() > 6 {
                    wanted = wanted.into_iter().take(5).collect();
                    query = query.order_by(Number::medium).limit(5);
                }
            }
            let found = query.clone().order_by(Number::medium).all(db)?;
            assert_eq!(found, wanted.iter().copied().collect::<Vec<_>>(), "{}", query.to_sql(dialect(db))?.0);
            assert_eq!(query.count(db)?, wanted.len() as u64);
        }
    }

    fn null_is_equal_to_null(db) {
        library(db)?;
        let subtitles = || Book::objects().values_list(Book::subtitle);
        assert_eq!(subtitles().union(subtitles()).order_by(Book::subtitle).all(db)?,
            [Some("A guide".to_owned()), Some("A novel".to_owned()), None]);
        assert_eq!(subtitles().union_all(subtitles()).count(db)?, 10);
        assert_eq!(subtitles().intersection(subtitles().filter(Book::subtitle.is_null())).all(db)?, [None]);
        assert_eq!(subtitles().difference(subtitles().filter(Book::subtitle.is_null())).count(db)?, 2);
    }

    fn parts_are_ordered_and_sliced_inside_and_outside(db) {
        library(db)?;
        let by_price = || Book::objects().order_by(Book::price);
        let ends = by_price().limit(1).union(by_price().reverse().limit(1)).order_by(Book::price);
        assert_eq!(titles(&ends.all(db)?), ["Élan", "Joins"]);
        assert_eq!(titles(&ends.clone().limit(1).all(db)?), ["Élan"]);
        assert_eq!(ends.clone().limit(1).count(db)?, 1);
        assert_eq!(ends.clone().offset(1).count(db)?, 1);
        assert_eq!(ends.clone().reverse().first(db)?.map(|book| book.title), Some("Joins".to_owned()));
        // What comes after a slice sees its rows.
        let all = cheap().union(popular()).order_by(Book::title);
        let of_three = all.clone().limit(3).order_by(Book::price.desc()).limit(1);
        assert_eq!(titles(&of_three.all(db)?), ["Joins"]);
        assert_eq!(titles(&all.clone().slice(1..3).reverse().all(db)?), ["Joins", "Dragons"]);
        assert!(all.clone().slice(1..3).exists(db)?);
        assert!(!all.clone().slice(7..9).exists(db)?);
        // A slice of a slice as a part.
        let part = by_price().limit(3).order_by(Book::title).limit(1);
        assert_eq!(titles(&part.union(popular().filter(Book::price.gt(30))).order_by(Book::price).all(db)?), ["100% SQL", "Joins"]);
        // Unions of unions.
        let nested = cheap().difference(cheap().intersection(popular()).limit(5)).union(ends.limit(1));
        assert_eq!(titles(&nested.order_by(Book::title).all(db)?), ["dragonflies", "Élan"]);
    }

    fn chains_unite_from_the_left(db) {
        library(db)?;
        let ids = |low: i64, high: i64| Book::objects().filter(Book::id.range(low..=high)).values_list(Book::id);
        let first = Book::objects().order_by(Book::id).values_list(Book::id).first(db)?.unwrap();
        let ids = |low: i64, high: i64| ids(first + low, first + high);
        let numbers = |rows: Vec<i64>| rows.into_iter().map(|id| id - first).collect::<Vec<_>>();
        // An intersection binds no tighter than what was said before it.
        let left = ids(0, 1).union(ids(2, 4)).intersection(ids(1, 2)).order_by(Book::id).all(db)?;
        assert_eq!(numbers(left), [1, 2]);
        let right = ids(0, 1).union(ids(2, 4).intersection(ids(1, 2))).order_by(Book::id).all(db)?;
        assert_eq!(numbers(right), [0, 1, 2]);
        let minus = ids(0, 4).difference(ids(0, 1)).difference(ids(4, 4)).union(ids(0, 0)).order_by(Book::id).all(db)?;
        assert_eq!(numbers(minus), [0, 2, 3]);
        let minus = ids(0, 4).difference(ids(0, 2).difference(ids(0, 0))).order_by(Book::id).all(db)?;
        assert_eq!(numbers(minus), [0, 3, 4]);
        let twice = ids(0, 0).union_all(ids(0, 0)).union_all(ids(0, 0)).union(ids(1, 1)).order_by(Book::id).all(db)?;
        assert_eq!(numbers(twice), [0, 1]);
        let thrice = ids(0, 0).union(ids(1, 1)).union_all(ids(0, 0)).order_by(Book::id).all(db)?;
        assert_eq!(numbers(thrice), [0, 0, 1]);
    }

    fn decimals_and_documents_are_equal_by_value(db) {
        library(db)?;
        let doubled = || Book::objects().filter(Book::title.eq("Dragons")).values_list(Book::price * 2);
        let halved = || Book::objects().filter(Book::title.eq("Dragons")).values_list(Book::price / dec!(0.5));
        assert_eq!(doubled().union(Book::objects().filter(Book::title.eq("Dragons")).values_list(Book::price * dec!(2.000))).count(db)?, 1);
        assert_eq!(halved().union(Book::objects().filter(Book::title.eq("Dragons")).values_list(Book::price / dec!(0.50))).count(db)?, 1);
        let as_written = Book::objects().filter(Book::title.eq("Dragons")).values_list(Book::price);
        let computed = Book::objects().filter(Book::title.eq("Dragons")).values_list(Book::price * 1);
        assert_eq!(as_written.clone().union(computed.clone()).count(db)?, 1);
        assert_eq!(computed.clone().union(as_written.clone()).all(db)?, [dec!(14)]);
        assert_eq!(as_written.difference(computed).count(db)?, 0);
        let prices = Book::objects().values_list(Book::price).union(Book::objects().values_list(Book::price * 10)).order_by(Book::price);
        assert_eq!(prices.slice(3..6).all(db)?, [dec!(14), dec!(39.9), dec!(52.5)]);
        for body in [json!({"a": 1, "b": [1.0]}), json!({"b": [1.0], "a": 1})] {
            Paper::draft().body(body).save(db)?;
        }
        let bodies = || Paper::objects().values_list(Paper::body);
        assert_eq!(bodies().union(bodies()).count(db)?, 1);
    }

    fn a_union_is_a_list_of_members(db) {
        library(db)?;
        let names = Author::objects().filter(Author::name.eq("Bob")).values_list(Author::name)
            .union(Author::objects().filter(Author::rating.gt(4.0)).values_list(Author::name));
        assert_eq!(Book::objects().filter(Book::author.name.is_in(names)).count(db)?, 5);
        let authors = Author::objects().filter(Author::name.eq("Bob")).union(Author::objects().filter(Author::name.eq("Cid")));
        assert_eq!(Book::objects().filter(Book::author.is_in(authors.clone())).count(db)?, 3);
        assert_eq!(Book::objects().filter(!Book::author.is_in(authors.order_by(Author::name.desc()).limit(1))).count(db)?, 5);
        let subtitles = Book::objects().values_list(Book::subtitle).union(Book::objects().values_list(Book::subtitle));
        assert_eq!(Book::objects().filter(!Book::title.is_in(subtitles)).count(db)?, 5);
    }

    fn related_rows_are_loaded_with_united_ones(db) {
        library(db)?;
        let books = cheap().select_related(Book::author).union(popular()).order_by(Book::id).all(db)?;
        let names: Vec<_> = books.iter().map(|book| book.author.get().map(|author| author.name.clone())).collect::<Result<_>>()?;
        assert_eq!(names, ["Ann", "Ann", "Bob", "Bob", "Bob"]);
        let books = cheap().prefetch_related(Book::reviews).union(popular()).order_by(Book::id).all(db)?;
        assert_eq!(books[0].reviews.loaded()?.len(), 2);
        let rows = cheap().values_json((Book::title, Book::price)).union(popular().values_json((Book::title, Book::price)));
        assert_eq!(rows.order_by(Book::title).first(db)?.map(|row| row["title"].clone()), Some(json!("100% SQL")));
        assert_eq!(cheap().none().union(popular()).count(db)?, 3);
        assert_eq!(cheap().union(popular().none()).count(db)?, 3);
        assert_eq!(cheap().union(popular()).iterator(db)?.count(), 5);
    }

    fn of_equal_rows_as_many_as_both_have_or_one_has_more(db) {
        library(db)?;
        let names = || Book::objects().values_list(Book::author.name);
        let bobs = || names().filter(Book::author.name.eq("Bob"));
        let of_joins = || names().filter(Book::title.eq("Joins"));
        assert_eq!(names().intersection_all(bobs()).all(db)?, ["Bob", "Bob", "Bob"]);
        assert_eq!(names().difference_all(of_joins()).order_by(Book::author.name).all(db)?, ["Ann", "Bob", "Bob", "Bob"]);
        assert_eq!(names().difference_all(of_joins()).difference_all(names().limit(0)).count(db)?, 4);
        // In a chain, from the left.
        let twice = names().union_all(bobs()).difference_all(bobs().order_by(Book::price).limit(2)).union_all(of_joins());
        assert_eq!(twice.clone().order_by(Book::author.name.desc()).all(db)?, ["Bob", "Bob", "Bob", "Bob", "Ann", "Ann", "Ann"]);
        assert_eq!(twice.intersection_all(of_joins().union_all(of_joins())).all(db)?, ["Ann", "Ann"]);
        assert_eq!(bobs().union(names()).intersection_all(names()).count(db)?, 2);
        assert_eq!(names().intersection_all(bobs().difference_all(bobs().limit(1))).order_by(Book::author.name).slice(1..).all(db)?, ["Bob"]);
        // NULLs are equal, and so are decimals and documents of one value.
        let editors = || Book::objects().values_list((Book::editor.name, Book::price * 0));
        assert_eq!(editors().intersection_all(editors().filter(Book::editor.is_null())).all(db)?.len(), 3);
        assert_eq!(editors().difference_all(editors().filter(Book::title.eq("Dragons"))).count(db)?, 4);
        let halves = |exact: Decimal| Book::objects().values_list((value(exact), Book::price - Book::price));
        assert_eq!(halves(dec!(1.5)).intersection_all(halves(dec!(1.50)).limit(2)).count(db)?, 2);
        for body in [json!({"a": 1, "b": [1.0]}), json!({"b": [1], "a": 1.0}), json!(null)] {
            Paper::draft().body(body).save(db)?;
        }
        Paper::draft().save(db)?;
        let bodies = || Paper::objects().values_list(Paper::body);
        let first = bodies().order_by(Paper::id).limit(1);
        assert_eq!(bodies().intersection_all(first.clone()).count(db)?, 1);
        assert_eq!(bodies().difference_all(first.clone().union_all(first)).count(db)?, 2);
        // Whole models, with what is loaded beside them.
        let books = Book::objects().select_related(Book::author).difference_all(cheap()).order_by(Book::title);
        let books = books.all(db)?;
        assert_eq!((books.len(), books[0].author.get()?.name.as_str()), (2, "Bob"));
    }

    fn values_of_united_models(db) {
        library(db)?;
        let books = || cheap().union(popular());
        let names = |books: orm::query::Combined<Book, _>| books.values_list(Book::title).order_by(Book::title).all(db);
        assert_eq!(names(books())?, ["100% SQL", "Dragons", "Joins", "dragonflies", "Élan"]);
        let rows = books().order_by(Book::price).limit(2).values_list((Book::price, Book::author, Book::subtitle));
        assert_eq!(rows.count(db)?, 2);
        assert_eq!(rows.order_by(Book::price.desc()).first(db)?.map(|row| row.0), Some(dec!(8.50)));
        // The rows are those that were united, whatever is selected of them.
        let authors = books().values_list(Book::author.name);
        assert!(matches!(authors.all(db), Err(Error::InvalidQuery { .. })));
        let keys = books().values_list(Book::author);
        assert_eq!((keys.count(db)?, keys.clone().union(keys.clone()).count(db)?, keys.clone().union_all(keys).count(db)?), (5, 2, 10));
        let titles = books().values_list(Book::title).intersection(popular().values_list(Book::title)).order_by(Book::title);
        assert_eq!(titles.all(db)?, ["100% SQL", "Dragons", "Joins"]);
    }

    fn united_rows_are_gathered(db) {
        library(db)?;
        let prices = |books: QuerySet<Book>| books.values_list((Book::author.name, Book::price));
        let all = prices(cheap()).union_all(prices(popular()));
        let sums = all.aggregate_rows(db, |(name, price)| (name.count_distinct(), price.sum(), price.array_agg().order_by(price)))?;
        assert_eq!((sums.0, sums.1), (2, Some(all.all(db)?.iter().map(|(_, price)| *price).sum())));
        assert_eq!(sums.2.map(|prices| prices.len()), Some(6));
        let cheapest = all.clone().order_by(Book::price).limit(2).aggregate_rows(db, |(_, price)| price.max())?;
        assert_eq!(cheapest, Some(dec!(8.50)));
        let different = prices(cheap()).union(prices(popular())).aggregate_rows(db, |(name, _)| name.count())?;
        assert_eq!(different, 5);
        let rest = all.difference_all(prices(popular())).aggregate_rows(db, |(_, price)| price.count())?;
        assert_eq!(rest, 3);
    }

    fn the_ends_of_united_rows(db) {
        library(db)?;
        let books = || cheap().union(Book::objects().filter(Book::subtitle.is_not_null()));
        let title = |book: Option<Book>| book.map(|book| book.title).unwrap_or_default();
        assert_eq!(title(books().order_by(Book::price).last(db)?), "Dragons");
        assert_eq!(title(books().last(db)?), "Élan");
        assert_eq!(title(books().order_by(Book::price).limit(2).last(db)?), "dragonflies");
        assert_eq!(title(books().latest(db, Book::price)?), "Dragons");
        assert_eq!(title(books().earliest(db, (Book::is_published, Book::price))?), "dragonflies");
        assert_eq!(title(books().earliest(db, Book::subtitle)?), "100% SQL");
        assert_eq!(title(books().latest(db, Book::subtitle)?), "Dragons");
        assert_eq!(title(books().latest(db, Book::editor)?), "Élan");
        assert_eq!(cheap().union(cheap()).latest(db, Book::subtitle)?.map(|book| book.title), Some("100% SQL".to_owned()));
        let none = cheap().filter(Book::subtitle.is_null());
        assert_eq!(none.clone().union_all(none).latest(db, Book::subtitle)?, None);
        let subtitles = Book::objects().values_list(Book::subtitle);
        assert_eq!(subtitles.clone().union_all(subtitles).latest(db, Book::subtitle)?, Some(Some("A novel".to_owned())));
        let unselected = Book::objects().values_list(Book::title).union(cheap().values_list(Book::title)).latest(db, Book::price);
        assert!(matches!(unselected, Err(Error::InvalidQuery { .. })));
    }

    fn what_a_database_lacks_or_means_nothing_is_refused(db) {
        library(db)?;
        let names = || Book::objects().values_list(Book::author.name);
        let by_unselected = names().union(names()).order_by(Book::price).all(db);
        assert!(matches!(by_unselected, Err(Error::InvalidQuery { .. })));
        let keys = cheap().values_json(Book::title).union(cheap().values_json(Book::subtitle)).all(db);
        assert!(matches!(keys, Err(Error::InvalidQuery { .. })));
    }
}
