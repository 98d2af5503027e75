//! What goes wrong easily: negations over relations and NULLs, integers, wildcards, ISO years.

use orm::prelude::*;

use crate::answer::Answer;
use crate::case::{
    Expected::{Another, Ours},
    cases, raises,
};
use crate::day;
use crate::models::bookstore::{Author, Book, Publisher, Store};
use crate::models::lab::{Event, Membership, Number, Task, Team, Word};

/// The keys of the tasks that meet a condition.
fn tasks(tx: &Transaction<'_>, condition: Condition<Task>) -> Result<Vec<i64>> {
    Task::objects()
        .filter(condition)
        .order_by(Task::id)
        .values_list(Task::id)
        .all(tx)
}

cases! { "traps",
    fn exclude_over_m2m_is_a_subquery(db) {
        let by_norvig = Book::authors.name.eq("Peter Norvig");
        Book::objects().exclude(by_norvig).order_by(Book::id).values_list(Book::id).all(db)?
    }

    // Section 12: `ne` over a path to many is "some row differs", so there is a way without the subquery.
    fn filter_not_equal_over_m2m_is_not_exclude(db) {
        let author = Book::authors;
        let by_subquery = author.id.is_in(Author::objects().exclude(Author::name.eq("Peter Norvig")).values_list(Author::id));
        let by_path = author.name.ne("Peter Norvig");
        let books = Book::objects().filter(by_subquery.clone() | by_path.clone()).distinct().order_by(Book::id);
        let rows = books.values_list((Book::id, by_subquery, by_path)).all(db)?;
        assert!(rows.iter().all(|(_, by_subquery, by_path)| *by_subquery && *by_path));
        rows.into_iter().map(|row| row.0).collect::<Vec<_>>()
    }

    fn or_across_two_nullable_foreign_keys(db) {
        tasks(db, Task::assignee.name.eq("Ada") | Task::reviewer.name.eq("Ada"))?
    }

    fn not_with_nulls(db) {
        [
            ("exclude", tasks(db, !Task::estimate.eq(5))?),
            ("exclude gt", tasks(db, !Task::estimate.gt(4))?),
            ("filter lte", tasks(db, Task::estimate.lte(4))?),
            ("exclude in", tasks(db, !Task::estimate.is_in([5, 8]))?),
            ("double not", tasks(db, !!Task::estimate.eq(5))?),
            ("exclude isnull", tasks(db, !Task::estimate.is_null())?),
        ]
    }

    fn not_of_and_with_nulls(db) {
        tasks(db, !(Task::estimate.eq(5) & Task::urgent))?
    }

    fn not_of_or_with_nulls(db) {
        tasks(db, !(Task::estimate.eq(5) | Task::urgent))?
    }

    fn integer_division(db) {
        let some = Number::objects().filter(Number::id.is_in([1, 2, 3, 4, 5, 14])).order_by(Number::id);
        some.values_list((Number::i, Number::j, Number::i / Number::j)).all(db)?
    }

    fn integer_division_in_filter(db) {
        let half = Number::i / 2;
        Number::objects().filter(half.eq(3)).order_by(Number::id).values_list((Number::id, Number::i)).all(db)?
    }

    fn big_integers_survive(db) {
        Number::objects().filter(Number::id.is_in([11, 12])).order_by(Number::id).values_list(Number::big).all(db)?
    }

    fn like_wildcards_in_column(db) {
        for (id, note) in [(1, "%"), (2, "%"), (3, "_s"), (4, "_s")] {
            Word::objects().filter(Word::id.eq(id)).update(db, Word::note.set(note))?;
        }
        let containing = Word::objects().filter(Word::id.lte(4)).filter(Word::text.contains(Word::note));
        containing.order_by(Word::id).values_list(Word::id).all(db)?
    }

    fn quotes_in_values(db) {
        let words = |condition| Word::objects().filter(condition).values_list(Word::id).all(db);
        (
            words(Word::text.eq("O'Reilly"))?,
            words(Word::text.contains("\""))?,
            words(Word::text.eq("line\nbreak"))?,
            words(Word::text.endswith("\there"))?,
        )
    }

    fn iso_year_is_not_year(db) {
        let around = Event::day.is_in([day("2021-01-01"), day("2018-12-31"), day("2016-01-03")]);
        let parts = (Event::day, Event::day.year(), Event::day.iso_year(), Event::day.week());
        Event::objects().filter(around).order_by(Event::day).values_list(parts).all(db)?
    }

    fn exclude_date_transform_keeps_null(db) {
        Event::objects().exclude(Event::at.year().gte(1900)).order_by(Event::id).values_list(Event::id).all(db)?
    }

    // The first principle: a text is no bool and no number, which the compiler says (`compiler.rs`); the values it stands for
    // have Django's answers.
    fn string_as_boolean_and_number(db) {
        let urgent = || tasks(db, Task::urgent.eq(true));
        (urgent()?, urgent()?, Task::objects().filter(Task::priority.eq(5)).count(db)?)
    }

    fn decimal_written_with_too_many_places(db, Ours(
        raises("DataError"),
        "section 11: digits beyond decimal_places are refused before any SQL on both",
    )) {
        Number::draft().label("a").i(0).d(dec!(1.00005)).save(db)?.d
    }

    fn null_in_aggregates(db) {
        let of = Author::rating;
        let (sum, avg, count, max) = Author::objects().aggregate(db, (of.sum(), of.avg(), of.count(), of.max()))?;
        [
            ("rating__sum", sum.into_json()),
            ("rating__avg", avg.into_json()),
            ("rating__count", count.into_json()),
            ("rating__max", max.into_json()),
        ]
    }

    fn avg_ignores_null(db) {
        let (a, b) = Task::objects().aggregate(db, (Task::estimate.avg(), Task::estimate.unwrap_or(0).avg()))?;
        [("a", a), ("b", b)]
    }

    fn sum_after_filter_over_m2m(db, Ours(
        json!({ "n": 5, "once": 5, "pages": 3403 }),
        "section 4: a filter never multiplies rows",
    )) {
        let aggregates = (Book::id.count(), Book::id.count_distinct(), Book::pages.sum());
        let (n, once, pages) = Book::objects().filter(Book::authors.age.gt(30)).aggregate(db, aggregates)?;
        [("n", n.into_json()), ("once", once.into_json()), ("pages", pages.into_json())]
    }

    fn two_counts_multiply(db, Another("traps.two_counts_distinct", "section 4: no product of two relations")) {
        let books = Book::objects().annotate((Book::authors.count(), Book::stores.count())).order_by(Book::id).all(db)?;
        books.into_iter().map(|(book, a, s)| (book.id, a, s)).collect::<Vec<_>>()
    }

    fn two_counts_distinct(db) {
        let counts = (Book::authors.id.count_distinct(), Book::stores.id.count_distinct());
        Book::objects().values_list(Book::id).annotate(counts).order_by(Book::id).all(db)?
    }

    fn sum_multiplied_by_join(db, Ours(
        json!([
            ["Apress", 747, 3],
            ["Sams", 528, 1],
            ["Prentice Hall", 1482, 5],
            ["Morgan Kaufmann", 946, 1],
            ["Jonno's House of Books", null, 0],
        ]),
        "section 4: no product of the joins",
    )) {
        let values = (Publisher::books.sum(Book::pages), Publisher::books.authors.count());
        let publishers = Publisher::objects().annotate(values).order_by(Publisher::id).all(db)?;
        publishers.into_iter().map(|(publisher, pages, authors)| (publisher.name, pages, authors)).collect::<Vec<_>>()
    }

    fn order_by_aggregate_of_to_many(db) {
        let first = Team::memberships.min(Membership::joined);
        let teams = Team::objects().order_by((first.asc().nulls_last(), Team::id));
        teams.values_list((Team::name, first)).all(db)?
    }

    fn annotation_order_matters(db) {
        let n = Author::books.count();
        let each = Author::objects().order_by(Author::id).values_list((Author::age, &n)).all(db)?;
        let groups = Author::objects().values_list(Author::age).annotate(&n).order_by(Author::age).all(db)?;
        let [each, groups] = [each, groups].map(|rows| {
            let rows = rows.into_iter().map(|(age, n)| [("age", age.into_json()), ("n", n.into_json())]);
            rows.collect::<Vec<_>>()
        });
        [("annotate, values", each), ("values, annotate", groups)]
    }

    // The third principle: a condition on stores takes none of their books away, before or after; one on the books counted does.
    fn filter_then_annotate_shares_join(db, Ours(
        json!({ "before": [[1, 6], [2, 4], [3, 3]], "after": [[1, 6], [2, 4], [3, 3]] }),
        "section 4: a filter never multiplies rows, and conditions may be met by different books",
    )) {
        let (n, thick) = (Store::books.count(), Store::books.filter(Book::pages.gt(900)).count());
        let some_thick = Store::books.pages.gt(900);
        let before = Store::objects().filter(some_thick.clone()).annotate((&n, &thick)).order_by(Store::id).all(db)?;
        assert_eq!(before.iter().map(|row| row.2).collect::<Vec<_>>(), [2, 2, 1]);
        let after = Store::objects().annotate((&n, &thick)).filter(some_thick).order_by(Store::id).all(db)?;
        let [before, after] = [before, after].map(|rows| rows.into_iter().map(|(store, n, _)| (store.id, n)).collect::<Vec<_>>());
        [("before", before), ("after", after)]
    }

    fn exclude_then_annotate(db) {
        let stores = Store::objects().exclude(Store::books.price.lt(25)).annotate(Store::books.count()).order_by(Store::id);
        stores.all(db)?.into_iter().map(|(store, n)| (store.id, n)).collect::<Vec<_>>()
    }
}
