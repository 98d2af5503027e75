//! Related rows, loaded with the rows or row by row.

use orm::prelude::*;

use crate::answer::Answer;
use crate::case::cases;
use crate::models::bookstore::{Author, Book, Store};
use crate::models::lab::Person;

cases! { "loading",
    fn prefetch_one_to_one(db) {
        let (people, log) = db.capture(|db| {
            let people = Person::objects().prefetch_related(Person::passport).order_by(Person::id).all(db)?;
            let numbers = people.iter().map(|person| {
                let number = person.passport.get()?.map(|passport| passport.number.clone());
                Ok((person.name.clone(), number))
            });
            numbers.collect::<Result<Vec<_>>>()
        })?;
        [("rows", people.into_json()), ("queries", (log.len() as u64).into_json())]
    }

    fn prefetch_m2m(db) {
        let (rows, log) = db.capture(|db| {
            let books = Book::objects().prefetch_related(Book::authors.order_by(Author::name)).order_by(Book::id).all(db)?;
            let rows = books.iter().map(|book| {
                let names: Vec<_> = book.authors.loaded()?.iter().map(|author| author.name.clone()).collect();
                Ok([("book", book.id.into_json()), ("authors", names.into_json())].into_json())
            });
            rows.collect::<Result<Vec<_>>>()
        })?;
        [("rows", rows.into_json()), ("queries", (log.len() as u64).into_json())]
    }

    fn prefetch_m2m_reverse(db) {
        let (rows, log) = db.capture(|db| {
            let authors = Author::objects().prefetch_related(Author::books.order_by(Book::id)).order_by(Author::id);
            let rows = authors.all(db)?.into_iter().map(|author| {
                let books: Vec<_> = author.books.loaded()?.iter().map(|book| book.id).collect();
                Ok([("author", author.id.into_json()), ("books", books.into_json())].into_json())
            });
            rows.collect::<Result<Vec<_>>>()
        })?;
        [("rows", rows.into_json()), ("queries", (log.len() as u64).into_json())]
    }

    fn prefetch_symmetrical(db) {
        let (rows, log) = db.capture(|db| {
            let authors = Author::objects().prefetch_related(Author::friends.order_by(Author::id)).order_by(Author::id);
            let rows = authors.all(db)?.into_iter().map(|author| {
                let friends: Vec<_> = author.friends.loaded()?.iter().map(|friend| friend.id).collect();
                Ok((author.id, friends))
            });
            rows.collect::<Result<Vec<_>>>()
        })?;
        [("rows", rows.into_json()), ("queries", (log.len() as u64).into_json())]
    }

    // Section 6: two versions of a relation stand side by side in the rows of `with`.
    fn prefetch_two_to_attr(db) {
        let (rows, log) = db.capture(|db| {
            let ids = |books: Vec<Book>| books.into_iter().map(|book| book.id).collect::<Vec<_>>();
            let stores = Store::objects()
                .with(Store::books.filter(Book::price.lt(30)).order_by(Book::id))
                .with(Store::books.filter(Book::price.gte(30)).order_by(Book::id))
                .order_by(Store::id)
                .all(db)?;
            Ok(stores.into_iter().map(|(store, cheap, dear)| (store.name, ids(cheap), ids(dear))).collect::<Vec<_>>())
        })?;
        [("rows", rows.into_json()), ("queries", (log.len() as u64).into_json())]
    }

    fn prefetch_nested_through_to_attr(db) {
        let (rows, log) = db.capture(|db| {
            let writers = Book::authors.order_by(Author::id).values_list(Author::name);
            let thick = Store::books.filter(Book::pages.gt(900)).order_by(Book::id).with(writers);
            Store::objects().with(thick).order_by(Store::id).all(db)
        })?;
        let rows: Vec<_> = rows
            .into_iter()
            .map(|(store, thick)| (store.id, thick.into_iter().map(|(book, writers)| (book.id, writers)).collect::<Vec<_>>()))
            .collect();
        [("rows", rows.into_json()), ("queries", (log.len() as u64).into_json())]
    }

    fn prefetch_two_levels(db) {
        let (stores, log) = db.capture(|db| {
            let books = Store::books.order_by(Book::id).prefetch_related(Book::authors.order_by(Author::id));
            Store::objects().prefetch_related(books).order_by(Store::id).all(db)
        })?;
        let book = |book: &Book| {
            let authors: Vec<_> = book.authors.loaded()?.iter().map(|author| author.id).collect();
            Ok([("id", book.id.into_json()), ("authors", authors.into_json())])
        };
        let rows = stores.into_iter().map(|store| {
            let books = store.books.loaded()?.iter().map(book).collect::<Result<Vec<_>>>()?;
            Ok([("store", store.name.into_json()), ("books", books.into_json())])
        });
        let rows = rows.collect::<Result<Vec<_>>>()?;
        [("rows", rows.into_json()), ("queries", (log.len() as u64).into_json())]
    }
}
