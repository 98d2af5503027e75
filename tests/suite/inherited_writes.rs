//! Rows of several tables are written whole or not at all, and none but those that were asked for.

use orm::prelude::*;

use crate::inherited::{Article, Content, Mention, Person, Review};
use crate::support::{dialect, suite};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "inherit_guard")]
pub struct Guard {
    pub id: i64,
    pub article: ForeignKey<Article>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "inherit_doc")]
pub struct Doc {
    pub id: i64,
    pub name: String,
    pub text: Deferred<String>,
}

/// A column of it has the name of one of its parent's.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "inherit_memo")]
pub struct Memo {
    #[model(parent)]
    pub doc: Parent<Doc>,
    pub name: String,
}

fn article(title: &str, words: i32) -> Draft<Article> {
    let content = Content::draft().title(title);
    let article = Article::draft().content(content).body("b").words(words);
    article.build()
}

type Ranks = Vec<(String, i32, i32)>;

fn ranks(db: &Database) -> Result<Ranks> {
    let all = Article::objects().order_by(Article::content.title);
    let columns = (
        Article::content.title,
        Article::content.rank,
        Article::words,
    );
    all.values_list(columns).all(db)
}

/// Does something while another transaction has changed all articles, and has not committed yet.
#[cfg(feature = "postgres")]
fn meanwhile<T: Send>(
    db: &Database,
    change: fn(&Transaction) -> Result<()>,
    then: impl FnOnce() -> Result<T> + Send,
) -> Result<T> {
    let (changed, wait) = std::sync::mpsc::channel();
    std::thread::scope(|threads| {
        let other = threads.spawn(move || {
            let _ = wait.recv();
            then()
        });
        db.atomic(|tx| {
            change(tx)?;
            let _ = changed.send(());
            std::thread::sleep(std::time::Duration::from_millis(400));
            Ok(())
        })?;
        other.join().expect("the thread")
    })
}

suite! {
    fn new_values_see_the_rows_as_they_were(db) {
        article("A", 10).save(db)?;
        article("B", 0).save(db)?;
        let long = Article::objects().filter(Article::words.gt(5));
        let rank = case().when(Article::pk().is_in(long), 100).otherwise(1);
        Article::objects().update(db, (Article::words.set(0), Article::content.rank.set(rank)))?;
        assert_eq!(ranks(db)?, [("A".to_owned(), 100, 0), ("B".to_owned(), 1, 0)]);
        // Each made of the other's table: neither order would do.
        let long = Article::objects().filter(Article::words.gt(5));
        let high = Content::objects().filter(Content::rank.gt(5)).values_list(Content::id);
        let rank = case().when(Article::pk().is_in(long), 7).otherwise(8);
        let words = case().when(Article::content.id.is_in(high), 7).otherwise(8);
        let refused = Article::objects().update(db, (Article::words.set(words), Article::content.rank.set(rank)));
        assert!(matches!(refused, Err(Error::InvalidQuery { model: "Article", .. })), "{refused:?}");
    }

    fn an_instance_keeps_what_is_in_the_database(db) {
        let mut a = article("A", 10).save(db)?;
        article("B", 0).save(db)?;
        let before = a.clone();
        let taken = a.update(db, (Article::words.set(Article::words + 5), Article::content.title.set("B")));
        assert!(matches!(taken, Err(Error::UniqueViolation { .. })), "{taken:?}");
        assert_eq!(a, before);
        a.update(db, (Article::words.set(Article::words + 5), Article::content.title.set("C")))?;
        assert_eq!((a.words, &*a.title), (15, "C"));
    }

    fn match_fields_of_a_parent_that_is_there(db) {
        let refused = |result: Result<(Article, bool)>| match result {
            Err(Error::InvalidQuery { model: "Article", message }) => assert!(message.contains("of a parent that is there"), "{message}"),
            other => panic!("{other:?}"),
        };
        let first = Content::draft().title("A").save(db)?;
        let second = Content::draft().title("B").save(db)?;
        let other = Article::draft().content(&second).body("other").save(db)?;
        let draft = || Article::draft().content(&first).body("x");
        refused(draft().get_or_create(db, Article::content.title));
        refused(draft().get_or_create(db, Article::content.owner));
        refused(draft().update_or_create(db, Article::content.owner));
        assert_eq!(Article::objects().one(db)?, other);
        let (made, created) = draft().get_or_create(db, Article::content.id)?;
        assert!(created && made.id == first.id);
        let (found, created) = Article::draft().content(first.id).body("y").update_or_create(db, Article::content.id)?;
        assert!(!created && found.id == first.id && found.body == "y");
        // A parent between the two.
        let review = || Review::draft().article(&found).stars(3);
        let owner = review().get_or_create(db, Review::article.content.owner);
        assert!(matches!(owner, Err(Error::InvalidQuery { model: "Review", .. })), "{owner:?}");
        let reviewed = Article::draft().content(&first).body("z");
        let owner = Review::draft().article(reviewed).stars(3).get_or_create(db, Review::article.content.owner);
        assert!(matches!(owner, Err(Error::InvalidQuery { model: "Review", .. })), "{owner:?}");
        // Of a parent to be, what was left out is NULL.
        let both = article("C", 1).get_or_create(db, Article::content.owner);
        assert!(matches!(both, Err(Error::MultipleObjects { model: "Article" })), "{both:?}");
    }

    fn both_relations_that_drafts_begin_at_are_matched(db) {
        let ann = Person::draft().name("Ann").save(db)?;
        let bob = Person::draft().name("Bob").save(db)?;
        let draft = |owner: &Person, title: &str| {
            let content = owner.contents.draft().title(title);
            ann.edited.draft().content(content).body("x").build()
        };
        let (of_bob, created) = draft(&bob, "A").get_or_create(db, Article::body)?;
        assert!(created);
        let (of_ann, created) = draft(&ann, "B").get_or_create(db, Article::body)?;
        assert!(created && of_ann.owner.id() == Some(ann.id) && of_ann.editor.id() == Some(ann.id));
        let (again, created) = draft(&bob, "C").get_or_create(db, Article::body)?;
        assert!(!created && again.id == of_bob.id);
    }

    fn rows_that_cannot_be_read_are_not_created(db) {
        let there = Content::draft().title("A").save(db)?;
        let spoil = match dialect(db) {
            Dialect::Postgres => "ALTER TABLE inherit_content ALTER COLUMN score TYPE text",
            _ => "UPDATE inherit_content SET score = 'bad'",
        };
        db.execute(spoil, ())?;
        let created = Article::objects().bulk_create(db, [Article::draft().content(there.id).body("x")]);
        assert!(matches!(created, Err(Error::Decode { .. })), "{created:?}");
        assert_eq!(Article::objects().count(db)?, 0);
    }

    fn rows_that_are_gone_are_passed_over(db) {
        let mut all = Article::objects().bulk_create(db, [article("A", 1), article("B", 2), article("C", 3)])?;
        db.execute("DELETE FROM inherit_article WHERE words = 2", ())?;
        for article in &mut all {
            article.rank = 50;
            article.words += 10;
        }
        assert_eq!(Article::objects().bulk_update(db, &all, (Article::words, Article::content.rank))?, 2);
        assert_eq!(Content::objects().get(db, Content::title.eq("B"))?.rank, 1);
        assert_eq!(ranks(db)?, [("A".to_owned(), 50, 11), ("C".to_owned(), 50, 13)]);
        assert_eq!(Article::objects().bulk_update(db, &all, Article::content.rank)?, 2);
        assert_eq!(Article::objects().bulk_update(db, &all, Article::words)?, 2);
        assert_eq!(Article::objects().bulk_update(db, &all[1..2], Article::content.rank)?, 0);
    }

    fn columns_of_one_name_in_two_tables(db) {
        let memo = Memo::draft().doc(Doc::draft().name("the doc's").text("t")).name("the memo's").save(db)?;
        let sql = "SELECT * FROM inherit_memo JOIN inherit_doc ON id = doc_id";
        assert_eq!(Memo::raw(sql, ()).one(db)?, memo);
        assert_eq!(db.query::<Memo>(sql, ())?, [memo]);
        for sql in [
            "SELECT doc_id, inherit_doc.name, text FROM inherit_memo JOIN inherit_doc ON id = doc_id",
            "SELECT * FROM inherit_doc JOIN inherit_memo ON id = doc_id",
        ] {
            match Memo::raw(sql, ()).one(db) {
                Err(Error::InvalidQuery { model: "Memo", message }) => assert!(message.contains("a column `name`"), "{message}"),
                other => panic!("{other:?}"),
            }
        }
        let missing = Memo::raw("SELECT doc_id FROM inherit_memo", ()).one(db);
        assert!(matches!(&missing, Err(Error::Decode { field, .. }) if field == "name"), "{missing:?}");
    }

    fn the_parents_fields_are_left_out(db) {
        Memo::draft().doc(Doc::draft().name("d").text("t")).name("m").save(db)?;
        let memo = Memo::objects().only(Memo::doc.name).one(db)?;
        assert!(memo.text.is_unloaded());
        let memo = Memo::objects().only(Memo::doc.text).one(db)?;
        assert_eq!(memo.text.get()?, "t");
    }

    fn rows_are_locked_with_their_parents(db) {
        let guarded = article("A", 1).save(db)?;
        let guard = Guard::draft().article(&guarded).save(db)?;
        let guards = Guard::objects().select_for_update().of(Guard::article);
        assert_eq!(db.atomic(|tx| guards.all(tx))?, [guard]);
        let (sql, _) = guards.to_sql(Dialect::Postgres)?;
        assert!(sql.ends_with(r#"FOR UPDATE OF "inherit_guard", "t1", "t2""#), "{sql}");
    }

    fn keys_are_locked_however_rows_are_chosen(db) {
        let make = || Article::objects().bulk_create(db, [article("A", 1), article("B", 2), article("C", 3), article("D", 4)]);
        let set = (Article::words.set(9), Article::content.rank.set(9));
        let nines = || Article::objects().filter(Article::words.eq(9) & Article::content.rank.eq(9)).order_by(Article::content.title).values_list(Article::content.title).all(db);
        let place = || row_number().over(order_by(Article::content.title.desc()));
        let first: Vec<(&str, Vec<&str>, Box<dyn Fn() -> Result<u64> + '_>)> = vec![
            ("distinct", vec!["C", "D"], Box::new(|| Article::objects().filter(Article::words.gt(2)).distinct().update(db, set.clone()))),
            ("a window", vec!["C", "D"], Box::new(|| Article::objects().filter(place().lte(2)).update(db, set.clone()))),
            ("ordered by a window", vec!["D"], Box::new(|| Article::objects().order_by(place()).limit(1).update(db, set.clone()))),
            ("a slice", vec!["B"], Box::new(|| Article::objects().order_by(Article::words).offset(1).limit(1).update(db, set.clone()))),
            ("annotated", vec!["D"], Box::new(|| Article::objects().annotate(Article::mentions.count()).order_by(Article::words.desc()).limit(1).update(db, set.clone()))),
            ("far", vec!["A", "B", "C", "D"], Box::new(|| Article::objects().filter(Article::content.owner.name.is_null()).update(db, set.clone()))),
            ("related", vec!["A", "B", "C", "D"], Box::new(|| Article::objects().filter(Article::mentions.count().eq(0)).update(db, set.clone()))),
            ("locked", vec!["D"], Box::new(|| db.atomic(|tx| Article::objects().filter(Article::words.eq(4)).select_for_update().update(tx, set.clone())))),
        ];
        for (how, expected, update) in first {
            make()?;
            assert_eq!(update()?, expected.len() as u64, "{how}");
            assert_eq!(nines()?, expected, "{how}");
            assert_eq!(Article::objects().filter(Article::words.eq(9)).delete(db)?, expected.len() as u64, "{how}");
            Article::objects().delete(db)?;
            assert_eq!(Content::objects().count(db)?, 0, "{how}");
        }
        make()?;
        assert_eq!(Article::objects().filter(place().lte(2)).delete(db)?, 2);
        let (_, log) = db.capture(|db| Article::objects().filter(Article::words.eq(1)).delete(db))?;
        let locks = log.iter().filter(|done| done.sql.ends_with(r#"FOR UPDATE OF "inherit_article", "t1""#)).count();
        assert_eq!(locks, usize::from(dialect(db) == Dialect::Postgres), "{log:?}");
        assert_eq!(ranks(db)?, [("B".to_owned(), 1, 2)]);
    }
}

/// What is no longer one of the rows, once the other transaction has committed, is not written.
#[cfg(feature = "postgres")]
#[test]
fn rows_that_others_change_are_looked_at_again() {
    crate::support::on_postgres(|db| {
        let a = article("A", 0).save(db)?;
        Mention::draft().article(&a).by("x").save(db)?;
        let none = || Article::objects().filter(Article::words.eq(0));
        let claim = |tx: &Transaction| {
            Article::objects()
                .update(tx, Article::words.set(7))
                .map(drop)
        };
        let set = (Article::words.set(1), Article::content.rank.set(50));
        assert_eq!(meanwhile(db, claim, || none().update(db, set.clone()))?, 0);
        assert_eq!(ranks(db)?, [("A".to_owned(), 1, 7)]);
        Article::objects().update(db, Article::words.set(0))?;
        assert_eq!(meanwhile(db, claim, || none().delete(db))?, 0);
        assert_eq!(Article::objects().count(db)?, 1);
        Article::objects().update(db, Article::words.set(0))?;
        let go = |tx: &Transaction| Article::objects().delete(tx).map(drop);
        assert_eq!(meanwhile(db, go, || none().update(db, set.clone()))?, 0);
        Ok(())
    });
}
