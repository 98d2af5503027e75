//! Annotated rows and groups as structs and as JSON.

use orm::prelude::*;

use crate::models::*;
use crate::support::suite;

#[derive(Projection, Debug, PartialEq)]
#[projection(Author)]
struct Seller {
    #[projection(annotated)]
    cheap: i64,
    name: String,
    #[projection(annotated)]
    titles: Option<Vec<String>>,
    #[projection(Author::books.count())]
    books: i64,
}

#[derive(Projection, Debug, PartialEq)]
#[projection(Book)]
struct Shelf {
    #[projection(Book::author.name)]
    author: String,
    #[projection(Book::id.count())]
    books: i64,
    #[projection(Book::price.max())]
    dearest: Option<Decimal>,
}

#[derive(Projection, Debug, PartialEq)]
#[projection(Author)]
struct Named {
    name: String,
}

#[derive(Projection, Debug, PartialEq)]
#[projection(Book)]
struct Ranked {
    title: String,
    author: Named,
    #[projection(annotated)]
    place: i64,
    #[projection(Book::reviews)]
    reviews: Vec<Told>,
}

#[derive(Projection, Debug, PartialEq)]
#[projection(Review)]
struct Told {
    text: String,
}

suite! {
    fn types_with_short_names(db) {
        use short::{M, N, S, T};
        T::draft().s(S::One).m(M::Two).n(N(7)).save(db)?;
        T::objects().filter(T::s.eq(S::One) & T::n.eq(N(7))).update(db, (T::s.set(S::Two), T::m.set(M::One)))?;
        let row = T::objects().one(db)?;
        assert_eq!((row.s, row.m, row.n), (S::Two, Some(M::One), N(7)));
    }

    fn annotations_go_into_the_fields_that_take_them(db) {
        library(db)?;
        for (limit, cheap) in [(dec!(9), [0, 2, 0]), (dec!(20), [1, 3, 0])] {
            let books = Author::books.filter(Book::price.lt(limit)).order_by(Book::price);
            let n = books.clone().count();
            let authors = Author::objects().annotate((&n, books.array_agg(Book::title)));
            let sellers = authors.clone().values::<Seller>().order_by(Author::name).all(db)?;
            assert_eq!(sellers.iter().map(|seller| seller.cheap).collect::<Vec<_>>(), cheap);
            assert_eq!(sellers[2], Seller { cheap: 0, name: "Cid".into(), titles: None, books: 0 });
            assert_eq!(sellers[1].titles.as_ref().map(|titles| &*titles[0]), Some("Élan"));
            let most = authors.filter(n.gt(0)).order_by(n.desc()).values::<Seller>().first(db)?;
            assert_eq!(most.map(|seller| (seller.name, seller.books)), Some(("Bob".to_owned(), 3)));
        }
        // A struct that takes none leaves them out.
        let plain = Author::objects().annotate(Author::books.count()).order_by(Author::name).limit(1).values::<Named>();
        assert_eq!(plain.all(db)?, [Named { name: "Ann".into() }]);
        let whole = Author::objects().annotate(Author::books.count()).order_by(Author::name).values::<Author>();
        assert_eq!(whole.first(db)?.map(|author| author.name), Some("Ann".to_owned()));
    }

    fn beside_rows_that_are_joined_and_loaded(db) {
        library(db)?;
        let place = rank().over(order_by(Book::price.desc()));
        let books = Book::objects().annotate(&place).filter(place.lte(2)).order_by(&place);
        let ranked = books.values::<Ranked>().all(db)?;
        let joins = Ranked {
            title: "Joins".into(),
            author: Named { name: "Ann".into() },
            place: 1,
            reviews: ranked[0].reviews.iter().map(|told| Told { text: told.text.clone() }).collect(),
        };
        assert_eq!((ranked.len(), ranked[0].reviews.len(), &ranked[0]), (2, 2, &joins));
        let sliced = Book::objects().annotate(Book::sales_count.cast::<i64>() + 1).order_by(Book::sales_count.desc()).limit(1).values::<Ranked>();
        assert_eq!(sliced.one(db)?.place, 41);
    }

    fn groups_are_structs(db) {
        library(db)?;
        let shelves = Book::objects().filter(Book::is_published).values::<Shelf>();
        let all = shelves.clone().order_by(Book::author.name).all(db)?;
        let shelf = |author: &str, books, dearest| Shelf { author: author.into(), books, dearest: Some(dearest) };
        assert_eq!(all, [shelf("Ann", 2, dec!(39.90)), shelf("Bob", 2, dec!(14))]);
        let dear = shelves.clone().filter(Book::price.max().gt(20));
        assert_eq!(dear.clone().one(db)?, shelf("Ann", 2, dec!(39.90)));
        assert_eq!((dear.count(db)?, shelves.count(db)?), (1, 2));
        assert_eq!(shelves.order_by(Book::price.max()).first(db)?, Some(shelf("Bob", 2, dec!(14))));
    }

    fn objects_of_annotated_rows_and_of_groups(db) {
        library(db)?;
        let n = Author::books.count();
        let authors = Author::objects().annotate(&n).filter(n.gt(0)).order_by(n.desc());
        let rows = authors.values_json((Author::name, n.named("n"))).all(db)?;
        assert_eq!(json!(rows), json!([{"name": "Bob", "n": 3}, {"name": "Ann", "n": 2}]));
        let count = Book::id.count();
        let titles = Book::title.array_agg().order_by(Book::title);
        let groups = Book::objects().values_json((Book::author.name, count.clone().named("n"), titles.named("titles")));
        let groups = groups.filter(count.lt(3)).all(db)?;
        assert_eq!(json!(groups), json!([{"author.name": "Ann", "n": 2, "titles": ["100% SQL", "Joins"]}]));
    }
}

/// Types whose names generated code might take for its own.
mod short {
    use orm::prelude::*;

    #[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq)]
    pub enum S {
        One,
        Two,
    }

    #[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq)]
    pub enum M {
        One,
        Two,
    }

    #[derive(SqlType, Debug, Clone, PartialEq)]
    pub struct N(pub i64);

    #[derive(Model, Debug, Clone, PartialEq)]
    #[model(table = "short_names")]
    pub struct T {
        pub id: i64,
        pub s: S,
        pub m: Option<M>,
        pub n: N,
    }
}
