//! Models with a parent: rows that go on in the table of another.

use orm::prelude::*;
use orm::query::prefetch;

use crate::support::{moment, suite};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "inherit_person")]
pub struct Person {
    pub id: i64,
    pub name: String,
    #[reverse(Content::owner)]
    pub contents: HasMany<Content>,
    #[reverse(Article::editor)]
    pub edited: HasMany<Article>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "inherit_tag")]
pub struct Tag {
    pub id: i64,
    pub word: String,
    #[reverse(Content::tags)]
    pub contents: ManyToMany<Content>,
    #[reverse(Article::topics)]
    pub articles: ManyToMany<Article>,
}

/// The parent, with a field of each kind.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "inherit_content", ordering = [-rank, title])]
pub struct Content {
    pub id: i64,
    #[field(max_length = 20, unique)]
    pub title: String,
    #[field(default = 1)]
    pub rank: i32,
    #[field(max_digits = 6, decimal_places = 2, default = 0)]
    pub price: Decimal,
    #[field(db_default = 5)]
    pub score: i16,
    #[field(generated = Content::rank * 2)]
    pub double_rank: i32,
    #[field(auto_now)]
    pub changed_at: DateTime<Utc>,
    #[field(on_delete = set_null)]
    pub owner: Option<ForeignKey<Person>>,
    #[field(default = "".to_owned())]
    pub notes: Deferred<String>,
    pub tags: ManyToMany<Tag>,
    #[reverse(Article::content)]
    pub article: HasOne<Article>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "inherit_article", index(fields = [editor, words]))]
pub struct Article {
    #[model(parent)]
    pub content: Parent<Content>,
    pub body: String,
    #[field(default)]
    pub words: i32,
    #[field(on_delete = set_null)]
    pub editor: Option<ForeignKey<Person>>,
    pub topics: ManyToMany<Tag>,
    #[reverse(Mention::article)]
    pub mentions: HasMany<Mention>,
}

/// A parent that has one itself.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "inherit_review", ordering = [-stars, article.body])]
pub struct Review {
    pub stars: i32,
    #[field(column = "article_ptr_id")]
    pub article: Parent<Article>,
}

/// Nothing but what its parent has.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "inherit_page")]
pub struct Page {
    #[model(parent)]
    pub content: Parent<Content>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "inherit_mention")]
pub struct Mention {
    pub id: i64,
    #[field(on_delete = cascade)]
    pub article: Option<ForeignKey<Article>>,
    pub by: String,
}

/// A key of text, that the program makes.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "inherit_country")]
pub struct Country {
    #[field(primary_key)]
    pub code: String,
    pub name: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "inherit_kingdom")]
pub struct Kingdom {
    #[model(parent)]
    pub country: Parent<Country>,
    pub monarch: String,
}

#[derive(Embed, Debug, Clone, PartialEq)]
pub struct Size {
    pub width: i32,
    #[field(default = 1)]
    pub height: i32,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "inherit_product", default_filter = Product::size.width.gt(0))]
pub struct Product {
    pub id: i32,
    #[model(embed)]
    pub size: Size,
    pub labels: serde_json::Value,
}

/// Embedded structs on both sides, an order by one of the parent's, and a filter by the way to the parent.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(
    table = "inherit_poster",
    ordering = [product.size.height, -frame.width],
    default_filter = Poster::product.size.height.lt(100),
)]
pub struct Poster {
    #[model(embed(prefix = "frame_"))]
    pub frame: Size,
    #[model(parent)]
    pub product: Parent<Product>,
    /// A poster that this one comes after.
    pub after: Option<ForeignKey<Self>>,
}

#[derive(Proxy, Debug)]
#[proxy(Article, ordering = [-words], default_filter = Article::content.rank.gt(1))]
pub struct Ranked(Article);

/// As Django would make it.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "inherit_place")]
pub struct Place {
    pub id: i64,
    pub name: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "inherit_restaurant")]
pub struct Restaurant {
    #[model(parent)]
    #[field(column = "place_ptr_id")]
    pub place: Parent<Place>,
    pub serves_pizza: bool,
}

fn poster(width: i32, height: i32, frame: i32) -> Draft<Poster> {
    let product = Product::draft()
        .size(Size { width, height })
        .labels(json!({"w": width}));
    Poster::draft()
        .product(product)
        .frame(Size::draft().width(frame))
        .build()
}

fn three(db: &Database) -> Result<(Article, Article, Review)> {
    let ann = Person::draft().name("Ann").save(db)?;
    let a = Content::draft().title("A").rank(3).owner(&ann);
    let a = Article::draft()
        .content(a)
        .body("first")
        .words(10)
        .save(db)?;
    let b = Article::draft()
        .content(Content::draft().title("B"))
        .body("second")
        .editor(&ann)
        .save(db)?;
    let c = Article::draft()
        .content(Content::draft().title("C").rank(2))
        .body("third");
    let c = Review::draft().article(c).stars(4).save(db)?;
    Content::draft().title("D").save(db)?;
    Ok((a, b, c))
}

fn titles(articles: &[Article]) -> String {
    articles.iter().map(|article| &*article.title).collect()
}

suite! {
    fn a_draft_inserts_the_parent_first(db) {
        let (article, log) = db.capture(|db| {
            Article::draft().content(Content::draft().title("A").rank(7)).body("x").save(db)
        })?;
        assert_eq!(log.len(), 2);
        assert_eq!((&*article.title, article.rank, article.double_rank, article.score), ("A", 7, 14, 5));
        assert_eq!((article.body.as_str(), article.words), ("x", 0));
        assert_eq!(article.content.price, dec!(0.00));
        assert_eq!(article.key(), article.content.id);
        assert_eq!(Article::objects().one(db)?, article);
        assert_eq!(*article.content, Content::objects().one(db)?);
        let review = Review::draft().stars(1).article(Article::draft().content(Content::draft().title("B")).body("y"));
        let review = review.save(db)?;
        assert_eq!((&*review.title, &*review.body, review.id), ("B", "y", review.key()));
        assert_eq!(Review::objects().one(db)?, review);
        assert_eq!(Content::objects().count(db)?, 2);
    }

    fn a_row_is_added_to_a_parent_that_is_there(db) {
        let content = Content::draft().title("A").rank(3).save(db)?;
        let article = Article::draft().content(&content).body("x").save(db)?;
        assert_eq!((article.id, &*article.title), (content.id, "A"));
        let review = Review::draft().article(article.id).stars(2).save(db)?;
        assert_eq!((&*review.title, &*review.body, review.stars), ("A", "x", 2));
        assert_eq!(Content::objects().count(db)?, 1);
        let page = Page::draft().content(&article.content).save(db)?;
        assert_eq!(page.content, article.content);
        // Once only.
        let again = Article::draft().content(&content).body("y").save(db);
        assert!(matches!(again, Err(Error::UniqueViolation { .. })), "{again:?}");
        let nowhere = Article::draft().content(99).body("y").save(db);
        assert!(matches!(nowhere, Err(Error::ForeignKeyViolation { .. })), "{nowhere:?}");
        // A draft with a parent of its own on a row that is there.
        let content = Content::draft().title("B").save(db)?;
        let review = Review::draft().article(Article::draft().content(&content).body("z")).stars(5).save(db)?;
        assert_eq!((&*review.title, &*review.body, review.id), ("B", "z", content.id));
    }

    fn all_or_nothing_is_inserted(db) {
        let long = "x".repeat(21);
        let (refused, log) = db.capture(|db| {
            Ok(Article::draft().content(Content::draft().title(&long)).body("x").save(db))
        })?;
        assert_eq!(refused.unwrap_err().to_string(), "Content.title: longer than 20 characters");
        assert!(log.is_empty());
        Content::draft().title("A").save(db)?;
        let taken = Article::draft().content(Content::draft().title("A")).body("x").save(db);
        assert!(matches!(taken, Err(Error::UniqueViolation { .. })), "{taken:?}");
        let nobody = Article::draft().content(Content::draft().title("B")).body("x").editor(Some(&Person {
            id: 99, ..Person::draft().name("").save(db)?
        }));
        assert!(matches!(nobody.save(db), Err(Error::ForeignKeyViolation { .. })));
        assert_eq!(Content::objects().count(db)?, 1);
    }

    fn every_query_reads_the_parent_too(db) {
        let (a, b, c) = three(db)?;
        // In the order of the parent, which is the model's unless it has one.
        let articles = Article::objects().all(db)?;
        assert_eq!(articles[0], a);
        assert_eq!(articles[2], b);
        assert_eq!(*c.article, articles[1]);
        assert_eq!(titles(&Article::objects().reverse().all(db)?), "BCA");
        assert_eq!(titles(&Article::objects().unordered().order_by(Article::content.title).all(db)?), "ABC");
        assert_eq!(Article::objects().get(db, Article::content.title.eq("B"))?, b);
        assert_eq!(Article::objects().get(db, Article::content.eq(b.id))?, b);
        assert_eq!(Article::objects().get(db, Article::pk().eq(b.id))?.title, "B");
        assert_eq!(titles(&Article::objects().limit(2).all(db)?), "AC");
        assert_eq!(titles(&Article::objects().limit(2).filter(Article::words.eq(0)).all(db)?), "C");
        assert_eq!(titles(&Article::objects().limit(2).order_by(Article::content.rank).all(db)?), "CA");
        assert_eq!(Article::objects().first(db)?, Some(a.clone()));
        assert_eq!(Article::objects().last(db)?, Some(b.clone()));
        assert_eq!(Article::objects().in_bulk(db, [a.id, c.id])?[&a.id], a);
        assert_eq!(Article::objects().in_bulk_all(db)?.len(), 3);
        assert_eq!((Article::objects().count(db)?, Article::objects().exists(db)?), (3, true));
        let streamed = Article::objects().iterator(db)?.collect::<Result<Vec<_>>>()?;
        assert_eq!(streamed, articles);
        let reviews = Review::objects().all(db)?;
        assert_eq!(reviews, std::slice::from_ref(&c));
        let dear = Article::objects().filter(Article::content.rank.gt(1));
        let united = dear.clone().union(Article::objects().filter(Article::body.eq("second")));
        assert_eq!(united.order_by(Article::body).all(db)?.len(), 3);
        assert_eq!(Article::objects().difference(dear).all(db)?, std::slice::from_ref(&b));
        let distinct = Article::objects().distinct().all(db)?;
        assert_eq!(distinct.len(), 3);
        let annotated = Article::objects().annotate(Article::words + Article::content.rank).all(db)?;
        assert_eq!(annotated[0], (a.clone(), 13));
        let columns = "content_id, body, words, editor_id, title, rank, price, score, double_rank, changed_at, owner_id, notes";
        let sql = format!("SELECT {columns} FROM inherit_article JOIN inherit_content ON id = content_id WHERE title = ?");
        assert_eq!(Article::raw(&sql, ("A",)).one(db)?, a);
        assert_eq!(db.query::<Article>(&sql, ("B",))?, [b]);
        let number = row_number().over(partition_by(Article::editor).order_by(Article::content.title));
        let firsts = Article::objects().filter(number.eq(1)).order_by(Article::content.title).all(db)?;
        assert_eq!(titles(&firsts), "AB");
        let chosen = Article::objects().filter(Article::pk().is_in(Article::objects().limit(1)));
        assert_eq!(chosen.one(db)?, a);
    }

    fn paths_lead_through_the_parent(db) {
        let (a, b, c) = three(db)?;
        let rows = Article::objects().values_list((Article::content.title, Article::content.owner.name, Article::body));
        let rows: Vec<(String, Option<String>, String)> = rows.order_by(Article::content.title).all(db)?;
        assert_eq!(rows[0], ("A".into(), Some("Ann".into()), "first".into()));
        let (most, count) = Article::objects().aggregate(db, (Article::content.rank.max(), Article::content.count()))?;
        assert_eq!((most, count), (Some(3), 3));
        let ranks = Review::objects().values_list((Review::article.content.rank, Review::article.body)).all(db)?;
        assert_eq!(ranks, [(2, "third".to_owned())]);
        assert_eq!(Review::objects().get(db, Review::article.content.title.eq("C"))?, c);
        assert_eq!(Article::objects().filter(Article::content.owner.is_null()).count(db)?, 2);
        let of_rank = Article::objects().values_list(Article::content.rank).annotate(Article::words.sum());
        assert_eq!(of_rank.order_by(Article::content.rank).all(db)?, [(1, Some(0)), (2, Some(0)), (3, Some(10))]);
        // From the parent, and from elsewhere.
        assert_eq!(Content::objects().filter(Content::article.body.eq("second")).one(db)?, *b.content);
        let mention = Mention::draft().article(&a).by("me").save(db)?;
        assert_eq!(Mention::objects().get(db, Mention::article.content.title.eq("A"))?, mention);
        assert_eq!(Article::objects().get(db, Article::mentions.any(Mention::by.eq("me")))?, a);
        assert_eq!(Person::objects().filter(Person::edited.content.title.eq("B")).count(db)?, 1);
        let edited = Person::objects().values_list(Person::edited.max(Article::content.rank)).all(db)?;
        assert_eq!(edited, [Some(1)]);
    }

    fn the_row_is_loaded_wherever_a_model_is(db) {
        let (a, b, c) = three(db)?;
        Mention::draft().article(&a).by("a").save(db)?;
        Mention::draft().article(&b).by("b").save(db)?;
        Mention::draft().by("none").save(db)?;
        let ann = Person::objects().one(db)?;
        let tag = Tag::draft().word("w").save(db)?;
        let mut c_now = Content::objects().get(db, Content::title.eq("C"))?;
        c_now.tags.add(db, [&tag])?;
        let mut a_now = Article::objects().get(db, Article::content.title.eq("A"))?;
        a_now.topics.add(db, [&tag])?;
        a_now.tags.add(db, [&tag])?;

        let mentions = Mention::objects().select_related(Mention::article.content.owner).order_by(Mention::by);
        let (mentions, log) = db.capture(|db| mentions.all(db))?;
        let loaded = mentions[0].article.get()?.expect("an article");
        assert_eq!((loaded, log.len()), (&a, 1));
        assert_eq!(loaded.owner.get()?.map(|owner| &*owner.name), Some("Ann"));
        assert_eq!(mentions[2].article.get()?, None);
        assert_eq!(mentions[1].article.get()?.map(|article| &*article.title), Some("B"));
        let fetched = Mention::objects().first(db)?.expect("a mention");
        assert_eq!(fetched.article.fetch(db)?, Some(&a));

        let articles = Article::objects().select_related((Article::content, Article::content.owner, Article::editor));
        let (articles, log) = db.capture(|db| articles.all(db))?;
        assert_eq!(log.len(), 1);
        assert_eq!(articles[0].content.owner.get()?, Some(&ann));
        assert_eq!(articles[2].editor.get()?, Some(&ann));
        let review = Review::objects().select_related(Review::article.content.owner).one(db)?;
        assert_eq!((&review, review.owner.get()?), (&c, None));

        let articles = Article::objects().prefetch_related((Article::content.tags, Article::topics, Article::mentions));
        let (articles, log) = db.capture(|db| articles.all(db))?;
        assert_eq!(log.len(), 4);
        assert_eq!(articles[0].tags.loaded()?, std::slice::from_ref(&tag));
        assert_eq!(articles[1].content.tags.loaded()?, std::slice::from_ref(&tag));
        assert_eq!(articles[0].topics.loaded()?, std::slice::from_ref(&tag));
        assert_eq!(articles[0].mentions.loaded()?[0].article.get()?, Some(&a));
        let mut reviews = Review::objects().all(db)?;
        prefetch(db, &mut reviews, (Review::article.content.tags, Review::article.topics))?;
        assert_eq!(reviews[0].tags.loaded()?, std::slice::from_ref(&tag));
        assert_eq!(reviews[0].topics.loaded()?, []);
        let people = Person::objects().prefetch_related((Person::edited, Person::contents.select_related(Content::article)));
        let person = people.one(db)?;
        assert_eq!(person.edited.loaded()?, std::slice::from_ref(&b));
        assert_eq!(person.contents.loaded()?[0].article.get()?, Some(&a));
        let of_tag = Tag::objects().prefetch_related((Tag::articles, Tag::contents.order_by(Content::title))).one(db)?;
        assert_eq!(of_tag.articles.loaded()?, std::slice::from_ref(&a));
        assert_eq!(of_tag.contents.loaded()?.len(), 2);

        let with = Person::objects().with(Person::edited.limit(1).order_by(Article::content.title)).all(db)?;
        assert_eq!(with, [(ann.clone(), vec![b.clone()])]);
        let with = Article::objects().with(Article::content.tags).with(Article::mentions).with(Article::content).all(db)?;
        assert_eq!(with[0].1, std::slice::from_ref(&tag));
        assert_eq!((with[0].2.len(), &with[0].3), (1, &*a.content));
        let with = Mention::objects().with(Mention::article).order_by(Mention::by).all(db)?;
        assert_eq!((&with[0].1, &with[2].1), (&Some(a.clone()), &None));

        let content = Content::objects().get(db, Content::title.eq("D"))?;
        assert_eq!(content.article.fetch(db)?, None);
        let content = Content::objects().select_related(Content::article).first(db)?.expect("a content");
        assert_eq!(content.article.get()?, Some(&a));
    }

    fn graphs_hold_whole_rows(db) {
        #[derive(Projection)]
        #[projection(Mention)]
        struct Line {
            by: String,
            article: Option<Article>,
        }
        #[derive(Projection)]
        #[projection(Article)]
        struct Card {
            body: String,
            #[projection(Article::content.title)]
            title: String,
            content: Content,
            #[projection(Article::content.tags)]
            tags: Vec<Tag>,
        }
        let (a, b, _) = three(db)?;
        Mention::draft().article(&b).by("b").save(db)?;
        let tag = Tag::draft().word("w").save(db)?;
        let mut tagged = Article::objects().get(db, Article::pk().eq(a.id))?;
        tagged.tags.add(db, [&tag])?;
        let lines = Mention::objects().values::<Line>().all(db)?;
        assert_eq!((&*lines[0].by, &lines[0].article), ("b", &Some(b)));
        let cards = Article::objects().order_by(Article::content.title).values::<Card>().all(db)?;
        assert_eq!((&*cards[0].body, &*cards[0].title, &cards[0].content), ("first", "A", &*a.content));
        assert_eq!(cards[0].tags, [tag]);
        assert_eq!(Article::objects().values::<Article>().order_by(Article::content.title).first(db)?, Some(a));
    }

    fn save_writes_both_tables(db) {
        let (mut a, ..) = three(db)?;
        let before = a.changed_at;
        a.title = "Z".into();
        a.content.rank = 9;
        a.body.push('!');
        let ((), log) = db.capture(|db| a.save(db))?;
        assert_eq!(log.len(), 2);
        assert_eq!(a.double_rank, 18);
        assert!(a.changed_at > before);
        let mut read = Article::objects().get(db, Article::pk().eq(a.id))?;
        assert_eq!(read, a);
        // Some fields alone.
        (read.title, read.body, read.rank) = ("Y".into(), "new".into(), 1);
        read.save_only(db, Article::content.title)?;
        read.refresh_only(db, (Article::body, Article::content.rank))?;
        assert_eq!((&*read.body, read.rank, &*read.title), ("first!", 9, "Y"));
        a.refresh(db)?;
        assert_eq!(a.title, "Y");
        let both = (Article::content.rank.set(Article::content.rank + Article::words), Article::words.set(1));
        let ((), log) = db.capture(|db| a.update(db, both))?;
        assert_eq!(log.len(), 2);
        assert_eq!((a.rank, a.double_rank, a.words), (19, 38, 1));
        a.update(db, Article::content.owner.set(None))?;
        assert_eq!(a.owner, None);
        let mut review = Review::objects().one(db)?;
        review.title.push('!');
        review.stars += 1;
        review.words = 3;
        review.save(db)?;
        let read = Review::objects().one(db)?;
        assert_eq!((&*read.title, read.stars, read.words), ("C!", 5, 3));
        // Gone, in the one table or the other.
        let gone = a.to_draft();
        Article::objects().get(db, Article::pk().eq(a.id))?.delete(db)?;
        assert!(matches!(a.save(db), Err(Error::DoesNotExist { model: "Article" })));
        assert!(matches!(a.save_only(db, Article::content.title), Err(Error::DoesNotExist { model: "Article" })));
        let mut page = Page::draft().content(Content::draft().title("P")).save(db)?;
        page.title.push('!');
        page.save(db)?;
        assert_eq!(Page::objects().one(db)?.title, "P!");
        db.execute("DELETE FROM inherit_page", ())?;
        page.title.push('!');
        assert!(matches!(page.save(db), Err(Error::DoesNotExist { model: "Page" })));
        assert_eq!(Content::objects().get(db, Content::pk().eq(page.id))?.title, "P!");
        assert_eq!(gone.save(db)?.title, "Y");
    }

    fn an_update_reaches_the_parents_fields(db) {
        let (a, b, c) = three(db)?;
        // Of the parent alone: one statement.
        let words = Article::objects().filter(Article::words.gt(0));
        let (n, log) = db.capture(|db| words.update(db, Article::content.rank.set(Article::content.rank * 2)))?;
        assert_eq!((n, log.len()), (1, 1));
        assert_eq!(Content::objects().get(db, Content::pk().eq(a.id))?.rank, 6);
        assert_eq!(Content::objects().get(db, Content::pk().eq(b.id))?.rank, 1);
        // By values of the row, and by what is behind it.
        Article::objects().update(db, Article::content.rank.set(Article::words + 1))?;
        let ranks = Content::objects().order_by(Content::title).values_list((Content::title, Content::rank));
        assert_eq!(ranks.clone().all(db)?.iter().map(|row| row.1).collect::<Vec<_>>(), [11, 1, 1, 1]);
        // Of both, chosen by what is changed.
        let of_a = Article::objects().filter(Article::content.title.eq("A") & Article::body.eq("first"));
        let n = of_a.update(db, (Article::content.title.set("AA"), Article::body.set("changed"), Article::content.owner.set(None)))?;
        assert_eq!(n, 1);
        let read = Article::objects().get(db, Article::pk().eq(a.id))?;
        assert_eq!((&*read.title, &*read.body, read.owner.clone()), ("AA", "changed", None));
        // Each sees the row as it was.
        let all = Article::objects().filter(Article::pk().eq(a.id));
        all.update(db, (Article::words.set(Article::content.rank), Article::content.rank.set(0)))?;
        all.update(db, (Article::content.title.set(Article::body), Article::body.set("B2")))?;
        let read = Article::objects().get(db, Article::pk().eq(a.id))?;
        assert_eq!((&*read.title, &*read.body, read.words, read.rank), ("changed", "B2", 11, 0));
        let (swap, log) = db.capture(|db| {
            Ok(all.update(db, (Article::content.title.set(Article::body), Article::body.set(Article::content.title))))
        })?;
        assert!(matches!(swap, Err(Error::InvalidQuery { model: "Article", .. })), "{swap:?}");
        assert!(log.is_empty());
        // A slice, in the parent's order; and the grandparent.
        let n = Article::objects().order_by(Article::content.title.desc()).limit(1).update(db, Article::content.score.set(7))?;
        assert_eq!((n, Content::objects().filter(Content::score.eq(7)).one(db)?.id), (1, a.id));
        let n = Review::objects().update(db, (Review::stars.set(1), Review::article.words.set(2), Review::article.content.rank.set(Review::stars)))?;
        let read = Review::objects().one(db)?;
        assert_eq!((n, read.stars, read.words, read.rank, read.id), (1, 1, 2, 4, c.id));
        let long = Article::objects().update(db, Article::content.title.set("x".repeat(21)));
        assert_eq!(long.unwrap_err().to_string(), "Content.title: longer than 20 characters");
        let (none, log) = db.capture(|db| {
            let none = Article::objects().none();
            Ok((none.update(db, Article::content.rank.set(1))?, none.update(db, (Article::content.rank.set(1), Article::words.set(1)))?, none.delete(db)?))
        })?;
        assert_eq!((none, log.len()), ((0, 0, 0), 0));
    }

    fn a_row_goes_with_its_parent(db) {
        let (a, _, c) = three(db)?;
        Mention::draft().article(&a).by("me").save(db)?;
        let ((), log) = db.capture(|db| a.clone().delete(db))?;
        assert_eq!(log.len(), 2);
        assert_eq!((Article::objects().count(db)?, Content::objects().count(db)?, Mention::objects().count(db)?), (2, 3, 0));
        assert!(matches!(a.delete(db), Err(Error::DoesNotExist { model: "Article" })));
        // A grandchild is a row of three tables.
        c.delete(db)?;
        assert_eq!((Review::objects().count(db)?, Article::objects().count(db)?, Content::objects().count(db)?), (0, 1, 2));
        // A content that is no article stays.
        assert_eq!(Article::objects().filter(Article::content.rank.gt(5)).delete(db)?, 0);
        assert_eq!(Article::objects().order_by(Article::content.title).limit(5).delete(db)?, 1);
        assert_eq!((Article::objects().count(db)?, Content::objects().one(db)?.title), (0, "D".to_owned()));
        // And the row with its parent.
        three_again(db)?;
        assert_eq!(Content::objects().filter(Content::title.eq("C2")).delete(db)?, 1);
        assert_eq!((Review::objects().count(db)?, Article::objects().count(db)?), (0, 0));
    }

    fn many_rows_are_created_at_once(db) {
        let there = Content::draft().title("there").save(db)?;
        let draft = |n: i32| Article::draft().content(Content::draft().title(format!("{n:03}")).rank(n)).body(format!("body {n}"));
        let mut drafts: Vec<Draft<Article>> = (0..100).map(|n| draft(n).build()).collect();
        drafts.insert(50, Article::draft().content(&there).body("added").build());
        let more = Content::draft().title("more").save(db)?;
        drafts.push(Article::draft().content(more.id).body("last").build());
        let (articles, log) = db.capture(|db| Article::objects().bulk_create(db, drafts))?;
        assert_eq!(articles.len(), 102);
        assert_eq!((articles[101].id, &*articles[101].title, &*articles[101].body), (more.id, "more", "last"));
        assert_eq!((&*articles[7].title, articles[7].double_rank, &*articles[7].body), ("007", 14, "body 7"));
        assert_eq!((articles[50].id, &*articles[50].title), (there.id, "there"));
        assert!(log.len() < 8, "{}", log.len());
        assert_eq!(Article::objects().order_by(Article::pk()).count(db)?, 102);
        assert_eq!(Article::objects().get(db, Article::content.title.eq("042"))?, articles[43 - usize::from(articles[42].title == "042")]);
        let n = Article::objects().bulk_create_with(db, [draft(200), draft(201)], BulkCreate::new().batch_size(1))?;
        assert_eq!(n, 2);
        let refused = Article::objects().bulk_create_with(db, [draft(300)], BulkCreate::new().ignore_conflicts());
        assert!(matches!(refused, Err(Error::InvalidQuery { model: "Article", .. })), "{refused:?}");
        let taken = Article::objects().bulk_create(db, [draft(301), draft(1)]);
        assert!(matches!(taken, Err(Error::UniqueViolation { .. })), "{taken:?}");
        assert_eq!(Content::objects().count(db)?, 104);
        let mut articles = Article::objects().order_by(Article::content.title).limit(3).all(db)?;
        for article in &mut articles {
            article.words += 1;
            article.rank += 100;
        }
        assert_eq!(Article::objects().bulk_update(db, &articles, (Article::words, Article::content.rank))?, 3);
        assert_eq!(Article::objects().filter(Article::words.eq(1) & Article::content.rank.gte(100) & Article::content.rank.lt(103)).count(db)?, 3);
        let reviews = Review::objects().bulk_create(db, [Review::draft().article(draft(400)).stars(2), Review::draft().article(&articles[0]).stars(3)]);
        assert!(reviews.is_ok(), "{reviews:?}");
        assert_eq!(reviews?[1].title, articles[0].title);
        assert!(Article::objects().bulk_create(db, Vec::<Draft<Article>>::new())?.is_empty());
    }

    fn get_or_create_and_its_kin(db) {
        let draft = |title: &str, body: &str| Article::draft().content(Content::draft().title(title)).body(body);
        let (a, created) = draft("A", "x").get_or_create(db, Article::content.title)?;
        assert!(created);
        let (again, created) = draft("A", "y").get_or_create(db, Article::content.title)?;
        assert!(!created && again == a);
        let (updated, created) = draft("A", "y").update_or_create(db, Article::content.title)?;
        assert!(!created && updated.body == "y" && updated.id == a.id);
        let (updated, created) = draft("A2", "y").update_or_create(db, Article::body)?;
        assert!(!created && updated.title == "A2" && updated.id == a.id);
        assert_eq!(Article::objects().one(db)?, updated);
        let (b, created) = draft("B", "z").update_or_create(db, Article::body)?;
        assert!(created && b.title == "B");
        // The title is taken by a content that is no article, so that there is nothing to get.
        Content::draft().title("C").save(db)?;
        let taken = draft("C", "new").get_or_create(db, Article::content.title);
        assert!(matches!(taken, Err(Error::UniqueViolation { .. })), "{taken:?}");
        assert_eq!((Content::objects().count(db)?, Article::objects().count(db)?), (3, 2));
        let (by, created) = draft("D", "w").get_or_create_by(db, Article::content.title.iexact("a2"))?;
        assert!(!created && by.id == a.id);
    }

    fn drafts_begin_at_relations(db) {
        let ann = Person::draft().name("Ann").save(db)?;
        let content = Content::draft().title("A").save(db)?;
        let article = ann.edited.draft().content(&content).body("x").save(db)?;
        assert_eq!(article.editor.id(), Some(ann.id));
        let more = ann.edited.draft().content(Content::draft().title("B")).body("y").save(db)?;
        assert_eq!((more.editor.id(), &*more.title), (Some(ann.id), "B"));
        let owned = Article::draft().content(ann.contents.draft().title("C")).body("z").save(db)?;
        assert_eq!(owned.owner.id(), Some(ann.id));
        let tag = Tag::draft().word("w").save(db)?;
        let linked = tag.articles.draft().content(Content::draft().title("D")).body("w").save(db)?;
        assert_eq!(tag.articles.all(db)?, [linked]);
        let refused = Article::draft().content(tag.contents.draft().title("E")).body("v").save(db);
        assert!(matches!(refused, Err(Error::InvalidQuery { model: "Article", .. })), "{refused:?}");
        let mut other = Content::draft().title("E").save(db)?;
        let refused = other.article.set(db, &article);
        assert!(matches!(refused, Err(Error::InvalidQuery { model: "Article", .. })), "{refused:?}");
        let added = other.article.draft().body("added").save(db)?;
        assert_eq!((added.id, &*added.title), (other.id, "E"));
        assert_eq!(other.article.fetch(db)?, Some(&added));
        let draft = Article::draft().content(Content::draft().title("F")).body("u").build();
        let shown = format!("{draft:?}");
        assert!(shown.contains("title") && shown.contains("body"), "{shown}");
    }

    fn what_may_be_left_out_is_the_parents_too(db) {
        three(db)?;
        let articles = Article::objects().defer(Article::content.notes).all(db)?;
        assert!(articles[0].notes.get().is_err());
        assert_eq!(articles[0].notes.fetch(db)?, "");
        let mut left = Article::objects().defer(Article::content.notes).all(db)?.remove(0);
        Content::objects().update(db, Content::notes.set("noted"))?;
        left.words = 99;
        left.save(db)?;
        left.refresh(db)?;
        assert!(left.notes.get().is_err());
        assert_eq!((left.notes.fetch(db)?.as_str(), left.words), ("noted", 99));
        let united = Article::objects().defer(Article::content.notes).union(Article::objects()).all(db)?;
        assert!(united[0].notes.get().is_err());
        let people = Person::objects().prefetch_related(Person::edited).one(db)?;
        assert_eq!(people.edited.loaded()?[0].notes.get()?, "noted");
    }

    fn rows_are_locked_in_all_their_tables(db) {
        let (a, ..) = three(db)?;
        db.atomic(|tx| {
            let locked = Article::objects().select_for_update().get(tx, Article::pk().eq(a.id))?;
            assert_eq!(locked, a);
            let reviews = Review::objects().select_for_update().all(tx)?;
            assert_eq!(reviews.len(), 1);
            Ok(())
        })?;
        let (sql, _) = Review::objects().select_for_update().to_sql(Dialect::Postgres)?;
        assert!(sql.ends_with(r#"FOR UPDATE OF "inherit_review", "t1", "t2""#), "{sql}");
    }

    fn a_key_may_be_any(db) {
        let (norway, log) = db.capture(|db| {
            Kingdom::draft().country(Country::draft().code("NO").name("Norway")).monarch("Harald").save(db)
        })?;
        assert_eq!((norway.code.as_str(), &*norway.name, log.len()), ("NO", "Norway", 2));
        let denmark = Country::draft().code("DK").name("Denmark").save(db)?;
        let denmark = Kingdom::draft().country(&denmark).monarch("Frederik").save(db)?;
        let kingdoms = Kingdom::objects().order_by(Kingdom::country.name).all(db)?;
        assert_eq!(kingdoms, [denmark, norway.clone()]);
        assert_eq!(Kingdom::objects().in_bulk(db, ["NO".to_owned()])?["NO"], norway);
        Kingdom::objects().update(db, (Kingdom::country.name.set("x"), Kingdom::monarch.set("y")))?;
        assert_eq!(Kingdom::objects().filter(Kingdom::country.name.eq("x") & Kingdom::monarch.eq("y")).count(db)?, 2);
        assert_eq!(Kingdom::objects().delete(db)?, 2);
        assert_eq!(Country::objects().count(db)?, 0);
    }

    fn embedded_structs_are_in_either_table(db) {
        let a = poster(1, 20, 3).save(db)?;
        let b = poster(2, 10, 4).save(db)?;
        let c = poster(0, 10, 5).save(db)?;
        let d = poster(4, 200, 6).save(db)?;
        assert_eq!((a.size.height, a.product.size.width, a.frame.height, &a.labels), (20, 1, 1, &json!({"w": 1})));
        // The parent's default filter is for its own query sets.
        assert_eq!(Poster::objects().all(db)?, [c.clone(), b.clone(), a.clone()]);
        assert_eq!(Poster::all_objects().count(db)?, 4);
        assert_eq!(Product::objects().count(db)?, 3);
        Poster::all_objects().filter(Poster::pk().eq(d.id)).update(db, (Poster::product.size.width.set(Poster::frame.width), Poster::frame.height.set(9)))?;
        let mut d = Poster::all_objects().get(db, Poster::frame.height.eq(9))?;
        assert_eq!((d.product.size.width, d.frame.width), (6, 6));
        d.size.height = 7;
        d.frame.height = 8;
        d.save(db)?;
        assert_eq!(Poster::objects().first(db)?, Some(d.clone()));
        d.size.width = 77;
        Poster::objects().bulk_update(db, [&d], (Poster::frame, Poster::product.size.width))?;
        d.refresh(db)?;
        assert_eq!(d.size.width, 77);
        let posters = Poster::objects().bulk_create(db, [poster(5, 5, 5), poster(6, 6, 6)])?;
        assert_eq!((posters[1].size.width, posters[1].frame.width, &posters[0].labels), (6, 6, &json!({"w": 5})));
        assert_eq!(Poster::objects().filter(Poster::product.labels.key("w").as_i64().eq(6)).one(db)?, posters[1]);
    }

    fn trees_are_of_whole_rows(db) {
        let mut posters = Poster::objects().bulk_create(db, [poster(1, 3, 1), poster(2, 2, 1), poster(3, 1, 1)])?;
        for at in 1..3 {
            posters[at].after = Some((&posters[at - 1]).into());
            let poster = &mut posters[at];
            poster.save(db)?;
        }
        let tree = Poster::objects().filter(Poster::after.is_null()).descend(Poster::after);
        let rows = tree.rows().order_by(tree.depth()).all(db)?;
        assert_eq!(rows, posters);
        let widths = tree.rows().filter(tree.depth().gt(0)).order_by(tree.depth()).values_list(Poster::product.size.width).all(db)?;
        assert_eq!(widths, [2, 3]);
        let above = Poster::objects().filter(Poster::product.size.width.eq(3)).ascend(Poster::after);
        assert_eq!(above.rows().count(db)?, 3);
    }

    fn other_shapes_of_queries(db) {
        let (a, b, c) = three(db)?;
        Mention::draft().article(&a).by("a").save(db)?;
        let counted = Article::objects().annotate((Article::mentions.count(), Article::content.tags.count())).all(db)?;
        assert_eq!(counted[0], (a.clone(), 1, 0));
        assert_eq!((counted[2].0.title.as_str(), counted[2].1), ("B", 0));
        let dear = Article::objects().filter(Article::content.rank.gt(1));
        let united = dear.clone().union(Article::objects().filter(Article::body.eq("second")));
        assert_eq!(titles(&united.clone().order_by(Article::content.title.desc()).all(db)?), "CBA");
        assert_eq!(united.count(db)?, 3);
        let with_words = dear.clone().annotate(Article::words).union(Article::objects().annotate(Article::content.rank));
        assert_eq!(with_words.count(db)?, 5);
        let json = Article::objects().values_json((Article::content.title, Article::body)).order_by(Article::body).all(db)?;
        assert_eq!(json!(json[0]), json!({"content.title": "A", "body": "first"}));
        let same_title = exists(|article: Outer<Article, _>| Content::objects().filter(Content::title.eq(article.content.title)));
        assert_eq!(Article::objects().filter(same_title).count(db)?, 3);
        let newest = subquery(|content: Outer<Content, _>| {
            Article::objects().filter(Article::content.eq(content.id)).values_list(Article::content.rank).limit(1)
        });
        assert_eq!(Content::objects().filter(newest.is_null()).one(db)?.title, "D");
        if crate::support::dialect(db) == Dialect::Postgres {
            let each = Article::objects().distinct_on(Article::editor).all(db)?;
            assert_eq!(titles(&each), "BA");
        }
        // The first of each parent's, by an index and without one.
        let ann = Person::objects().one(db)?;
        Article::objects().update(db, Article::editor.set(&ann))?;
        for order in [Person::edited.order_by(Article::words.desc()), Person::edited.order_by(Article::content.rank.desc())] {
            let rows = Person::objects().with(order.limit(1)).one(db)?;
            assert_eq!(rows.1[0].title, "A");
        }
        let ranked = Ranked::objects().all(db)?;
        assert_eq!((ranked.len(), &*ranked[0].title, &*ranked[1].body), (2, "A", "third"));
        assert_eq!(Content::objects().filter(Content::article.eq(&a)).one(db)?, *a.content);
        assert_eq!(Article::objects().filter(Article::content.eq(&a.content)).one(db)?.id, a.id);
        let reviewed = Review::objects().values_list((Review::article, Review::article.content)).one(db)?;
        assert_eq!(reviewed, (c.id, c.id));
        assert_eq!(Article::objects().filter(Article::content.is_in(Content::objects().filter(Content::title.eq("B")))).one(db)?.id, b.id);
        let plan = Article::objects().explain(db)?;
        assert!(!plan.is_empty());
    }

    fn the_table_has_the_parents_key(db) {
        let script = db.create_tables_sql()?;
        let table = script.iter().find(|sql| sql.contains(r#"TABLE IF NOT EXISTS "inherit_review""#)).expect("a table");
        assert!(!table.contains("title") && !table.contains("UNIQUE"), "{table}");
        assert!(table.contains(r#"PRIMARY KEY ("article_ptr_id")"#) || table.contains(r#""article_ptr_id" bigint PRIMARY KEY"#), "{table}");
        let cascade = r#"FOREIGN KEY ("article_ptr_id") REFERENCES "inherit_article" ("content_id") ON DELETE CASCADE"#;
        assert!(script.iter().any(|sql| sql.contains(cascade)), "{script:?}");
    }

    fn tables_that_django_made(db) {
        db.execute("DROP TABLE inherit_restaurant", ())?;
        db.execute(
            "CREATE TABLE inherit_restaurant (place_ptr_id bigint NOT NULL PRIMARY KEY REFERENCES inherit_place (id) \
             DEFERRABLE INITIALLY DEFERRED, serves_pizza bool NOT NULL)",
            (),
        )?;
        let draft = |name: &str| Restaurant::draft().place(Place::draft().name(name)).serves_pizza(true);
        for name in ["a", "b", "c", "d"] {
            draft(name).save(db)?;
        }
        Place::draft().name("e").save(db)?;
        Restaurant::objects().get(db, Restaurant::place.name.eq("a"))?.delete(db)?;
        assert_eq!(Restaurant::objects().filter(Restaurant::place.name.ne("b")).delete(db)?, 2);
        let names = Place::objects().order_by(Place::name).values_list(Place::name).all(db)?;
        assert_eq!(names, ["b", "e"]);
    }

    fn an_instance_is_like_any_other(db) {
        let (a, b, c) = three(db)?;
        assert_eq!(a.clone(), a);
        assert_ne!(a, b);
        assert!(format!("{a:?}").contains(r#"content: Content { id: 1, title: "A""#), "{a:?}");
        assert_eq!(a.content.clone().into_inner(), *a.content);
        assert_eq!(c.article.content.title, c.title);
        let later = moment("2030-01-01T00:00:00Z");
        assert!(a.changed_at < later);
        let mut copy = a.to_draft();
        copy = Article::draft().content(Content::draft().title("copy")).body(format!("{copy:?}").len().to_string()).build();
        assert_eq!(copy.save(db)?.title, "copy");
    }
}

fn three_again(db: &Database) -> Result<()> {
    let c = Article::draft()
        .content(Content::draft().title("C2"))
        .body("third");
    Review::draft().article(c).stars(4).save(db).map(drop)
}
