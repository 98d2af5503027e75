//! Typed graphs: projections that hold rows.

use orm::prelude::*;

use crate::many_to_many::{Person, Post, Topic};
use crate::models::{Author, Book, Category, Everything, Profile, Review};
use crate::support::{day, suite};

#[derive(Projection, Debug, PartialEq)]
#[projection(Author)]
struct Name {
    name: String,
}

#[derive(Projection, Debug, PartialEq)]
#[projection(Profile)]
struct Bio {
    bio: String,
}

#[derive(Projection, Debug, PartialEq)]
#[projection(Review)]
struct Stars {
    stars: Option<i32>,
}

#[derive(Projection, Debug, PartialEq)]
#[projection(Book)]
struct Title {
    title: String,
}

#[derive(Projection, Debug, PartialEq)]
#[projection(Book)]
struct BookCard {
    title: String,
    author: Name,
    editor: Option<Name>,
    price: Decimal,
    #[projection(Book::reviews.order_by(Review::stars.desc()))]
    reviews: Vec<Stars>,
}

#[derive(Projection, Debug, PartialEq)]
#[projection(Author)]
struct AuthorCard {
    name: String,
    profile: Option<Bio>,
    #[projection(Author::books.filter(Book::price.gt(10)).order_by(Book::title))]
    books: Vec<BookCard>,
    #[projection(Author::books.order_by(Book::price).limit(1))]
    cheapest: Vec<Title>,
    joined_date: NaiveDate,
}

/// Somebody with those they know, and whom these know.
#[derive(Projection, Debug)]
#[projection(Person)]
struct Acquainted {
    name: String,
    friends: Vec<Acquainted>,
}

/// An author with rows of their own, to be joined to others.
#[derive(Projection, Debug, PartialEq)]
#[projection(Author)]
struct Shelf {
    #[projection(Author::books.any(Book::price.gt(25)))]
    dear: bool,
    #[projection(Author::books.order_by(Book::title))]
    books: Vec<Title>,
    name: String,
    #[projection(Author::profile.bio)]
    bio: Option<String>,
}

#[derive(Projection, Debug, PartialEq)]
#[projection(Book)]
struct Shelved {
    editor: Option<Shelf>,
    author: Shelf,
    #[projection(Book::author.profile)]
    profile: Option<Bio>,
    #[projection(Book::author.books.title.lower().contains("q"))]
    asks: bool,
    title: String,
}

#[derive(Projection)]
#[projection(Book)]
struct Whole {
    author: Author,
    editor: Option<Author>,
    reviews: Vec<Review>,
    #[projection(Book::author.books)]
    siblings: Vec<Title>,
}

#[derive(Projection, Debug, PartialEq)]
#[projection(Category)]
struct Leaf {
    name: String,
}

#[derive(Projection, Debug, PartialEq)]
#[projection(Category)]
struct Branch {
    name: String,
    parent: Option<Leaf>,
    children: Vec<Leaf>,
}

#[derive(Projection, Debug, PartialEq)]
#[projection(Category)]
struct Tree {
    children: Vec<Branch>,
    name: String,
}

/// A struct that holds a list of itself.
#[derive(Projection, Debug, PartialEq)]
#[projection(Category)]
struct Node {
    name: String,
    #[projection(Category::children.order_by(Category::name))]
    children: Vec<Node>,
}

/// A condition about the row around a query, to be joined to another.
#[derive(Projection, Debug, PartialEq)]
#[projection(Book)]
struct Loved {
    #[projection(exists(|book: Outer<Book, _>| Review::objects().filter(Review::book.eq(book.id)).filter(Review::stars.gt(4))))]
    loved: bool,
    #[projection(Book::author.is_in(Author::objects().filter(Author::name.eq("Bob"))))]
    bobs: bool,
}

#[derive(Projection, Debug, PartialEq)]
#[projection(Review)]
struct Opinion {
    stars: Option<i32>,
    book: Loved,
}

/// What looks like rows and is columns.
#[derive(Projection, Debug, PartialEq)]
#[projection(Everything)]
struct Columns {
    some_bytes: Vec<u8>,
    maybe_bytes: Option<Vec<u8>>,
    maybe_text: Option<String>,
}

#[derive(Projection, Debug, PartialEq)]
#[projection(Book)]
struct Keys {
    author: i64,
    editor: Option<i64>,
}

#[derive(Projection, Debug, PartialEq)]
#[projection(Post)]
struct Headline {
    title: String,
}

/// Lists over link tables, one of them limited.
#[derive(Projection, Debug, PartialEq)]
#[projection(Post)]
struct PostCard {
    title: String,
    topics: Vec<TopicCard>,
    #[projection(Post::topics.order_by(Topic::name.desc()).limit(1))]
    last: Vec<Topic>,
    #[projection(Post::parent)]
    parent: Option<Headline>,
}

#[derive(Projection, Debug, PartialEq)]
#[projection(Topic)]
struct TopicCard {
    name: String,
    #[projection(Topic::posts.order_by(Post::title))]
    posts: Vec<Headline>,
}

/// Bob with two books, of which the first has an editor and two reviews; Eve with one.
fn library(db: &Database) -> Result<()> {
    let bob = Author::draft()
        .name("Bob")
        .joined_date(day(2020, 1, 1))
        .save(db)?;
    let eve = Author::draft()
        .name("Eve")
        .joined_date(day(2021, 1, 1))
        .save(db)?;
    Profile::draft().author(&bob).bio("Onwards").save(db)?;
    let rust = Book::draft()
        .title("Rust")
        .author(&bob)
        .editor(&eve)
        .price(30)
        .save(db)?;
    Book::draft().title("SQL").author(&bob).price(20).save(db)?;
    Book::draft()
        .title("Dunes")
        .author(&eve)
        .price(5)
        .save(db)?;
    for stars in [3, 5] {
        Review::draft().book(&rust).stars(stars).text("").save(db)?;
    }
    Ok(())
}

suite! {
    fn a_graph_comes_in_a_query_for_each_relation_to_many(db) {
        library(db)?;
        let (cards, log) = db.capture(|db| Author::objects().order_by(Author::name).values::<AuthorCard>().all(db))?;
        assert_eq!(log.len(), 4);
        let name = |name: &str| Name { name: name.to_owned() };
        let bob = AuthorCard {
            name: "Bob".to_owned(),
            profile: Some(Bio { bio: "Onwards".to_owned() }),
            books: vec![
                BookCard {
                    title: "Rust".to_owned(),
                    author: name("Bob"),
                    editor: Some(name("Eve")),
                    price: dec!(30),
                    reviews: vec![Stars { stars: Some(5) }, Stars { stars: Some(3) }],
                },
                BookCard { title: "SQL".to_owned(), author: name("Bob"), editor: None, price: dec!(20), reviews: vec![] },
            ],
            cheapest: vec![Title { title: "SQL".to_owned() }],
            joined_date: day(2020, 1, 1),
        };
        let eve = AuthorCard {
            name: "Eve".to_owned(),
            profile: None,
            books: vec![],
            cheapest: vec![Title { title: "Dunes".to_owned() }],
            joined_date: day(2021, 1, 1),
        };
        assert_eq!(cards[0].books[0].price.to_string(), "30.00");
        assert_eq!(cards, [bob, eve]);
    }

    fn joined_rows_have_rows_of_their_own(db) {
        library(db)?;
        assert_queries!(db, 3, {
            let books = Book::objects().order_by(Book::title).values::<Shelved>().all(db)?;
            let [dunes, rust, sql] = &*books else { panic!("three books") };
            // Each has its own, though both are Bob's.
            for book in [rust, sql] {
                let titles: Vec<&str> = book.author.books.iter().map(|book| &*book.title).collect();
                assert_eq!((&*book.author.name, &*titles, book.author.dear), ("Bob", &["Rust", "SQL"][..], true));
                assert_eq!((book.author.bio.as_deref(), book.asks), (Some("Onwards"), true));
                assert_eq!(book.profile.as_ref().map(|profile| &*profile.bio), Some("Onwards"));
            }
            assert_eq!((&*dunes.author.name, dunes.author.dear, dunes.asks), ("Eve", false, false));
            assert!(dunes.editor.is_none() && sql.editor.is_none() && dunes.profile.is_none());
            let editor = rust.editor.as_ref().expect("an editor");
            assert_eq!((&*editor.name, editor.books.len(), &*editor.books[0].title), ("Eve", 1, "Dunes"));
        });
    }

    fn whole_models_stand_in_a_graph(db) {
        library(db)?;
        assert_queries!(db, 3, {
            let books = Book::objects().order_by(Book::title).values::<Whole>().all(db)?;
            let rust = &books[1];
            assert_eq!((&*rust.author.name, rust.editor.as_ref().map(|editor| &*editor.name)), ("Bob", Some("Eve")));
            assert_eq!((rust.reviews.len(), rust.siblings.len(), books[0].siblings.len()), (2, 2, 1));
        });
        assert_eq!(Book::objects().values::<Book>().all(db)?, Book::objects().all(db)?);
    }

    fn a_model_that_points_at_itself(db) {
        let root = Category::draft().name("root").save(db)?;
        let branch = Category::draft().name("branch").parent(&root).save(db)?;
        Category::draft().name("leaf").parent(&branch).save(db)?;
        let leaf = |name: &str| Leaf { name: name.to_owned() };
        assert_queries!(db, 3, {
            let tree = Category::objects().filter(Category::parent.is_null()).values::<Tree>().one(db)?;
            let branch = Branch { name: "branch".to_owned(), parent: Some(leaf("root")), children: vec![leaf("leaf")] };
            assert_eq!(tree, Tree { children: vec![branch], name: "root".to_owned() });
        });
    }

    fn a_struct_that_holds_itself_is_a_whole_tree(db) {
        let mut above = Category::draft().name("0").save(db)?;
        let root = above.id;
        for level in 1..5 {
            let below = ["a", "b"].map(|side| Category::draft().name(format!("{level}{side}")).parent(&above).build());
            above = Category::objects().bulk_create(db, below)?.remove(0);
        }
        assert_queries!(db, 6, {
            let mut tree = Category::objects().filter(Category::parent.is_null()).values::<Node>().one(db)?;
            for level in 1..5 {
                assert_eq!(tree.children.len(), 2);
                tree = tree.children.remove(0);
                assert_eq!(tree.name, format!("{level}a"));
            }
            assert!(tree.children.is_empty());
        });
        // Rows that lead in a circle end in an error.
        Category::objects().filter(Category::id.eq(root)).update(db, Category::parent.set(&above))?;
        let circle = Category::objects().filter(Category::id.eq(root)).values::<Node>().all(db);
        assert!(matches!(circle, Err(Error::InvalidQuery { model: "Category", .. })));
        assert_eq!(Category::objects().values::<Leaf>().all(db)?.len(), 9);
    }

    fn a_circle_that_widens_ends_before_it_is_wide(db) {
        // Each of three knows both others: from level to level there would be twice as many rows.
        let mut people = Vec::new();
        for name in ["a", "b", "c"] {
            people.push(Person::draft().name(name).save(db)?);
        }
        let [b, c] = [people[1].id, people[2].id];
        people[0].friends.add(db, [b, c])?;
        people[1].friends.add(db, [c])?;
        let (friends, log) = {
            let mut friends = None;
            let (_, log) = db.capture(|db| {
                friends = Some(Person::objects().values::<Acquainted>().all(db));
                Ok(())
            })?;
            (friends, log)
        };
        assert!(matches!(friends, Some(Err(Error::InvalidQuery { model: "Person", .. }))), "{friends:?}");
        assert!(log.len() <= 4, "{}", log.len());
        // The same struct over rows that end.
        people[0].friends.clear(db)?;
        people[1].friends.clear(db)?;
        let alone = Person::objects().order_by(Person::name).values::<Acquainted>().all(db)?;
        assert!(alone.iter().map(|of| (&*of.name, of.friends.len())).eq([("a", 0), ("b", 0), ("c", 0)]));
    }

    fn a_graph_is_asked_for_in_every_way(db) {
        library(db)?;
        let cards = Author::objects().order_by(Author::name).values::<AuthorCard>();
        assert_eq!(cards.first(db)?.expect("an author").books.len(), 2);
        assert_eq!(cards.last(db)?.expect("an author").books.len(), 0);
        assert_eq!(cards.get(db, Author::name.eq("Bob"))?.books.len(), 2);
        assert_eq!((cards.count(db)?, cards.exists(db)?), (2, true));
        let sliced = cards.clone().limit(2).filter(Author::name.eq("Bob"));
        assert_eq!(sliced.one(db)?.books[0].reviews.len(), 2);
        let mut counts = Vec::new();
        for card in cards.chunk_size(1).iterator(db)? {
            counts.push(card?.books.len());
        }
        assert_eq!(counts, [2, 0]);
        // Inside of `with`.
        assert_queries!(db, 3, {
            let rows: Vec<(Author, Vec<BookCard>)> =
                Author::objects().with(Author::books.values::<BookCard>()).order_by(Author::name).all(db)?;
            assert_eq!(rows[0].1.iter().map(|card| card.reviews.len()).sum::<usize>(), 2);
        });
    }

    fn columns_that_look_like_rows_are_columns(db) {
        library(db)?;
        assert!(Everything::objects().values::<Columns>().all(db)?.is_empty());
        let keys = Book::objects().filter(Book::title.eq("SQL")).values::<Keys>().one(db)?;
        let bob = Author::objects().get(db, Author::name.eq("Bob"))?;
        assert_eq!(keys, Keys { author: bob.id, editor: None });
    }

    fn lists_over_link_tables(db) {
        let topics = Topic::objects().bulk_create(db, ["a", "b"].map(|name| Topic::draft().name(name)))?;
        let mut first = Post::draft().title("First").save(db)?;
        let mut second = Post::draft().title("Second").parent(&first).save(db)?;
        first.topics.add(db, &topics)?;
        second.topics.add(db, &topics[..1])?;
        assert_queries!(db, 4, {
            let cards = Post::objects().order_by(Post::title).values::<PostCard>().all(db)?;
            let names = |card: &PostCard| card.topics.iter().map(|topic| topic.name.clone()).collect::<Vec<_>>();
            assert_eq!((names(&cards[0]).len(), names(&cards[1])), (2, vec!["a".to_owned()]));
            // The topic that both have is there for each.
            let posts = |card: &PostCard| {
                let topic = card.topics.iter().find(|topic| topic.name == "a").expect("the topic");
                topic.posts.iter().map(|post| post.title.clone()).collect::<Vec<_>>()
            };
            assert_eq!((posts(&cards[0]), posts(&cards[1])), (vec!["First".into(), "Second".into()], vec!["First".into(), "Second".into()]));
            assert_eq!((&*cards[0].last[0].name, &*cards[1].last[0].name), ("b", "a"));
            assert_eq!(cards[1].parent.as_ref().map(|post| &*post.title), Some("First"));
        });
        assert!(Person::objects().values::<Person>().all(db)?.is_empty());
    }

    fn queries_inside_of_joined_rows_are_about_those(db) {
        library(db)?;
        assert_queries!(db, 1, {
            let opinions = Review::objects().order_by(Review::stars).values::<Opinion>().all(db)?;
            let book = || Loved { loved: true, bobs: true };
            assert_eq!(opinions, [Opinion { stars: Some(3), book: book() }, Opinion { stars: Some(5), book: book() }]);
        });
    }

    fn united_queries_load_as_the_first_one_does(db) {
        library(db)?;
        let named = |name: &'static str| Author::objects().filter(Author::name.eq(name));
        assert_queries!(db, 4, {
            let both = named("Bob").values::<AuthorCard>().union_all(named("Eve").values::<AuthorCard>());
            let cards = both.all(db)?;
            assert_eq!(cards.iter().map(|card| card.books.len()).sum::<usize>(), 2);
        });
        assert_queries!(db, 2, {
            let both = named("Bob").with(Author::books).union(named("Eve").with(Author::books));
            assert_eq!(both.all(db)?.iter().map(|(_, books)| books.len()).sum::<usize>(), 3);
        });
    }
}
