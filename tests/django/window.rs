//! Window functions.

use orm::prelude::*;

use crate::case::cases;
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

    fn exclude_on_window(db) {
        let number = row_number().over(partition_by(Book::publisher).order_by((Book::price, Book::id)));
        Book::objects().exclude(number.eq(1)).order_by(Book::id).values_list((Book::id, &number)).all(db)?
    }
}
