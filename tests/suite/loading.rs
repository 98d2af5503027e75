//! Related rows: `select_related`, `prefetch_related`, and what instances know of their relations.

use orm::prelude::*;

use crate::models::{Author, Book, Category, Profile, Review};
use crate::support::{day, dialect, suite};

/// Two authors, the first with two books and a profile; one book has an editor and two reviews.
fn library(db: &Database) -> Result<()> {
    let bob = Author::draft()
        .name("Bob")
        .joined_date(day(2020, 1, 1))
        .save(db)?;
    let eve = Author::draft()
        .name("Eve")
        .joined_date(day(2021, 1, 1))
        .save(db)?;
    Profile::draft().author(&bob).bio("Onwards").save(db)?;
    let rust = Book::draft()
        .title("Rust")
        .author(&bob)
        .editor(&eve)
        .price(30)
        .save(db)?;
    Book::draft().title("SQL").author(&bob).price(20).save(db)?;
    for stars in [3, 5] {
        Review::draft().book(&rust).stars(stars).text("").save(db)?;
    }
    Ok(())
}

suite! {
    fn rows_of_keys_come_in_the_same_query(db) {
        library(db)?;
        assert_queries!(db, 1, {
            let books = Book::objects().select_related((Book::author, Book::editor)).order_by(Book::title).all(db)?;
            assert_eq!(books[0].author.get()?.name, "Bob");
            assert_eq!(books[0].editor.get()?.map(|editor| &*editor.name), Some("Eve"));
            assert!(books[1].editor.get()?.is_none());
        });
        // Without it there is nothing to get.
        let book = Book::objects().first(db)?.expect("a book");
        assert!(matches!(book.author.get(), Err(Error::NotLoaded { relation: "author" })));
    }

    fn a_path_loads_what_lies_between_and_absent_rows_are_none(db) {
        library(db)?;
        assert_queries!(db, 1, {
            let reviews = Review::objects()
                .select_related((Review::book.author.profile, Review::book.editor.profile))
                .order_by(Review::stars)
                .all(db)?;
            let book = reviews[1].book.get()?;
            assert_eq!((reviews.len(), &*book.title), (2, "Rust"));
            let author = book.author.get()?;
            assert_eq!(author.profile.get()?.map(|profile| &*profile.bio), Some("Onwards"));
            let editor = book.editor.get()?.expect("an editor");
            assert_eq!(editor.profile.get()?.map(|profile| &*profile.bio), None);
        });
    }

    fn a_model_that_points_at_itself(db) {
        let root = Category::draft().name("root").save(db)?;
        let branch = Category::draft().name("branch").parent(&root).save(db)?;
        Category::draft().name("leaf").parent(&branch).save(db)?;
        assert_queries!(db, 1, {
            let leaf = Category::objects()
                .select_related(Category::parent.parent)
                .get(db, Category::name.eq("leaf"))?;
            let parent = leaf.parent.get()?.expect("a branch");
            assert_eq!(parent.parent.get()?.map(|root| &*root.name), Some("root"));
        });
        assert_queries!(db, 3, {
            let below = Category::children.prefetch_related(Category::children);
            let root = Category::objects().prefetch_related(below).get(db, Category::name.eq("root"))?;
            let branch = &root.children.loaded()?[0];
            assert_eq!(branch.children.loaded()?[0].name, "leaf");
            assert!(branch.children.loaded()?[0].children.loaded().is_err());
        });
    }

    fn joined_rows_do_not_change_which_rows_there_are(db) {
        library(db)?;
        let all = Book::objects().order_by(Book::title);
        let joined = all.clone().select_related((Book::author.profile, Book::editor));
        assert_eq!(joined.all(db)?, all.all(db)?);
        assert_eq!((joined.count(db)?, joined.exists(db)?), (2, true));
        assert_eq!(joined.clone().limit(1).offset(1).one(db)?.title, "SQL");
        assert_eq!(joined.clone().limit(2).filter(Book::title.eq("SQL")).one(db)?.author.get()?.name, "Bob");
        assert_eq!(joined.last(db)?.expect("a book").author.get()?.name, "Bob");
        assert_eq!(joined.clone().distinct().all(db)?.len(), 2);
        assert_eq!(joined.values_list(Book::title).all(db)?, ["Rust", "SQL"]);
        let by_key = Book::objects().select_related(Book::author).in_bulk_all(db)?;
        assert!(by_key.values().all(|book| book.author.get().is_ok()));
    }

    fn rows_that_point_at_the_rows_come_in_a_query_each(db) {
        library(db)?;
        assert_queries!(db, 4, {
            let books = Author::books
                .order_by(Book::price)
                .select_related(Book::editor)
                .prefetch_related(Book::reviews.order_by(Review::stars.desc()));
            let authors = Author::objects().prefetch_related((books, Author::profile)).order_by(Author::name).all(db)?;
            let [bob, eve] = &*authors else { panic!("two authors") };
            let titles: Vec<&str> = bob.books.loaded()?.iter().map(|book| &*book.title).collect();
            assert_eq!(titles, ["SQL", "Rust"]);
            assert!(bob.books.loaded()?[0].reviews.loaded()?.is_empty());
            let rust = &bob.books.loaded()?[1];
            assert_eq!(rust.editor.get()?.map(|editor| &*editor.name), Some("Eve"));
            let stars: Vec<Option<i32>> = rust.reviews.loaded()?.iter().map(|review| review.stars).collect();
            assert_eq!(stars, [Some(5), Some(3)]);
            assert_eq!(bob.profile.get()?.map(|profile| &*profile.bio), Some("Onwards"));
            assert!(eve.profile.get()?.is_none() && eve.books.loaded()?.is_empty());
            // What is loaded needs no further query.
            assert_eq!((bob.books.count(db)?, bob.books.all(db)?.len()), (2, 2));
            assert!(!eve.books.exists(db)? && eve.profile.fetch(db)?.is_none());
        });
    }

    fn keys_are_prefetched_once_each(db) {
        library(db)?;
        let (books, log) = db.capture(|db| {
            Book::objects().prefetch_related((Book::author, Book::editor)).order_by(Book::title).all(db)
        })?;
        assert_eq!(log.len(), 3);
        assert_eq!(books[0].author.get()?, books[1].author.get()?);
        assert_eq!(books[0].editor.get()?.map(|editor| &*editor.name), Some("Eve"));
        assert!(books[1].editor.get()?.is_none());
        // One author's key was asked for, though two books have it.
        let asked = &log.statements()[1];
        assert_eq!(asked.rows, 1);
    }

    fn nothing_is_asked_for_no_rows(db) {
        library(db)?;
        assert_queries!(db, 1, {
            let none = Author::objects().filter(Author::name.eq("Ann")).prefetch_related(Author::books).all(db)?;
            assert!(none.is_empty());
        });
        assert_queries!(db, 0, { prefetch(db, &mut Vec::<Author>::new(), Author::books)? });
        assert_queries!(db, 1, {
            // No book here has an editor, so that there is no key to ask for.
            Book::objects().filter(Book::editor.is_null()).prefetch_related(Book::editor).all(db)?;
        });
    }

    fn rows_that_are_there_load_more_and_lose_what_they_had(db) {
        library(db)?;
        let mut authors = Author::objects().order_by(Author::name).all(db)?;
        prefetch(db, &mut authors, Author::books)?;
        assert_eq!(authors[0].books.loaded()?.len(), 2);
        Book::objects().filter(Book::title.eq("SQL")).delete(db)?;
        assert_eq!(authors[0].books.count(db)?, 2);
        prefetch(db, &mut authors, (Author::books, Author::profile))?;
        assert_eq!(authors[0].books.count(db)?, 1);
        // The same row twice.
        let mut twice = vec![authors[0].clone(), authors[0].clone()];
        prefetch(db, &mut twice, Author::books)?;
        assert!(twice.iter().all(|author| author.books.loaded().is_ok_and(|books| books.len() == 1)));
    }

    fn an_iterator_loads_chunk_by_chunk(db) {
        library(db)?;
        let ((), log) = db.capture(|db| {
            let authors = Author::objects().prefetch_related(Author::books).order_by(Author::name).chunk_size(1);
            let mut counts = Vec::new();
            for author in authors.iterator(db)? {
                counts.push(author?.books.loaded()?.len());
            }
            assert_eq!(counts, [2, 0]);
            let joined = Book::objects().select_related(Book::author).chunk_size(1);
            for book in joined.iterator(db)? {
                assert_eq!(book?.author.get()?.name, "Bob");
            }
            Ok(())
        })?;
        // Two chunks, of one author each; the books' authors came with them.
        let loads = log.statements().iter().filter(|statement| statement.model == "Book").count();
        assert_eq!(loads, 3);
    }

    fn a_hundred_thousand_parents(db) {
        let drafts = (0..100_000).map(|number| Author::draft().name(number.to_string()).joined_date(day(2020, 1, 1)));
        let authors = Author::objects().bulk_create(db, drafts)?;
        let books = authors.iter().step_by(1_000).map(|author| Book::draft().title("A").author(author).price(1));
        Book::objects().bulk_create_with(db, books, BulkCreate::new())?;
        assert_queries!(db, 2, {
            let authors = Author::objects().prefetch_related(Author::books).all(db)?;
            let with_books = authors.iter().filter(|author| !author.books.loaded().is_ok_and(<[Book]>::is_empty));
            assert_eq!((authors.len(), with_books.count()), (100_000, 100));
        });
        // The same by their keys.
        assert_queries!(db, 2, {
            let some = Author::objects().filter(Author::name.ne("1000"));
            let authors = some.prefetch_related(Author::books).all(db)?;
            let with_books = authors.iter().filter(|author| !author.books.loaded().is_ok_and(<[Book]>::is_empty));
            assert_eq!((authors.len(), with_books.count()), (99_999, 99));
        });
    }

    fn the_rows_of_all_parents_need_no_keys(db) {
        library(db)?;
        let keys = |log: &orm::Log| -> Vec<bool> {
            let statements = log.statements().iter();
            statements.skip(1).map(|statement| statement.sql.contains("WHERE")).collect()
        };
        let (authors, log) = db.capture(|db| {
            let books = Author::books.prefetch_related(Book::reviews);
            Author::objects().prefetch_related((books, Author::profile)).order_by(Author::name).all(db)
        })?;
        assert_eq!(keys(&log), [false, false, false]);
        let stars: Vec<Vec<usize>> = authors
            .iter()
            .map(|author| Ok(author.books.loaded()?.iter().filter_map(|book| Some(book.reviews.loaded().ok()?.len())).collect()))
            .collect::<Result<_>>()?;
        assert_eq!(stars, [vec![2, 0], vec![]]);
        assert!(authors[0].profile.get()?.is_some() && authors[1].profile.get()?.is_none());

        // By a key that may be NULL not each row has one of them; a limit and rows of some parents go by keys, and so does what is
        // loaded for rows of which some were left out.
        let top = Category::draft().name("a").save(db)?;
        Category::draft().name("b").parent(&top).save(db)?;
        let (tops, log) = db.capture(|db| Category::objects().with(Category::children).order_by(Category::name).all(db))?;
        assert_eq!((keys(&log), tops[0].1.len()), (vec![true], 1));
        let (limited, log) = db.capture(|db| {
            Author::objects().with(Author::books.order_by(Book::title).limit(1)).order_by(Author::name).all(db)
        })?;
        assert_eq!((keys(&log), &*limited[0].1[0].title), (vec![true], "Rust"));
        let (chosen, log) = db.capture(|db| {
            let books = Author::books.filter(Book::price.gt(25)).with(Book::reviews);
            Author::objects().with(books).order_by(Author::name).all(db)
        })?;
        assert_eq!((chosen[0].1.len(), chosen[0].1[0].1.len()), (1, 2));
        assert!(!log.statements()[1].sql.contains("author_id\" IN") && log.statements()[2].sql.contains("WHERE"));
        let (_, log) = db.capture(|db| Author::objects().limit(9).with(Author::books).all(db))?;
        assert_eq!(keys(&log), [true]);
        let (_, log) = db.capture(|db| {
            let mut authors = Author::objects().all(db)?;
            prefetch(db, &mut authors, Author::books)
        })?;
        assert_eq!(keys(&log), [true]);
    }

    fn rows_that_point_at_none_of_the_parents_are_passed_over(db) {
        library(db)?;
        // As if somebody had written an author and a book between the two queries.
        let astray = "UPDATE book SET author_id = 999 WHERE title = 'SQL'";
        if dialect(db) == Dialect::Sqlite {
            db.execute("PRAGMA foreign_keys = OFF", ())?;
            db.execute(astray, ())?;
        } else {
            db.atomic(|tx| {
                tx.execute("SET LOCAL session_replication_role = replica", ())?;
                tx.execute(astray, ())
            })?;
        }
        let authors = Author::objects().prefetch_related(Author::books.prefetch_related(Book::reviews)).order_by(Author::name);
        let books = |author: &Author| author.books.loaded().map(<[Book]>::len);
        assert_eq!(authors.all(db)?.iter().map(books).collect::<Result<Vec<_>>>()?, [1, 0]);
    }

    fn an_instance_knows_its_rows(db) {
        library(db)?;
        let bob = Author::objects().get(db, Author::name.eq("Bob"))?;
        assert_eq!(bob.books.order_by(Book::price.desc()).values_list(Book::title).all(db)?, ["Rust", "SQL"]);
        assert_eq!(bob.books.get(db, Book::title.eq("SQL"))?.price, dec!(20));
        assert_eq!(bob.books.exclude(Book::title.eq("SQL")).update(db, Book::price.set(31))?, 1);
        assert_eq!(bob.books.first(db)?.expect("a book").author.id(), bob.id);
        assert_eq!((bob.books.all(db)?.len(), bob.books.count(db)?), (2, 2));
        assert_queries!(db, 1, {
            assert_eq!(bob.profile.fetch(db)?.map(|profile| &*profile.bio), Some("Onwards"));
            assert!(bob.profile.fetch(db)?.is_some());
        });
        let eve = Author::objects().get(db, Author::name.eq("Eve"))?;
        assert!(!eve.books.exists(db)? && eve.profile.fetch(db)?.is_none());
        assert!(matches!(eve.books.loaded(), Err(Error::NotLoaded { relation: "books" })));
        // A copy has what the first one had loaded.
        assert!(eve.clone().profile.get()?.is_none());
    }

    fn what_is_joined_is_in_the_sql_and_in_the_plan(db) {
        library(db)?;
        let joined = Book::objects().select_related(Book::author).order_by(Book::author.name);
        let (sql, _) = joined.to_sql(crate::support::dialect(db))?;
        assert!(sql.contains("JOIN \"author\"") && sql.contains("\"joined_date\""), "{sql}");
        assert!(joined.explain(db)?.contains("t1"));
        assert_eq!(joined.distinct().all(db)?.len(), 2);
    }

    fn values_have_no_relations_to_load(db) {
        library(db)?;
        assert_queries!(db, 1, {
            let names = Author::objects().prefetch_related(Author::books).values_list(Author::name).all(db)?;
            assert_eq!(names.len(), 2);
        });
    }

    fn prefetched_children_know_their_parent(db) {
        library(db)?;
        assert_queries!(db, 4, {
            let authors = Author::objects()
                .prefetch_related((Author::books.prefetch_related(Book::reviews), Author::profile))
                .order_by(Author::name)
                .all(db)?;
            let bob = &authors[0];
            for book in bob.books.loaded()? {
                assert_eq!(book.author.get()?, bob);
                // The parent is the row, without what was loaded for it.
                assert!(book.author.get()?.books.loaded().is_err());
                for review in book.reviews.loaded()? {
                    assert_eq!((review.book.get()?, review.book.get()?.author.id()), (book, bob.id));
                }
            }
            assert_eq!(bob.profile.get()?.expect("a profile").author.get()?, bob);
        });
        // What the children load by themselves counts.
        let own = Author::books.prefetch_related(Book::author.prefetch_related(Author::profile));
        let bob = Author::objects().prefetch_related(own).get(db, Author::name.eq("Bob"))?;
        assert!(bob.books.loaded()?[0].author.get()?.profile.get()?.is_some());
        let joined = Author::books.select_related(Book::author.profile);
        let bob = Author::objects().prefetch_related(joined).get(db, Author::name.eq("Bob"))?;
        assert!(bob.books.loaded()?[0].author.get()?.profile.get()?.is_some());
    }

    fn each_of_many_parents_is_known_to_its_rows(db) {
        // More than are kept together, some without rows, and rows that come for one parent in a row or mixed.
        let draft = |n: i32| Author::draft().name(format!("{n:03}")).joined_date(day(2020, 1, 1));
        let authors = Author::objects().bulk_create(db, (0..200).map(draft))?;
        let of = |author: &Author, n: i32| Book::draft().title(format!("{n} of {}", author.name)).author(author).price(Decimal::from(n));
        let with_books = || authors.iter().enumerate().filter(|(n, _)| n % 3 != 1).map(|(_, author)| author);
        let drafts = (0..3).flat_map(|n| with_books().map(move |author| of(author, n)));
        Book::objects().bulk_create(db, drafts)?;
        let mixed = Author::books.order_by((Book::price, Book::id));
        let together = Author::books.order_by((Book::author, Book::price));
        for books in [mixed, together] {
            let nested = books.clone().prefetch_related(Book::reviews);
            for books in [books, nested] {
                let loaded = Author::objects().prefetch_related(books).order_by(Author::name).all(db)?;
                for (n, author) in loaded.iter().enumerate() {
                    let books = author.books.loaded()?;
                    assert_eq!(books.len(), if n % 3 == 1 { 0 } else { 3 });
                    for (at, book) in books.iter().enumerate() {
                        assert_eq!(book.title, format!("{at} of {}", author.name));
                        assert_eq!((book.author.get()?, &*book.author.get()?.name), (author, &*author.name));
                    }
                }
            }
        }
        // Rows that are there twice have the same ones.
        let mut twice = [&authors[..70], &authors[..70]].concat();
        prefetch(db, &mut twice, Author::books)?;
        for (author, again) in twice.iter().zip(&twice[70..]) {
            assert_eq!(author.books.loaded()?, again.books.loaded()?);
            assert!(again.books.loaded()?.iter().all(|book| book.author.get().is_ok_and(|of| of == author)));
        }
    }

    fn a_key_that_is_selected_is_selected_once(db) {
        library(db)?;
        let key_and_title = Author::books.order_by(Book::title).values_list((Book::author, Book::title));
        let title = Author::books.order_by(Book::title).values_list(Book::title);
        let ((rows, _), log) = db.capture(|db| {
            let rows = Author::objects().with(key_and_title).order_by(Author::name).all(db)?;
            Ok((rows, Author::objects().with(title).all(db)?))
        })?;
        let bob = rows[0].0.id;
        assert_eq!(rows[0].1, [(bob, "Rust".to_owned()), (bob, "SQL".to_owned())]);
        let selected = |sql: &str| sql.split(" FROM ").next().unwrap_or_default().matches("author_id").count();
        assert_eq!([selected(&log[1].sql), selected(&log[3].sql)], [1, 1]);
    }

    fn several_versions_of_a_relation_stand_side_by_side(db) {
        library(db)?;
        assert_queries!(db, 4, {
            let authors: Vec<(Author, Vec<Book>, Vec<Book>, Vec<String>)> = Author::objects()
                .order_by(Author::name)
                .with(Author::books.filter(Book::price.gt(25)))
                .with(Author::books.exclude(Book::price.gt(25)))
                .with(Author::books.order_by(Book::title.desc()).values_list(Book::title))
                .all(db)?;
            let (bob, dear, cheap, titles) = &authors[0];
            assert_eq!((&*bob.name, &*dear[0].title, &*cheap[0].title), ("Bob", "Rust", "SQL"));
            assert_eq!((dear.len(), cheap.len(), titles.len()), (1, 1, 2));
            assert_eq!(*titles, ["SQL", "Rust"]);
            assert!(authors[1].1.is_empty() && authors[1].3.is_empty());
        });
    }

    fn rows_are_appended_in_every_way_of_asking(db) {
        library(db)?;
        let with = Author::objects().with(Author::books.order_by(Book::title)).order_by(Author::name);
        let titles = |row: &(Author, Vec<Book>)| row.1.iter().map(|book| book.title.clone()).collect::<Vec<_>>();
        assert_queries!(db, 2, { assert_eq!(titles(&with.get(db, Author::name.eq("Bob"))?), ["Rust", "SQL"]) });
        assert_eq!(titles(&with.clone().filter(Author::name.eq("Bob")).one(db)?), ["Rust", "SQL"]);
        assert_eq!(titles(&with.first(db)?.expect("an author")), ["Rust", "SQL"]);
        assert_eq!(titles(&with.last(db)?.expect("an author")), [""; 0]);
        assert_eq!((with.count(db)?, with.exists(db)?), (2, true));
        assert_eq!(with.clone().limit(1).all(db)?.len(), 1);
        assert_eq!(titles(&with.clone().limit(1).filter(Author::name.eq("Bob")).one(db)?), ["Rust", "SQL"]);
        assert!(with.clone().none().all(db)?.is_empty());
        let mut counts = Vec::new();
        for row in with.chunk_size(1).iterator(db)? {
            counts.push(row?.1.len());
        }
        assert_eq!(counts, [2, 0]);
    }

    fn appended_rows_have_rows_of_their_own(db) {
        library(db)?;
        assert_queries!(db, 3, {
            let books = Author::books.order_by(Book::title).with(Book::reviews.order_by(Review::stars.desc()));
            let authors: Vec<(Author, Vec<(Book, Vec<Review>)>)> =
                Author::objects().with(books).order_by(Author::name).all(db)?;
            let (rust, reviews) = &authors[0].1[0];
            let stars: Vec<_> = reviews.iter().map(|review| review.stars).collect();
            assert_eq!((&*rust.title, stars), ("Rust", vec![Some(5), Some(3)]));
            assert!(authors[0].1[1].1.is_empty());
        });
    }

    fn one_row_for_each_is_appended_by_a_join(db) {
        library(db)?;
        assert_queries!(db, 2, {
            let books: Vec<(Book, Author, Option<Author>, Option<Profile>, Vec<Review>)> = Book::objects()
                .with(Book::author)
                .with(Book::editor)
                .with(Book::author.profile)
                .with(Book::reviews)
                .select_related(Book::editor)
                .order_by(Book::title)
                .all(db)?;
            let (rust, author, editor, profile, reviews) = &books[0];
            assert_eq!((&*rust.title, &*author.name), ("Rust", "Bob"));
            assert_eq!(editor.as_ref(), rust.editor.get()?);
            assert_eq!((profile.as_ref().map(|profile| &*profile.bio), reviews.len()), (Some("Onwards"), 2));
            assert!(books[1].2.is_none());
        });
        // A row that is filtered, or has rows of its own, comes by a query of its own, once for each.
        assert_queries!(db, 3, {
            let authors = Book::author.with(Author::books.order_by(Book::title).values_list(Book::title));
            let books: Vec<(Book, Option<(Author, Vec<String>)>)> =
                Book::objects().with(authors).order_by(Book::title).all(db)?;
            for (_, author) in &books {
                let (author, titles) = author.as_ref().expect("an author");
                assert_eq!((&*author.name, titles.len()), ("Bob", 2));
            }
        });
        let books = Book::objects().with(Book::author.filter(Author::name.eq("Ann"))).all(db)?;
        assert!(books.iter().all(|(_, author)| author.is_none()));
    }

    fn a_limit_counts_for_each_row(db) {
        library(db)?;
        let eve = Author::objects().get(db, Author::name.eq("Eve"))?;
        for (number, price) in [40, 10, 20].into_iter().enumerate() {
            Book::draft().title(format!("E{number}")).author(&eve).price(price).save(db)?;
        }
        let authors = Author::objects().order_by(Author::name);
        let prices = |row: &(Author, Vec<Decimal>)| row.1.clone();
        let dearest = Author::books.order_by(Book::price.desc()).values_list(Book::price);
        assert_queries!(db, 2, {
            let rows = authors.clone().with(dearest.clone().limit(2)).all(db)?;
            assert_eq!(rows.iter().map(prices).collect::<Vec<_>>(), [vec![dec!(30), dec!(20)], vec![dec!(40), dec!(20)]]);
        });
        let rows = authors.clone().with(dearest.clone().offset(1)).all(db)?;
        assert_eq!(rows.iter().map(prices).collect::<Vec<_>>(), [vec![dec!(20)], vec![dec!(20), dec!(10)]]);
        let rows = authors.clone().with(dearest.clone().slice(1..2)).all(db)?;
        assert_eq!(rows.iter().map(prices).collect::<Vec<_>>(), [[dec!(20)], [dec!(20)]]);
        // What comes after a limit sees its rows.
        let cheap = Author::books.order_by(Book::price.desc()).limit(2).filter(Book::price.lt(30));
        let rows = authors.clone().with(cheap).all(db)?;
        assert_eq!(rows.iter().map(|row| row.1.len()).collect::<Vec<_>>(), [1, 1]);
        let turned = Author::books.order_by(Book::price.desc()).limit(2).reverse().values_list(Book::price);
        let rows = authors.clone().with(turned).all(db)?;
        assert_eq!(rows.iter().map(prices).collect::<Vec<_>>(), [vec![dec!(20), dec!(30)], vec![dec!(20), dec!(40)]]);
        // With joined columns of the same names.
        let joined = Author::books.order_by(Book::price).limit(1).select_related((Book::author, Book::editor));
        for (author, books) in authors.clone().with(joined).all(db)? {
            assert_eq!((books.len(), books[0].author.get()?), (1, &author));
        }
        // Where an index has the first rows of each, as that of author and title.
        let titles = |row: (Author, Vec<String>)| row.1;
        let first = Author::books.filter(Book::price.gt(10)).order_by((Book::title.desc(), Book::id)).values_list(Book::title);
        let rows = authors.clone().with(first.clone().limit(1)).all(db)?;
        assert_eq!(rows.into_iter().map(titles).collect::<Vec<_>>(), [["SQL"], ["E2"]]);
        let rows = authors.clone().with(first.clone().slice(1..3)).all(db)?;
        assert_eq!(rows.into_iter().map(titles).collect::<Vec<_>>(), [["Rust"], ["E0"]]);
        let rows = authors.clone().with(first.offset(1)).all(db)?;
        assert_eq!(rows.into_iter().map(titles).collect::<Vec<_>>(), [["Rust"], ["E0"]]);
        let whole = Author::books.order_by(Book::title).limit(2).select_related((Book::author, Book::editor));
        for (author, books) in authors.clone().with(whole.with(Book::reviews)).all(db)? {
            assert_eq!((books.len(), books[0].0.author.get()?), (2, &author));
        }
        // Distinct within each.
        let titles = Author::books.values_list(Book::author.name).distinct();
        assert_eq!(authors.clone().with(titles.clone()).all(db)?[1].1, ["Eve"]);
        assert!(matches!(authors.with(titles.limit(1)).all(db), Err(Error::InvalidQuery { .. })));
    }

    fn any_query_set_of_the_model_is_appended(db) {
        library(db)?;
        let dear = Book::objects().filter(Book::price.gt(25)).order_by(Book::title);
        let rows = Author::objects().with(Author::books.query(dear)).order_by(Author::name).all(db)?;
        assert_eq!((rows[0].1.len(), rows[1].1.len()), (1, 0));
        let none = Author::objects().with(Author::books.query(Book::objects().none()));
        assert_queries!(db, 1, { assert!(none.all(db)?.iter().all(|(_, books)| books.is_empty())) });
    }

    fn a_hundred_thousand_rows_get_theirs(db) {
        let drafts = (0..100_000).map(|number| Author::draft().name(number.to_string()).joined_date(day(2020, 1, 1)));
        let authors = Author::objects().bulk_create(db, drafts)?;
        let books = authors.iter().step_by(1_000).map(|author| Book::draft().title("A").author(author).price(1));
        Book::objects().bulk_create_with(db, books, BulkCreate::new())?;
        assert_queries!(db, 2, {
            let rows = Author::objects().with(Author::books.order_by(Book::title).limit(2)).all(db)?;
            let with_books = rows.iter().filter(|(author, books)| books.iter().any(|book| book.author.id() == author.id));
            assert_eq!((rows.len(), with_books.count()), (100_000, 100));
        });
    }

    fn relations_of_rows_that_keys_lead_to_are_appended(db) {
        library(db)?;
        let titles = |books: &[Book]| books.iter().map(|book| book.title.clone()).collect::<Vec<_>>();
        assert_queries!(db, 2, {
            let rows: Vec<(Review, Vec<Book>)> =
                Review::objects().with(Review::book.author.books.order_by(Book::title)).order_by(Review::stars).all(db)?;
            assert_eq!(rows.iter().map(|row| (row.0.stars, titles(&row.1))).collect::<Vec<_>>(),
                [(Some(3), vec!["Rust".to_owned(), "SQL".to_owned()]), (Some(5), vec!["Rust".to_owned(), "SQL".to_owned()])]);
        });
        // Beside other parts, over a key that may be NULL, and to one row.
        assert_queries!(db, 4, {
            type Row = (Book, String, Vec<Book>, Vec<String>, Option<Author>, Option<Profile>, Decimal);
            let rows: Vec<Row> = Book::objects()
                .order_by(Book::title)
                .select_related(Book::author)
                .annotate(Book::title.upper())
                .with(Book::editor.books)
                .with(Book::author.books.order_by(Book::title.desc()).limit(1).values_list(Book::title))
                .with(Book::editor)
                .with(Book::author.profile.filter(Profile::bio.ne("")))
                .annotate(Book::price)
                .all(db)?;
            let (rust, upper, of_editor, last, editor, profile, price) = &rows[0];
            assert_eq!((&*upper.clone(), of_editor.len(), &last[..], *price), ("RUST", 0, &["SQL".to_owned()][..], dec!(30.00)));
            assert_eq!((rust.author.get()?.name.as_str(), editor.as_ref().map(|eve| &*eve.name)), ("Bob", Some("Eve")));
            assert_eq!(profile.as_ref().map(|profile| &*profile.bio), Some("Onwards"));
            assert!(rows[1].2.is_empty() && rows[1].4.is_none() && rows[1].3 == rows[0].3);
        });
        let eve = Author::objects().get(db, Author::name.eq("Eve"))?;
        eve.books.draft().title("Dunes").price(5).save(db)?;
        let of_editors = || Book::objects().with(Book::editor.books.with(Book::author.books));
        let rows = of_editors().filter(Book::editor.is_not_null()).all(db)?;
        assert_eq!((rows.len(), titles(&[rows[0].1[0].0.clone()]), titles(&rows[0].1[0].1)), (1, vec!["Dunes".to_owned()], vec!["Dunes".to_owned()]));
        let united = of_editors().filter(Book::title.eq("SQL")).union(of_editors().filter(Book::title.eq("Rust"))).order_by(Book::title);
        assert_eq!(united.all(db)?.iter().map(|row| row.1.len()).collect::<Vec<_>>(), [1, 0]);
        let mut one_by_one = of_editors().order_by(Book::title.desc()).iterator(db)?.chunk_size(1);
        assert_eq!(one_by_one.by_ref().map(|row| Ok(row?.1.len())).collect::<Result<Vec<_>>>()?, [0, 1, 0]);
    }

    fn a_path_is_prefetched_step_by_step(db) {
        library(db)?;
        assert_queries!(db, 4, {
            for review in Review::objects().prefetch_related(Review::book.author.books).all(db)? {
                assert_eq!(review.book.get()?.author.get()?.books.loaded()?.len(), 2);
            }
        });
        // What several paths have in common is loaded once, as it was said to be.
        assert_queries!(db, 5, {
            let authors = Author::objects()
                .prefetch_related((Author::books.reviews, Author::books.order_by(Book::title.desc())))
                .prefetch_related((Author::books.editor.profile, Author::books.reviews))
                .all(db)?;
            let books = authors[0].books.loaded()?;
            assert_eq!(books.iter().map(|book| &*book.title).collect::<Vec<_>>(), ["SQL", "Rust"]);
            assert_eq!((books[0].reviews.loaded()?.len(), books[1].reviews.loaded()?.len()), (0, 2));
            assert!(books[1].editor.get()?.expect("Eve").profile.get()?.is_none());
            assert!(authors[1].books.loaded()?.is_empty());
        });
        assert_queries!(db, 2, { Author::objects().prefetch_related((Author::books, Author::books)).all(db)? });
        let mut authors = Author::objects().all(db)?;
        assert_queries!(db, 3, { prefetch(db, &mut authors, (Author::profile, Author::books.reviews))? });
        assert_eq!(authors[0].books.loaded()?[0].reviews.loaded()?.len() + authors[0].books.loaded()?[1].reviews.loaded()?.len(), 2);
        // A joined row is loaded again for what lies behind it, but not where it has loaded more by itself.
        let books = Book::objects().select_related(Book::author).prefetch_related(Book::author.books).all(db)?;
        assert_eq!(books[0].author.get()?.books.loaded()?.len(), 2);
        let twice = Book::objects().select_related(Book::author.profile).prefetch_related(Book::author.books);
        let twice = assert_queries!(db, 0, { twice.all(db) });
        assert!(matches!(twice, Err(Error::InvalidQuery { model: "Book", .. })), "{twice:?}");
        let told = Book::author.select_related(Author::profile).prefetch_related(Author::books);
        let books = Book::objects().prefetch_related(told).all(db)?;
        assert!(books[0].author.get()?.profile.get()?.is_some() && books[0].author.get()?.books.loaded()?.len() == 2);
    }

    fn what_any_of_united_queries_loads_is_loaded_for_all(db) {
        library(db)?;
        let named = |name: &'static str| Author::objects().filter(Author::name.eq(name));
        assert_queries!(db, 2, {
            let both = named("Bob").union(named("Eve").prefetch_related(Author::books)).order_by(Author::name).all(db)?;
            assert_eq!((both[0].books.loaded()?.len(), both[1].books.loaded()?.len()), (2, 0));
        });
        assert_queries!(db, 3, {
            let bob = named("Bob").prefetch_related(Author::books);
            let eve = named("Eve").prefetch_related((Author::books.reviews, Author::books));
            for author in bob.union(eve).all(db)? {
                for book in author.books.loaded()? {
                    book.reviews.loaded()?;
                }
            }
        });
        let titled = |title: &'static str| Book::objects().filter(Book::title.eq(title));
        assert_queries!(db, 1, {
            let rust = titled("Rust").select_related(Book::author);
            let sql = titled("SQL").select_related((Book::editor, Book::author.profile));
            let both = rust.union(sql).order_by(Book::title).all(db)?;
            assert_eq!(both[0].editor.get()?.map(|editor| &*editor.name), Some("Eve"));
            assert!(both.iter().all(|book| book.author.get().is_ok_and(|author| author.profile.get().is_ok())));
        });
    }
}
