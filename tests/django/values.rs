//! Rows of values.

use orm::prelude::*;

use crate::case::cases;
use crate::models::bookstore::{Book, Store};

cases! { "values",
    fn values_of_m2m(db) {
        let rows = Book::objects().values_list((Book::id, Book::authors.name));
        rows.order_by((Book::id, Book::authors.id)).all(db)?
    }

    fn values_of_m2m_key(db) {
        let book = Store::books.id;
        Store::objects().filter(Store::id.eq(3)).values_list((Store::name, book)).order_by(book).all(db)?
    }
}
