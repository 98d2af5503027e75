//! Subqueries: as values and conditions, about the rows around them, at one level and at two.

use orm::prelude::*;

use crate::models::*;
use crate::support::suite;

/// The title of an author's book that costs most.
fn dearest() -> Expr<Author, Option<String>> {
    subquery(|author: Outer<Author, _>| {
        Book::objects()
            .filter(Book::author.eq(author.id))
            .order_by(Book::price.desc())
            .values_list(Book::title)
            .limit(1)
    })
}

fn names(db: &Database, condition: Condition<Author>) -> Result<Vec<String>> {
    Author::objects()
        .filter(condition)
        .order_by(Author::id)
        .values_list(Author::name)
        .all(db)
}

suite! {
    fn subqueries_beside_groups(db) {
        let (ann, _) = library(db)?;
        let n = Book::id.count();
        // Of the rows around they know what these are grouped by.
        let name = subquery(|book: Outer<Book, _>| Author::objects().filter(Author::id.eq(book.author)).values_list(Author::name).limit(1));
        let groups = Book::objects().values_list(Book::author).annotate((&n, &name)).order_by(Book::author).all(db)?;
        assert_eq!(groups[0], (ann.id, 2, Some("Ann".to_owned())));
        let titled = exists(|book: Outer<Book, _>| Author::objects().filter(Author::name.length().eq(book.title.length())));
        let by_length = Book::objects().values_list(Book::title.length()).annotate((&n, titled)).order_by(Book::title.length()).all(db)?;
        assert_eq!(by_length[0], (4, 1, false));
        let shelf = exists(|book: Outer<Book, _>| Author::objects().filter(Author::id.eq(book.author) & Author::name.eq("Ann")));
        let of_ann = Book::objects().values_list(Book::author).annotate(&n).filter(shelf.clone() & n.gt(0)).all(db)?;
        assert_eq!(of_ann, [(ann.id, 2)]);
        // What else the rows have there is none of.
        let length = subquery(|book: Outer<Book, _>| Author::objects().filter(Author::id.eq(book.author)).values_list(Author::name.length()).limit(1));
        let added = Book::objects().values_list(Book::is_published).annotate(&n + &length).all(db);
        assert!(matches!(added, Err(Error::InvalidQuery { .. })), "{added:?}");
        let added = Book::objects().values_list(Book::author).annotate(&n + &length).order_by(Book::author).all(db)?;
        assert_eq!(added[0], (ann.id, Some(5)));
        let filtered = Book::objects().values_list(Book::is_published).annotate(&n).filter(shelf.clone() | n.gt(100)).all(db);
        assert!(matches!(filtered, Err(Error::InvalidQuery { .. })), "{filtered:?}");
        // A condition on the rows, and the inside of an aggregate, speak of each of them.
        let filtered = Book::objects().values_list(Book::is_published).annotate(&n).filter(&shelf).order_by(n.desc()).all(db)?;
        assert_eq!(filtered.iter().map(|row| row.1).sum::<i64>(), 2);
        let names = Book::objects().values_list(Book::is_published).annotate((&n.clone().filter(shelf), name.string_agg("/").distinct())).all(db)?;
        assert!(names.iter().any(|row| row.2.as_deref() == Some("Ann/Bob")), "{names:?}");
    }

    fn a_subquery_is_a_value(db) {
        library(db)?;
        let dearest = dearest();
        let rows = Author::objects().values_list((Author::name, &dearest)).order_by(Author::id).all(db)?;
        let row = |name: &str, title: Option<&str>| (name.to_owned(), title.map(str::to_owned));
        assert_eq!(rows, [row("Ann", Some("Joins")), row("Bob", Some("Dragons")), row("Cid", None)]);
        let by_title = Author::objects().order_by(dearest.desc().nulls_last()).values_list(Author::name).all(db)?;
        assert_eq!(by_title, ["Ann", "Bob", "Cid"]);
        let whole = Author::objects().order_by(&dearest).first(db)?;
        assert_eq!(whole.map(|author| author.name), Some("Bob".to_owned()));
    }

    fn a_subquery_is_filtered_by(db) {
        library(db)?;
        assert_eq!(names(db, dearest().eq("Joins"))?, ["Ann"]);
        assert_eq!(names(db, dearest().ne("Joins"))?, ["Bob", "Cid"]);
        assert_eq!(names(db, !dearest().icontains("drag"))?, ["Ann", "Cid"]);
        assert_eq!(names(db, dearest().is_null())?, ["Cid"]);
        assert_eq!(names(db, dearest().unwrap_or("none").eq("none"))?, ["Cid"]);
        assert_eq!(Author::objects().filter(dearest().is_not_null()).count(db)?, 2);
    }

    fn a_subquery_of_decimals_compares_by_value(db) {
        let (ann, _) = library(db)?;
        let dearest = subquery(|author: Outer<Author, _>| {
            Book::objects().filter(Book::author.eq(author.id)).order_by(Book::price.desc()).values_list(Book::price).limit(1)
        });
        let rows = Author::objects().filter(dearest.gte(dec!(39.900))).all(db)?;
        assert_eq!(rows, [ann]);
        let prices = Author::objects().order_by(dearest.desc().nulls_last()).values_list(&dearest).all(db)?;
        assert_eq!(prices, [Some(dec!(39.90)), Some(dec!(14.00)), None]);
        let twice = Author::objects().values_list(&dearest * 2).order_by(Author::id).all(db)?;
        assert_eq!(twice, [Some(dec!(79.80)), Some(dec!(28.00)), None]);
    }

    fn exists_is_a_condition(db) {
        library(db)?;
        let cheap = || exists(|author: Outer<Author, _>| {
            Book::objects().filter(Book::author.eq(author) & Book::price.lt(9))
        });
        assert_eq!(names(db, cheap())?, ["Bob"]);
        assert_eq!(names(db, !cheap())?, ["Ann", "Cid"]);
        assert_eq!(names(db, cheap() | Author::name.eq("Cid"))?, ["Bob", "Cid"]);
        let selected = Author::objects().order_by(Author::id).values_list((Author::name, cheap())).all(db)?;
        assert_eq!(selected.iter().map(|(_, cheap)| *cheap).collect::<Vec<_>>(), [false, true, false]);
        let first = Author::objects().order_by((cheap().desc(), Author::name)).values_list(Author::name).first(db)?;
        assert_eq!(first.as_deref(), Some("Bob"));
        // More than two books: there is a third.
        let third = exists(|author: Outer<Author, _>| Book::objects().filter(Book::author.eq(author.id)).offset(2));
        assert_eq!(names(db, third)?, ["Bob"]);
        assert_eq!(names(db, exists(|_: Outer<Author, _>| Book::objects().none()))?, [""; 0]);
    }

    fn an_outer_row_has_its_relations(db) {
        library(db)?;
        // Books that cost more than some book which their editor wrote.
        let dearer = exists(|book: Outer<Book, _>| {
            Book::objects().filter(Book::author.eq(book.editor) & Book::price.lt(book.price))
        });
        let titles = Book::objects().filter(dearer).order_by(Book::id).values_list(Book::title).all(db)?;
        assert_eq!(titles, ["Joins"]);
        // A path on from it is joined where the row is.
        let same_year = exists(|book: Outer<Book, _>| {
            Author::objects().filter(Author::joined_date.year().gt(book.author.joined_date.year()) & Author::id.eq(book.editor))
        });
        assert_eq!(Book::objects().filter(same_year).order_by(Book::id).values_list(Book::title).all(db)?, ["Joins"]);
        let reviewed = exists(|book: Outer<Book, _>| {
            Author::objects().filter(Author::id.eq(book.author) & book.reviews.any(Review::stars.gt(4)))
        });
        assert_eq!(Book::objects().filter(reviewed).one(db)?.title, "Joins");
        let unreviewed = exists(|book: Outer<Book, _>| {
            Author::objects().filter(Author::id.eq(book.author)).filter(book.reviews.is_empty() & book.is_published)
        });
        assert_eq!(Book::objects().filter(unreviewed).count(db)?, 2);
    }

    fn two_levels(db) {
        library(db)?;
        // Authors with a book whose title begins as that of a book of another author.
        let shared = exists(|author: Outer<Author, _>| {
            Book::objects().filter(Book::author.eq(author.id)).filter(exists(|book: Outer<Book, _>| {
                Book::objects().filter(Book::author.ne(author.nested().id)).filter(Book::title.startswith(book.title))
            }))
        });
        assert_eq!(names(db, shared)?, [""; 0]);
        // The condition of a relation is a query of its own.
        let praised = exists(|author: Outer<Author, _>| {
            Book::objects().filter(Book::author.eq(author.id) & Book::reviews.any(Review::text.startswith(author.nested().name)))
        });
        assert_eq!(names(db, praised.clone())?, [""; 0]);
        Review::draft().book(&Book::objects().get(db, Book::title.eq("Joins"))?).text("Anno domini").save(db)?;
        assert_eq!(names(db, praised)?, ["Ann"]);
        // Three levels, of one model.
        let root = Category::draft().name("root").save(db)?;
        let leaf = Category::draft().name("leaf").parent(&root).save(db)?;
        Category::draft().name("under leaf").parent(&leaf).save(db)?;
        let grandparent = exists(|grand: Outer<Category, _>| {
            Category::objects().filter(Category::parent.eq(grand.id)).filter(exists(|parent: Outer<Category, _>| {
                Category::objects().filter(Category::parent.eq(parent.id) & Category::name.ne(grand.nested().name))
            }))
        });
        assert_eq!(Category::objects().filter(grandparent).one(db)?, root);
    }

    fn values_of_related_rows_see_the_rows_around(db) {
        library(db)?;
        let joins = Book::objects().get(db, Book::title.eq("Joins"))?;
        for (text, stars) in [("Ann", Some(3)), ("Ann", Some(1)), ("Bob", Some(2))] {
            Review::draft().book(&joins).text(text).stars(stars).save(db)?;
        }
        // Reviews of the author's books that are signed as the author, counted for each book.
        let own = subquery(|author: Outer<Author, _>| {
            let signed = Book::reviews.filter(Review::text.eq(author.nested().name)).count();
            Book::objects().filter(Book::author.eq(author.id)).order_by((signed.desc(), Book::id)).values_list(signed).limit(1)
        });
        let rows = Author::objects().order_by(Author::id).values_list(&own).all(db)?;
        assert_eq!(rows, [Some(2), Some(0), None]);
        let filtered = exists(|author: Outer<Author, _>| {
            Book::objects().filter(Book::author.eq(author.id)).filter(Book::reviews.filter(Review::text.eq(author.nested().name)).sum(Review::stars).eq(4))
        });
        assert_eq!(names(db, filtered)?, ["Ann"]);
        // In the value, beside one that speaks of its rows alone.
        let both = exists(|author: Outer<Author, _>| {
            let all = Book::reviews.count();
            let signed = Book::reviews.aggregate(Review::id.count().filter(Review::text.eq(author.nested().name)));
            Book::objects().filter(Book::author.eq(author.id)).filter(signed.eq(2) & all.gt(signed))
        });
        assert_eq!(names(db, both)?, ["Ann"]);
        // Of groups, too: of the books of an author by whether they are published.
        let groups = exists(|author: Outer<Author, _>| {
            let signed = Book::reviews.filter(Review::text.eq(author.nested().name)).count();
            Book::objects().filter(Book::author.eq(author.id)).values_list(Book::is_published).annotate((&signed, Book::id.count())).filter(signed.eq(2))
        });
        assert_eq!(names(db, groups)?, ["Ann"]);
        let of_group = exists(|author: Outer<Author, _>| {
            let n = Book::reviews.count();
            Book::objects().values_list(Book::author).annotate((&n, Book::id.count())).filter(n.gt(author.name.length().cast::<i64>()))
        });
        assert_eq!(names(db, of_group)?, ["Ann", "Bob", "Cid"]);
    }

    fn a_slice_inside_a_subquery_still_sees_the_row_around(db) {
        library(db)?;
        // Of the two dearest books of an author the one that sold less.
        let less_sold = subquery(|author: Outer<Author, _>| {
            Book::objects().filter(Book::author.eq(author.id)).order_by(Book::price.desc()).limit(2)
                .order_by(Book::sales_count).values_list(Book::title).limit(1)
        });
        let rows = Author::objects().order_by(Author::id).values_list(&less_sold).all(db)?;
        assert_eq!(rows, [Some("Joins".to_owned()), Some("dragonflies".to_owned()), None]);
    }

    fn subqueries_in_updates_and_deletes(db) {
        library(db)?;
        let stars = subquery(|book: Outer<Book, _>| {
            Review::objects().filter(Review::book.eq(book.id)).order_by(Review::stars.desc()).values_list(Review::stars).limit(1)
        });
        Book::objects().update(db, Book::sales_count.set(stars.unwrap_or(0)))?;
        let sold = Book::objects().order_by(Book::id).values_list(Book::sales_count).all(db)?;
        assert_eq!(sold, [5, 0, 0, 0, 0]);
        Book::objects().filter(Book::title.eq("Dragons")).update(db, Book::subtitle.set(subquery(|book: Outer<Book, _>| {
            Author::objects().filter(Author::id.eq(book.author)).values_list(Author::name).limit(1)
        })))?;
        assert_eq!(Book::objects().get(db, Book::title.eq("Dragons"))?.subtitle.as_deref(), Some("Bob"));
        // A path on from the outer row, where an UPDATE has no joins.
        let of_namesake = exists(|book: Outer<Book, _>| Author::objects().filter(Author::name.eq(book.author.name) & Author::name.eq("Bob")));
        assert_eq!(Book::objects().filter(&of_namesake).update(db, Book::stock_level.set(1))?, 3);
        let reviewed = exists(|book: Outer<Book, _>| Review::objects().filter(Review::book.eq(book)));
        assert_eq!(Book::objects().filter(!reviewed).filter(of_namesake).delete(db)?, 2);
        assert_eq!(Book::objects().count(db)?, 3);
    }

    fn a_query_set_of_one_row_is_a_value(db) {
        library(db)?;
        let middle = Book::objects().order_by(Book::price).values_list(Book::price).offset(2).limit(1);
        let dearer = Book::objects().filter(Book::price.gt(&middle)).order_by(Book::price).values_list(Book::title).all(db)?;
        assert_eq!(dearer, ["Dragons", "Joins"]);
        assert_eq!(Book::objects().filter(Book::price.eq(middle.clone())).one(db)?.title, "100% SQL");
        let rows = Book::objects().filter(Book::price.eq(dec!(14))).values_list((Book::title, &middle)).all(db)?;
        assert_eq!(rows, [("Dragons".to_owned(), Some(dec!(9.99)))]);
        let nothing = Author::objects().filter(Author::name.eq("Nobody")).values_list(Author::name).limit(1);
        assert_eq!(Book::objects().filter(Book::title.lt(nothing)).count(db)?, 0);
        let title = Book::objects().order_by(Book::price.desc()).values_list(Book::title).limit(1);
        Book::objects().filter(Book::title.eq("Dragons")).update(db, Book::subtitle.set(title))?;
        assert_eq!(Book::objects().get(db, Book::title.eq("Dragons"))?.subtitle.as_deref(), Some("Joins"));
    }

    fn what_a_subquery_cannot_mean_is_refused(db) {
        library(db)?;
        let several = Book::objects().filter(Book::price.gt(Book::objects().values_list(Book::price)));
        assert!(matches!(several.all(db), Err(Error::InvalidQuery { .. })));
        let stray = exists(|author: Outer<Author, _>| Book::objects().filter(Book::author.eq(author.nested().id)));
        assert!(matches!(Author::objects().filter(stray).all(db), Err(Error::InvalidQuery { .. })));
        let many = exists(|author: Outer<Author, _>| Review::objects().filter(Review::text.eq(author.books.title)));
        assert!(matches!(Author::objects().filter(many).all(db), Err(Error::InvalidQuery { .. })));
    }

    fn values_of_a_relations_rows(db) {
        library(db)?;
        let dearest = Author::books.order_by(Book::price.desc()).first(Book::title);
        let rows = Author::objects().order_by(Author::id).values_list(&dearest).all(db)?;
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(rows, [text("Joins"), text("Dragons"), None]);
        assert_eq!(names(db, dearest.is_null())?, ["Cid"]);
        // The model's own order: by sales, the most first.
        assert_eq!(Author::objects().order_by(Author::id).values_list((Author::books.first(Book::title), Author::books.last(Book::title))).all(db)?,
            [(text("100% SQL"), text("Joins")), (text("Dragons"), text("dragonflies")), (None, None)]);
        let second = Author::books.filter(Book::is_published).order_by(Book::price).slice(1..2);
        assert_eq!(Author::objects().order_by(Author::id).values_list(second.clone().first(Book::title)).all(db)?, [text("Joins"), text("Dragons"), None]);
        assert_eq!(names(db, second.exists())?, ["Ann", "Bob"]);
        assert_eq!(names(db, !Author::books.exists())?, ["Cid"]);
        assert_eq!(names(db, Author::books.filter(Book::price.lt(9) & !Book::is_published).exists())?, ["Bob"]);
        let of_three = Author::books.order_by(Book::price.desc()).limit(2).filter(Book::sales_count.gt(5));
        assert_eq!(names(db, of_three.clone().exists())?, ["Ann", "Bob"]);
        assert_eq!(Author::objects().order_by(Author::id).values_list(of_three.last(Book::sales_count)).all(db)?, [Some(7), Some(40), None]);
        // Behind two relations, and of the row around a subquery.
        let praise = Author::books.reviews.order_by(Review::stars.desc()).first(Review::text);
        assert_eq!(Author::objects().order_by(Author::id).values_list(praise).all(db)?, [text("Joined at last"), text("Fire!"), None]);
        let of_author = Book::author.books.order_by(Book::price).first(Book::price);
        assert_eq!(Book::objects().filter(Book::price.eq(of_author)).order_by(Book::id).values_list(Book::title).all(db)?, ["100% SQL", "Élan"]);
        let inside = exists(|book: Outer<Book, _>| {
            Author::objects().filter(Author::id.eq(book.author) & book.reviews.order_by(Review::id).first(Review::stars).eq(5))
        });
        assert_eq!(Book::objects().filter(inside).one(db)?.title, "Joins");
        assert_eq!(Book::objects().filter(Book::reviews.first(Review::stars).is_not_null()).update(db, Book::stock_level.set(Book::reviews.first(Review::stars).unwrap_or(0)))?, 1);
    }
}
