//! Window functions.

use orm::prelude::*;

use crate::case::{Expected, cases};
use crate::models::bookstore::{Author, Book};
use crate::models::lab::Task;

cases! { "window",
    fn rank_and_dense_rank(db) {
        let by_priority = order_by(Task::priority.desc());
        let ranks = (Task::id, Task::priority, rank().over(&by_priority), dense_rank().over(&by_priority));
        Task::objects().order_by((Task::priority.desc(), Task::id)).values_list(ranks).all(db)?
    }

    fn percent_rank_and_cume_dist(db) {
        let by_age = order_by(Author::age);
        let shares = (Author::id, Author::age, percent_rank().over(&by_age), cume_dist().over(&by_age));
        Author::objects().order_by((Author::age, Author::id)).values_list(shares).all(db)?
    }

    fn difference_to_previous(db) {
        let more = Book::pages - Book::pages.lag(1).over(order_by(Book::pubdate));
        Book::objects().order_by(Book::pubdate).values_list((Book::id, Book::pages, more)).all(db)?
    }

    fn running_sum(db) {
        let sum = Book::pages.sum().over(order_by((Book::pubdate, Book::id)));
        Book::objects().order_by((Book::pubdate, Book::id)).values_list((Book::id, Book::pages, sum)).all(db)?
    }

    fn running_sum_with_ties(db) {
        let sum = Task::priority.sum().over(order_by(Task::priority));
        Task::objects().order_by((Task::priority, Task::id)).values_list((Task::id, Task::priority, sum)).all(db)?
    }

    fn moving_sum(db) {
        let sum = Book::pages.sum().over(order_by(Book::id).rows(-1..=1));
        Book::objects().order_by(Book::id).values_list((Book::id, sum)).all(db)?
    }

    fn range_frame(db) {
        let sum = Book::pages.sum().over(order_by(Book::id).range(0..));
        Book::objects().order_by(Book::id).values_list((Book::id, sum)).all(db)?
    }

    fn frame_exclusion(db) {
        let sum = Book::pages.sum().over(order_by(Book::id).rows(..).exclude_current_row());
        Book::objects().order_by(Book::id).values_list((Book::id, sum)).all(db)?
    }

    fn aggregate_without_order(db) {
        let publisher = partition_by(Book::publisher);
        let values = (Book::id, Book::id.count().over(&publisher), Book::pages.max().over(&publisher));
        Book::objects().order_by(Book::id).values_list(values).all(db)?
    }

    fn window_over_everything(db, Expected::Sqlite("a float less a float, not digits of a decimal")) {
        let difference = Author::age - Author::age.avg().over(());
        Author::objects().order_by(Author::id).values_list((Author::id, difference)).all(db)?
    }

    fn exclude_on_window(db) {
        let number = row_number().over(partition_by(Book::publisher).order_by((Book::price, Book::id)));
        Book::objects().exclude(number.eq(1)).order_by(Book::id).values_list((Book::id, &number)).all(db)?
    }
}
