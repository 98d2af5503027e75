//! Query sets within queries, and the existence of related rows.

use orm::prelude::*;

use crate::case::cases;
use crate::models::bookstore::{Author, Book, Publisher, Store};
use crate::models::lab::{Person, Task};

cases! { "subquery",
    fn subquery_without_wrapper(db) {
        let oldest = Author::objects().order_by(Author::age.desc()).limit(1);
        Book::objects().filter(Book::contact.is_in(oldest)).order_by(Book::id).values_list(Book::id).all(db)?
    }

    fn exists_combined(db) {
        let busy = !Person::tasks.is_empty() | !Person::reviews.is_empty();
        let people = Person::objects().filter(busy & Person::led_teams.is_empty()).order_by(Person::id);
        people.values_list(Person::name).all(db)?
    }

    fn exists_or_q(db) {
        let known = Person::passport.id.is_not_null() | Person::name.eq("Finn");
        Person::objects().filter(known).order_by(Person::id).values_list(Person::name).all(db)?
    }

    fn outer_ref_across_relation(db) {
        let reviewed = !Task::assignee.mentor.reviews.is_empty();
        Task::objects().filter(reviewed).order_by(Task::id).values_list(Task::id).all(db)?
    }

    fn not_in_subquery_without_null(db) {
        let mentored = Person::objects().filter(Person::mentor.is_not_null());
        let mentors = Person::id.is_in(mentored.values_list(Person::mentor));
        Person::objects().exclude(mentors).order_by(Person::id).values_list(Person::name).all(db)?
    }

    fn subquery_in_aggregate(db) {
        let most = Publisher::books.order_by(Book::pages.desc()).first(Book::pages);
        let (sum, count) = Publisher::objects().aggregate(db, (most.sum(), most.count()))?;
        json!({ "p__sum": sum, "p__count": count })
    }

    fn subquery_in_filter_of_aggregate(db) {
        let elsewhere = Store::books.filter(Book::stores.count().gt(1)).count();
        Store::objects().order_by(Store::id).values_list((Store::name, elsewhere)).all(db)?
    }
}
