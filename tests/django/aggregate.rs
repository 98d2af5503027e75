//! Values of all rows together.

use orm::prelude::*;

use crate::answer::Answer;
use crate::case::{
    Expected::{Ours, Postgres, Sqlite},
    cases,
};
use crate::models::bookstore::{Author, Book, Publisher};
use crate::models::lab::Task;

cases! { "aggregate",
    fn sum_of_floats(db) {
        [("rating__sum", Book::objects().aggregate(db, Book::rating.sum())?)]
    }

    fn sum_distinct(db) {
        (
            Book::objects().aggregate(db, Book::rating.sum().distinct())?,
            Author::objects().aggregate(db, Author::age.sum().distinct())?,
        )
    }

    fn avg_of_integers(db) {
        [("age__avg", Author::objects().aggregate(db, Author::age.avg())?)]
    }

    fn avg_with_distinct(db) {
        [("a", Author::objects().aggregate(db, Author::age.avg().distinct())?)]
    }

    fn avg_of_durations(db) {
        let of = Publisher::duration;
        let (avg, sum, max) = Publisher::objects().aggregate(db, (of.avg(), of.sum(), of.max()))?;
        [("duration__avg", avg), ("duration__sum", sum), ("duration__max", max)]
    }

    fn stddev_and_variance(db, Sqlite("section 11: one answer on both, which Python computes exactly as we do")) {
        let of = Book::pages;
        let (sd, sds, var, vars) = Book::objects().aggregate(db, (of.std_dev(), of.std_dev_sample(), of.variance(), of.variance_sample()))?;
        [("sd", sd), ("sds", sds), ("var", var), ("vars", vars)]
    }

    fn variance_of_one_row(db) {
        let (v, s) = Book::objects().filter(Book::id.eq(1)).aggregate(db, (Book::pages.variance(), Book::pages.std_dev()))?;
        ([("v", v), ("s", s)], Book::objects().count(db)?)
    }

    fn sample_variance_of_one_row(db, Postgres("section 11: one meaning, and no values have no variance")) {
        let (s, n) = Book::objects().filter(Book::id.eq(1)).aggregate(db, (Book::pages.variance_sample(), Book::id.count()))?;
        [("s", s.into_json()), ("n", n.into_json())]
    }

    fn aggregate_across_m2m(db) {
        let author = Book::authors;
        let (a, n) = Book::objects().filter(Book::pages.gt(400)).aggregate(db, (author.age.avg(), author.id.count()))?;
        [("a", a.into_json()), ("n", n.into_json())]
    }

    fn expression_of_aggregates(db) {
        let (gap, n) = Author::objects().aggregate(db, (Author::age.max() - Author::age.min(), Author::id.count() + 1))?;
        [("gap", gap.into_json()), ("n", n.into_json())]
    }

    fn aggregate_of_aggregate_by_name(db) {
        let (s, n) = (Author::age.sum(), Author::id.count());
        let mean = s.cast::<f64>() / &n;
        let (s, n, mean) = Author::objects().aggregate(db, (s, n, mean))?;
        [("s", s.into_json()), ("n", n.into_json()), ("mean", mean.into_json())]
    }

    // Section 4: what is asked for comes as a tuple, and has no names. Zeros at the end are those of the database.
    fn aggregate_generated_names(db, Ours(
        json!({ "price__avg": "45.045", "contact__age__max": 57, "authors__count": 10 }),
        "section 4: the average is one of books, not of books and authors",
    )) {
        let (price, age, authors) = Book::objects().aggregate(db, (Book::price.avg(), Book::contact.age.max(), Book::authors.id.count()))?;
        [("price__avg", price.map(|price| price.normalize()).into_json()), ("contact__age__max", age.into_json()), ("authors__count", authors.into_json())]
    }

    fn aggregate_boolean_min_max(db) {
        let tasks = |condition: Condition<Task>| Task::id.count().filter(condition);
        let answers = (tasks(Task::urgent.eq(true)), tasks(Task::urgent.eq(false)), tasks(Task::urgent.is_null()));
        let (yes, no, unknown) = Task::objects().aggregate(db, answers)?;
        [("yes", yes), ("no", no), ("unknown", unknown)]
    }
}
