//! Values of related rows beside each row, and conditions on them.

use orm::prelude::*;

use crate::case::{Expected::Ours, cases};
use crate::models::bookstore::{Author, Book, Publisher, Store};

cases! { "annotate_having",
    fn count_of_m2m(db) {
        let books = Book::objects().annotate(Book::authors.count()).order_by(Book::id).all(db)?;
        books.into_iter().map(|(book, n)| (book.id, n)).collect::<Vec<_>>()
    }

    fn compare_two_aggregates(db, Ours(
        json!([["Prentice Hall", "29.69", "82.8"]]),
        "section 11: equal decimals; zeros at the end of what is computed are those of the database",
    )) {
        let (low, high) = (Publisher::books.min(Book::price), Publisher::books.max(Book::price));
        let spread = Publisher::objects().filter(high.gt(&low * 2));
        let rows = spread.values_list((Publisher::name, low, high)).all(db)?;
        let short = |price: Option<Decimal>| price.map(|price| price.normalize());
        rows.into_iter().map(|(name, low, high)| (name, short(low), short(high))).collect::<Vec<_>>()
    }

    fn compare_aggregate_with_column(db) {
        let n = Publisher::books.count();
        let awarded = Publisher::objects().annotate(&n).filter(Publisher::num_awards.gt(&n)).order_by(Publisher::id);
        awarded.all(db)?.into_iter().map(|(publisher, n)| (publisher.name, n)).collect::<Vec<_>>()
    }

    fn annotate_with_filter_argument(db) {
        let counts = (
            Store::books.count(),
            Store::books.filter(Book::pages.gt(400)).count(),
            Store::books.filter(Book::price.lt(25)).count(),
        );
        let stores = Store::objects().annotate(counts).order_by(Store::id).all(db)?;
        stores.into_iter().map(|(store, all, thick, cheap)| (store.name, all, thick, cheap)).collect::<Vec<_>>()
    }

    fn annotate_distinct(db) {
        let author = Store::books.authors.id;
        let stores = Store::objects().values_list((Store::id, Store::name)).annotate((author.count_distinct(), author.count()));
        let rows = stores.order_by(Store::id).all(db)?;
        rows.into_iter().map(|(_, name, once, many)| (name, once, many)).collect::<Vec<_>>()
    }

    fn annotate_default(db) {
        let pages = Publisher::books.sum(Book::pages).unwrap_or(0);
        let publishers = Publisher::objects().annotate(pages).order_by(Publisher::id).all(db)?;
        publishers.into_iter().map(|(publisher, pages)| (publisher.name, pages)).collect::<Vec<_>>()
    }

    // Section 4: what is annotated has the name of its variable.
    fn annotate_generated_name(db) {
        let count = Author::books.count();
        let authors = Author::objects().annotate(&count).filter(count.gt(1)).all(db)?;
        authors.into_iter().map(|(author, count)| (author.name, count)).collect::<Vec<_>>()
    }

    fn annotate_uses_annotation(db) {
        let (n, pages) = (Publisher::books.count(), Publisher::books.sum(Book::pages));
        let with_books = Publisher::objects().annotate((&n, &pages)).annotate(&pages / &n).filter(n.gt(0)).order_by(Publisher::id);
        let rows = with_books.all(db)?;
        rows.into_iter().map(|(publisher, n, pages, mean)| (publisher.name, n, pages, mean)).collect::<Vec<_>>()
    }
}
