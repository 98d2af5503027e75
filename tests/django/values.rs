//! Rows of values.

use orm::prelude::*;

use crate::case::cases;
use crate::models::bookstore::{Book, Store};

cases! { "values",
    fn values_of_m2m(db) {
        let author = Book::author_links.author;
        let rows = Book::objects().values_list((Book::id, author.name));
        rows.order_by((Book::id, author.id)).all(db)?
    }

    fn values_of_m2m_key(db) {
        let book = Store::book_links.book;
        Store::objects().filter(Store::id.eq(3)).values_list((Store::name, book)).order_by(book).all(db)?
    }
}
