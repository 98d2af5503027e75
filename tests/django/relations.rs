//! Conditions through relations.

use orm::prelude::*;

use crate::case::cases;
use crate::models::bookstore::{Author, Book};
use crate::models::lab::{Membership, Number, Person, Team};

cases! { "relations",
    fn m2m_both_ways(db) {
        let shared = Book::authors.books.contains(5);
        Book::objects().filter(shared).distinct().order_by(Book::id).values_list(Book::id).all(db)?
    }

    fn m2m_self(db) {
        let friends = Author::friends.friends.contains(1);
        Author::objects().filter(friends).distinct().order_by(Author::id).values_list((Author::id, Author::name)).all(db)?
    }

    // Section 4: two conditions on one related row are written with `any`.
    fn m2m_same_filter_same_row(db) {
        let ops_of_blue = Person::memberships.any(Membership::role.eq("ops") & Membership::team.name.eq("Blue"));
        Person::objects().filter(ops_of_blue).order_by(Person::id).values_list(Person::name).all(db)?
    }

    fn one_to_one_reverse(db) {
        Person::objects().filter(Person::passport.number.endswith("500")).values_list(Person::name).all(db)?
    }

    fn q_xor_of_three(db) {
        let odd = Number::i.gt(0) ^ Number::i.lt(8) ^ Number::i.is_in([1, 2, 3]);
        Number::objects().filter(odd).order_by(Number::id).values_list((Number::id, Number::i)).all(db)?
    }

    fn exclude_m2m(db) {
        Book::objects().exclude(Book::authors.age.gt(40)).order_by(Book::id).values_list(Book::id).all(db)?
    }

    fn exclude_m2m_two_conditions_are_separate(db) {
        let both = Team::memberships.person.name.eq("Bob") & Team::memberships.role.eq("ops");
        Team::objects().exclude(both).order_by(Team::id).values_list(Team::name).all(db)?
    }

    fn exclude_m2m_by_subquery(db) {
        let ops_of_bob = Membership::objects().filter(Membership::person.name.eq("Bob")).filter(Membership::role.eq("ops"));
        let theirs = Team::memberships.id.is_in(ops_of_bob.values_list(Membership::id));
        Team::objects().exclude(theirs).order_by(Team::id).values_list(Team::name).all(db)?
    }

    // Section 4: a filter never multiplies rows, so `distinct` is not needed; section 12: with an ordering that is not
    // selected it is refused.
    fn exclude_after_filter_on_same_relation(db) {
        let teams = Team::objects().filter(Team::memberships.role.eq("dev")).exclude(Team::memberships.role.eq("ops"));
        let names = teams.order_by(Team::id).values_list(Team::name);
        let distinct = names.clone().distinct().all(db);
        assert!(matches!(distinct, Err(Error::InvalidQuery { .. })), "{distinct:?}");
        names.all(db)?
    }
}
