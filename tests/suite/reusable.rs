//! Queries with names: `#[queryset]`, default filters and managers.

use orm::prelude::*;

use crate::many_to_many::{Post, Topic};
use crate::models::{Author, Book, Offer, OfferNote, Review, library};
use crate::support::suite;

/// Steps that the suite's queries take.
#[queryset]
impl QuerySet<Book> {
    /// Those that are out.
    pub fn published(self) -> Self {
        self.filter(Book::is_published)
    }

    pub fn by_author(self, author: &Author) -> Self {
        self.filter(Book::author.eq(author))
    }

    /// One step made of others, ordered.
    pub fn dear(mut self, than: impl Into<Decimal>) -> Self {
        self = self.published().above(than.into());
        self.order_by((Book::price.desc(), Book::title))
    }

    pub fn titled<T>(self, (first, second): (T, T)) -> Self
    where
        T: AsRef<str>,
    {
        self.filter(Book::title.eq(first.as_ref()) | Book::title.eq(second.as_ref()))
    }

    /// Rows of another shape.
    #[must_use]
    pub fn titles(self) -> QuerySet<Book, orm::query::Flat<String>> {
        self.order_by(Book::title).values_list(Book::title)
    }

    /// An answer of the database.
    #[track_caller]
    pub fn worth(self, db: &impl Handle) -> Result<Decimal> {
        let values = self.values_list(Book::price).all(db)?;
        Ok(values.into_iter().sum())
    }

    pub fn either(self, other: Self) -> [QuerySet<Book>; 2] {
        [self, other]
    }

    // Of this module alone.
    fn above(self, price: Decimal) -> Self {
        self.filter(Book::price.gt(price))
    }
}

mod reports {
    use super::*;

    #[queryset(BookReports)]
    impl QuerySet<crate::models::Book> {
        pub(crate) fn reviewed<const STARS: i32>(self) -> Self {
            self.filter(Book::reviews.any(Review::stars.gte(STARS)))
        }
    }
}

use reports::BookReports;

#[queryset]
impl QuerySet<Topic> {
    fn called(self, name: &str) -> Self {
        self.filter(Topic::name.eq(name))
    }
}

suite! {
    fn relations_to_many_through_links_have_them(db) {
        let mut post = Post::draft().title("An ORM").save(db)?;
        let [rust, sql] = ["Rust", "SQL"].map(|name| Topic::draft().name(name).save(db));
        post.topics.add(db, [rust?, sql?].iter())?;
        assert_eq!(post.topics.called("SQL").count(db)?, 1);
        let posts: Vec<(Post, Vec<Topic>)> = Post::objects().with(Post::topics.called("Rust")).all(db)?;
        assert_eq!(posts[0].1[0].name, "Rust");
    }

    fn relation_paths_have_them(db) {
        library(db)?;
        let authors = Author::objects().with(Author::books.published()).with(Author::books.dear(9).limit(1)).all(db)?;
        let named: Vec<_> = authors.iter().map(|(author, all, dear)| (&*author.name, all.len(), dear.len())).collect();
        assert_eq!(named, [("Ann", 2, 1), ("Bob", 2, 1), ("Cid", 0, 0)]);
        assert_eq!(authors[0].2[0].title, "Joins");
        let titles = Author::books.values_list(Book::title).published().dear(0);
        let authors: Vec<(Author, Vec<String>)> = Author::objects().with(titles).all(db)?;
        assert_eq!(authors[1].1, ["Dragons", "Élan"]);
        let authors = Author::objects().with(Author::books.order_by(Book::title).reviewed::<5>().by_author(&authors[0].0));
        assert_eq!(authors.all(db)?[0].1.len(), 1);
    }

    fn steps_are_methods_of_query_sets(db) {
        library(db)?;
        let all = Book::objects().count(db)?;
        let published = Book::objects().filter(Book::is_published).count(db)?;
        assert!(0 < published && published < all);
        assert_eq!(Book::objects().published().count(db)?, published);
        let author = Book::objects().published().first(db)?.unwrap().author.fetch(db)?.clone();
        assert_eq!(
            Book::objects().by_author(&author).published().count(db)?,
            Book::objects().filter(Book::author.eq(&author) & Book::is_published).count(db)?,
        );
        let dear = Book::objects().dear(1).all(db)?;
        assert!(dear.windows(2).all(|pair| pair[0].price >= pair[1].price));
        assert_eq!(dear.len() as u64, Book::objects().published().filter(Book::price.gt(1)).count(db)?);
        let title = &*dear[0].title;
        assert_eq!(Book::objects().titled((title, "no such")).all(db)?, dear[..1]);
        assert_eq!(Book::objects().reviewed::<1>().count(db)?, Book::objects().filter(Book::reviews.stars.gte(1)).count(db)?);
    }

    fn steps_are_there_for_rows_of_every_shape(db) {
        library(db)?;
        let dear: Vec<(String, Decimal)> = Book::objects().values_list((Book::title, Book::price)).dear(0).all(db)?;
        assert_eq!(dear.len() as u64, Book::objects().published().count(db)?);
        let title: Vec<String> = Book::objects().values_list(Book::title).distinct().published().all(db)?;
        assert_eq!(title.len(), dear.len());
        assert_eq!(Book::objects().values_json(Book::title).published().all(db)?.len(), dear.len());
        db.atomic(|tx| {
            let locked = Book::objects().select_for_update().published().all(tx)?;
            assert_eq!(locked.len(), dear.len());
            Ok(())
        })?;
        assert_eq!(Book::objects().published().update(db, Book::stock_level.set(77))?, dear.len() as u64);
        assert_eq!(Book::objects().filter(Book::stock_level.eq(77)).published().delete(db)?, dear.len() as u64);
        assert!(!Book::objects().published().exists(db)?);
    }

    fn questions_are_asked_of_whole_rows(db) {
        library(db)?;
        let prices = Book::objects().published().values_list(Book::price).all(db)?;
        assert_eq!(Book::objects().published().worth(db)?, prices.into_iter().sum());
        let titles: Vec<String> = Book::objects().published().titles().all(db)?;
        assert!(titles.is_sorted());
        let (_, log) = db.capture(|db| Book::objects().worth(db))?;
        assert!(log.statements()[0].caller.file().ends_with("reusable.rs"));
        let [first, second] = Book::objects().published().either(Book::objects().none());
        assert_eq!((first.count(db)?, second.count(db)?), (titles.len() as u64, 0));
    }

    fn related_managers_have_them(db) {
        library(db)?;
        for author in Author::objects().all(db)? {
            let published = Book::objects().by_author(&author).published();
            assert_eq!(author.books.published().count(db)?, published.clone().count(db)?);
            assert_eq!(author.books.published().dear(0).all(db)?, published.clone().dear(0).all(db)?);
            assert_eq!(author.books.worth(db)?, Book::objects().by_author(&author).worth(db)?);
            assert_eq!(author.books.titles().all(db)?, Book::objects().by_author(&author).titles().all(db)?);
        }
    }

    fn managers_are_query_sets_with_names(db) {
        let (offers, _) = offers(db)?;
        assert_eq!(titles(&Offer::big(), db)?, ["Course", "Trip"]);
        assert_eq!(titles(&Offer::of_ann(), db)?, ["Course", "Walk"]);
        assert_eq!(titles(&Offer::of_ann().filter(Offer::seats.lt(10)), db)?, ["Walk"]);
        assert_eq!(titles(&Offer::with_notes(), db)?, ["Course", "Trip"]);
        assert_eq!(Offer::big().get(db, Offer::id.eq(offers[0].id))?, offers[0]);
        // The one that is over is big too.
        assert_eq!(Offer::all_objects().filter(Offer::seats.gte(10)).count(db)?, 3);
        assert_eq!(Offer::big().update(db, Offer::seats.set(100))?, 2);
        assert_eq!(Offer::all_objects().filter(Offer::seats.eq(100)).count(db)?, 2);
    }

    fn default_filters_hold_for_what_is_built_on_objects(db) {
        let (offers, over) = offers(db)?;
        assert_eq!(titles(&Offer::objects(), db)?, ["Course", "Trip", "Walk"]);
        assert_eq!(Offer::all_objects().count(db)?, 4);
        // A key is what it is.
        let note = OfferNote::all_objects().get(db, OfferNote::text.eq("over"))?;
        assert_eq!(note.offer.fetch(db)?, &over);
        let note = OfferNote::all_objects().select_related(OfferNote::offer).get(db, OfferNote::id.eq(note.id))?;
        assert_eq!(note.offer.get()?, &over);
        let mut again = over.clone();
        again.refresh(db)?;
        assert_eq!(again, over);
        // Related managers, and what is loaded ahead.
        let count = |offer: &Offer| offer.notes.count(db);
        assert_eq!((count(&offers[0])?, count(&offers[1])?, count(&over)?), (1, 0, 1));
        let loaded = Offer::objects().prefetch_related(Offer::notes).all(db)?;
        assert_eq!(loaded.iter().map(|offer| offer.notes.loaded().unwrap().len()).collect::<Vec<_>>(), [1, 0, 0]);
        // Conditions over the relation are about all its rows, as they are in Django.
        assert_eq!(Offer::objects().filter(Offer::notes.text.eq("hidden")).count(db)?, 1);
        // Updates and deletes.
        assert_eq!(OfferNote::objects().update(db, OfferNote::text.set("x"))?, 2);
        assert_eq!(OfferNote::objects().delete(db)?, 2);
        assert_eq!(titles_of_notes(db)?, ["hidden"]);
        assert_eq!(Offer::objects().delete(db)?, 3);
        assert_eq!(Offer::all_objects().one(db)?, over);
    }
}

/// Three offers, a note on each of two; Bob's is hidden; and an offer that is over, with a note.
fn offers(db: &Database) -> Result<(Vec<Offer>, Offer)> {
    let (ann, bob) = library(db)?;
    let soon = Utc::now() + Duration::days(2);
    let draft = |title: &str, host: &Author, seats: i32| {
        let draft = Offer::draft().title(title).host(host).seats(seats);
        draft.ends(soon).save(db)
    };
    let offers = vec![
        draft("Course", &ann, 12)?,
        draft("Trip", &bob, 40)?,
        draft("Walk", &ann, 3)?,
    ];
    let over = draft("Over", &ann, 30)?;
    Offer::objects()
        .filter(Offer::title.eq("Over"))
        .update(db, Offer::ends.set(Utc::now() - Duration::days(1)))?;
    let over = Offer::all_objects().get(db, Offer::id.eq(over.id))?;
    for (offer, text) in [
        (&offers[0], "seen"),
        (&offers[1], "hidden"),
        (&over, "over"),
    ] {
        OfferNote::draft().offer(offer).text(text).save(db)?;
    }
    Ok((offers, over))
}

fn titles(offers: &QuerySet<Offer>, db: &Database) -> Result<Vec<String>> {
    Ok(offers
        .all(db)?
        .into_iter()
        .map(|offer| offer.title)
        .collect())
}

fn titles_of_notes(db: &Database) -> Result<Vec<String>> {
    OfferNote::all_objects()
        .values_list(OfferNote::text)
        .all(db)
}
