//! Proxies: rows of a model as another type, with an order and a filter of their own.

use orm::prelude::*;

use crate::models::{Author, Book, Review, library};
use crate::reusable::BookQuerySet as _;
use crate::support::suite;

/// Books that are out, the dearest first.
#[derive(Proxy, Debug, Clone, PartialEq)]
#[proxy(Book, ordering = [-price, title], default_filter = Book::is_published & Book::price.gt(1))]
pub struct Published(Book);

impl Published {
    fn label(&self) -> String {
        format!("{} ({})", self.title, self.price.normalize())
    }
}

/// All books, in the model's order.
#[derive(Proxy, Debug)]
#[proxy(Book)]
pub struct AnyBook(Book);

fn titles(books: &[Published]) -> Vec<&str> {
    books.iter().map(|book| book.title.as_str()).collect()
}

suite! {
    fn a_proxy_has_its_own_rows_and_order(db) {
        library(db)?;
        let books: Vec<Published> = Published::objects().all(db)?;
        assert_eq!(titles(&books), ["Joins", "Dragons", "100% SQL", "Élan"]);
        assert_eq!(books[1].label(), "Dragons (14)");
        let same = Book::objects().filter(Book::is_published).order_by(Book::price.desc()).all(db)?;
        assert_eq!(books.into_iter().map(Published::into_inner).collect::<Vec<_>>(), same);
        assert_eq!((Published::objects().count(db)?, Published::all_objects().count(db)?), (4, 5));
        let all = Published::all_objects().all(db)?;
        assert_eq!(titles(&all), ["Joins", "Dragons", "100% SQL", "dragonflies", "Élan"]);
        // Without an order of its own it is the model's, by sales.
        let any: Vec<String> = AnyBook::objects().all(db)?.into_iter().map(|book| book.title.clone()).collect();
        assert_eq!(any, ["Dragons", "100% SQL", "Joins", "Élan", "dragonflies"]);
        assert!(Published::objects().is_ordered());
        assert_eq!(Published::objects().last(db)?.unwrap().title, "Élan");
        // The order is one of whole rows, as the model's.
        assert!(!Published::objects().values_list(Book::title).is_ordered());
    }

    fn its_queries_are_the_models(db) {
        let (ann, bob) = library(db)?;
        let few = Published::objects().filter(Book::author.name.eq("Bob")).exclude(Book::title.eq("Élan"));
        assert_eq!(few.one(db)?.label(), "Dragons (14)");
        assert_eq!(Published::objects().get(db, Book::title.eq("Joins"))?.author.id(), ann.id);
        assert!(matches!(Published::objects().get(db, Book::title.eq("dragonflies")), Err(Error::DoesNotExist { model: "Book" })));
        assert_eq!(titles(&Published::objects().slice(1..3).reverse().all(db)?), ["100% SQL", "Dragons"]);
        assert_eq!(titles(&Published::objects().order_by(Book::title.desc()).limit(1).all(db)?), ["Élan"]);
        assert_eq!(Published::objects().iterator(db)?.map(|book| Ok(book?.label())).collect::<Result<Vec<_>>>()?.len(), 4);
        // Steps that are written for the model.
        assert_eq!(titles(&Published::objects().by_author(&bob).all(db)?), ["Dragons", "Élan"]);
        assert_eq!(Published::objects().by_author(&bob).titles().all(db)?, ["Dragons", "Élan"]);
        let united = Published::objects().filter(Book::price.gt(20)).union(Published::objects().filter(Book::price.lt(6)));
        assert_eq!(titles(&united.order_by(Book::price).all(db)?), ["Élan", "Joins"]);
        let by_key = Published::objects().in_bulk(db, Book::objects().values_list(Book::id).all(db)?)?;
        assert_eq!(by_key.len(), 4);
        assert_eq!(by_key.values().map(|book| book.title.len()).max(), Some(8));
        let hidden = Book::objects().get(db, Book::title.eq("dragonflies"))?;
        assert!(!Published::objects().contains(db, &hidden)? && AnyBook::objects().contains(db, &hidden)?);
        let rows = Published::objects().values_json((Book::title, Book::author.name)).order_by(Book::title).limit(1).all(db)?;
        assert_eq!(json!(rows), json!([{ "title": "100% SQL", "author.name": "Ann" }]));
        #[derive(Projection)]
        #[projection(Book)]
        struct Card {
            title: String,
            #[projection(annotated)]
            reviews: i64,
        }
        let cards = Published::objects().annotate(Book::reviews.count()).values::<Card>().order_by(Book::title).all(db)?;
        assert_eq!((cards.len(), &*cards[0].title, cards[0].reviews >= 0), (4, "100% SQL", true));
        assert_eq!(Published::objects().aggregate(db, Book::price.min())?, Some(dec!(5.25)));
        let reviewed = Review::objects().filter(Review::book.is_in(Published::objects().filter(Book::price.gt(20))));
        assert!(reviewed.exists(db)?);
        let joins = Published::objects().first(db)?.unwrap();
        assert!(Review::objects().filter(Review::book.eq(&joins)).exists(db)?);
    }

    fn rows_are_loaded_beside_it(db) {
        library(db)?;
        let books = Published::objects().select_related(Book::author).prefetch_related(Book::reviews).all(db)?;
        assert_eq!(books[0].author.get()?.name, "Ann");
        let reviews = books[0].reviews.loaded()?.len();
        assert!(reviews > 0);
        let counted: Vec<(Published, i64)> =
            Published::objects().annotate(Book::reviews.count()).prefetch_related(Book::reviews).filter(Book::title.eq("Joins")).all(db)?;
        assert_eq!((counted[0].1, counted[0].0.reviews.loaded()?.len()), (reviews as i64, reviews));
        let with: Vec<(Published, Vec<Review>)> = Published::objects().with(Book::reviews).all(db)?;
        assert_eq!((with.len(), with[0].1.len()), (4, reviews));
        let rows = Published::objects().annotate(Book::reviews.count()).with(Book::reviews.limit(1)).select_related(Book::author).all(db)?;
        assert_eq!((rows[0].0.author.get()?.name.as_str(), rows[0].1, rows[0].2.len()), ("Ann", reviews as i64, 1));
        assert_eq!(Published::objects().of_model().all(db)?.len(), 4);
    }

    fn it_is_written_as_the_model(db) {
        let (ann, _) = library(db)?;
        let mut book = Published::objects().get(db, Book::title.eq("Joins"))?;
        book.stock_level = 1;
        book.save(db)?;
        book.update(db, Book::sales_count.set(Book::sales_count + 1))?;
        book.refresh(db)?;
        assert_eq!((book.stock_level, book.sales_count), (1, 6));
        let changed = Published::objects().filter(Book::price.lt(10)).update(db, Book::stock_level.set(9))?;
        assert_eq!((changed, Book::objects().filter(Book::stock_level.eq(9)).count(db)?), (2, 2));
        let new: Published = Book::draft().title("New").author(&ann).price(3).save(db)?.into();
        assert_eq!(new.label(), "New (3)");
        let review = Review::draft().book(&new).text("?").save(db)?;
        assert_eq!(review.book.id(), new.id);
        new.delete(db)?;
        assert_eq!(Published::objects().filter(Book::price.lt(10)).delete(db)?, 2);
        // Those that it does not see stay.
        assert_eq!(Book::objects().count(db)?, 3);
        let locked = db.atomic(|tx| Published::objects().select_for_update().filter(Book::price.gt(20)).one(tx))?;
        assert_eq!(locked, book);
        assert!(Author::objects().exists(db)?);
    }
}
