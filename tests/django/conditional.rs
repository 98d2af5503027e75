//! `case`, `coalesce`, and conditions that are expressions.

use orm::prelude::*;

use crate::case::{Expected::Postgres, cases};
use crate::models::bookstore::{Book, Publisher};
use crate::models::lab::{Number, Person, Task, Word};

cases! { "conditional",
    fn case_first_match_wins(db) {
        let x = case().when(Number::i.gte(7), "a").when(Number::i.gte(0), "b").otherwise("c");
        Number::objects().filter(Number::id.is_in([1, 2, 5])).order_by(Number::id).values_list((Number::id, x)).all(db)?
    }

    fn coalesce_of_three(db) {
        let x = coalesce((Word::note, value(None::<String>), "none"));
        Word::objects().filter(Word::id.lte(6)).order_by(Word::id).values_list((Word::id, x)).all(db)?
    }

    // Section 11: division by zero is NULL by itself.
    fn nullif_avoids_division_by_zero(db) {
        let some = Number::objects().filter(Number::id.is_in([1, 6, 7])).order_by(Number::id);
        let not_zero = case().when(Number::j.ne(0), Number::j).expr();
        let rows = some.values_list((Number::id, Number::i / Number::j, Number::i / not_zero)).all(db)?;
        assert!(rows.iter().all(|(_, plain, careful)| plain == careful));
        rows.into_iter().map(|(id, quotient, _)| (id, quotient)).collect::<Vec<_>>()
    }

    fn greatest_and_least(db) {
        let both = Number::objects().filter(Number::j.is_not_null() & Number::id.lte(8)).order_by(Number::id);
        both.values_list((Number::id, greatest((Number::i, Number::j)), least((Number::i, Number::j)))).all(db)?
    }

    fn greatest_and_least_with_null(db, Postgres("section 11: they skip NULL")) {
        let numbers = Number::objects().filter(Number::j.is_null());
        numbers.values_list((Number::id, greatest((Number::i, Number::j)), least((Number::i, Number::j)))).all(db)?
    }

    fn greatest_across_relations(db) {
        let most = greatest((Book::pages, Book::contact.age * 10));
        Book::objects().order_by(Book::id).values_list((Book::id, most)).all(db)?
    }

    fn cast_float_to_decimal(db, Postgres("a rounded decimal has the digits that were asked for on both")) {
        let rating = Book::rating.cast::<Decimal>().round(1);
        Book::objects().order_by(Book::id).values_list((Book::id, rating)).all(db)?
    }

    fn cast_in_filter(db) {
        let tens = Number::objects().filter(Number::j.cast::<String>().eq("10"));
        tens.order_by(Number::id).values_list(Number::id).all(db)?
    }

    fn collate_in_order(db) {
        let words = Word::objects().filter(Word::text.is_in(["zebra", "Zebra", "apple", "Apple"]));
        words.order_by(Word::text.collate("C")).values_list(Word::text).all(db)?
    }

    fn conditional_expression_in_filter(db) {
        let done = case().when(Task::state.eq("done"), true).otherwise(false);
        let tasks = Task::objects().order_by(Task::id).values_list(Task::id);
        let busy = Person::objects().exclude(Person::tasks.is_empty()).order_by(Person::id);
        (
            tasks.clone().filter(done).all(db)?,
            busy.values_list(Person::id).all(db)?,
            tasks.filter(Task::priority.gt(4)).all(db)?,
        )
    }

    fn coalesce_of_aggregate(db) {
        let pages = coalesce((Publisher::books.sum(Book::pages), 0));
        Publisher::objects().order_by(Publisher::id).values_list((Publisher::name, pages)).all(db)?
    }
}
