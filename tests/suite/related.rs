//! The other side of a key on an instance: drafts that begin there, who belongs to it, and queries of its rows.

use orm::prelude::*;

use crate::models::{Author, Book, Category, Profile, Review};
use crate::support::{day, dialect, suite};

/// A shop, whose key is a text.
#[derive(Model, Debug, Clone, PartialEq)]
struct Shop {
    #[field(primary_key)]
    code: String,
    #[reverse(Sale::shop)]
    sales: HasMany<Sale>,
    #[reverse(Sale::returned_to)]
    returns: HasMany<Sale>,
    #[reverse(Sign::shop)]
    sign: HasOne<Sign>,
}

/// A customer, whose key is a UUID.
#[derive(Model, Debug, Clone, PartialEq)]
struct Customer {
    #[field(primary_key)]
    id: Uuid,
    #[reverse(Sale::customer)]
    sales: HasMany<Sale>,
}

/// A row with two required keys and one that is not.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(ordering = [number], default_filter = Sale::cancelled.eq(false), unique(fields = [shop, number]))]
struct Sale {
    id: i64,
    number: i32,
    #[field(on_delete = cascade)]
    shop: ForeignKey<Shop>,
    #[field(on_delete = cascade)]
    customer: ForeignKey<Customer>,
    #[field(on_delete = set_null)]
    returned_to: Option<ForeignKey<Shop>>,
    #[field(default = false)]
    cancelled: bool,
}

/// The sign above a shop; one may lie in the cellar.
#[derive(Model, Debug, Clone, PartialEq)]
struct Sign {
    id: i64,
    text: String,
    #[field(on_delete = set_null)]
    shop: Option<OneToOne<Shop>>,
}

/// Two shops and a customer.
fn town(db: &Database) -> Result<(Shop, Shop, Customer)> {
    let [one, two] = ["one", "two"].map(|code| Shop::draft().code(code).save(db));
    let customer = Customer::draft().id(Uuid::new_v4()).save(db)?;
    Ok((one?, two?, customer))
}

fn numbers(shop: &Shop, db: &Database) -> Result<Vec<i32>> {
    shop.sales
        .values_list(Sale::number)
        .order_by(Sale::number)
        .all(db)
}

fn authors(db: &Database) -> Result<(Author, Author)> {
    let [bob, eve] = ["Bob", "Eve"].map(|name| {
        Author::draft()
            .name(name)
            .joined_date(day(2020, 1, 1))
            .save(db)
    });
    Ok((bob?, eve?))
}

suite! {
    fn a_draft_of_a_relation_has_its_key(db) {
        let (bob, eve) = authors(db)?;
        assert_queries!(db, 1, {
            let book = bob.books.draft().title("A").price(3).save(db)?;
            assert_eq!((book.author.id(), book.editor.id()), (bob.id, None));
        });
        // Another author may be set all the same.
        assert_eq!(bob.books.draft().title("B").author(&eve).price(3).save(db)?.author.id(), eve.id);
        // It goes into a list, and from there into one statement.
        let drafts = (0..3).map(|number| bob.books.draft().title(number.to_string()).price(1));
        assert_eq!(Book::objects().bulk_create(db, drafts)?.len(), 3);
        assert_eq!((bob.books.count(db)?, eve.books.count(db)?), (4, 1));
        let root = Category::draft().name("root").save(db)?;
        let leaf = root.children.draft().name("leaf").save(db)?;
        assert_eq!(leaf.parent.id(), Some(root.id));
        let profile = bob.profile.draft().bio("Onwards").save(db)?;
        assert_eq!(profile.author.id(), bob.id);
        let second = bob.profile.draft().bio("Backwards").save(db);
        assert!(matches!(second, Err(Error::UniqueViolation { .. })), "{second:?}");
    }

    fn rows_are_looked_for_within_the_relation(db) {
        let (bob, eve) = authors(db)?;
        eve.books.draft().title("A").price(3).save(db)?;
        let (book, created) = bob.books.draft().title("A").price(4).get_or_create(db, Book::title)?;
        assert!(created && book.author.id() == bob.id);
        let again = bob.books.draft().title("A").price(9).get_or_create(db, Book::title)?;
        assert_eq!(again, (book.clone(), false));
        let by = bob.books.draft().title("a").price(9).get_or_create_by(db, Book::title.iexact("a"))?;
        assert_eq!(by, (book.clone(), false));
        let (updated, created) = eve.books.draft().title("A").price(5).update_or_create(db, Book::title)?;
        assert!(!created && updated.author.id() == eve.id && updated.price == dec!(5));
        assert_eq!(Book::objects().get(db, Book::id.eq(book.id))?.price, dec!(4));
        let (one, created) = eve.books.draft().title("B").price(1)
            .update_or_create_with(db, Book::title, Book::price.set(Book::price + 1))?;
        assert!(created && one.author.id() == eve.id);
        let (profile, created) = bob.profile.draft().bio("A").get_or_create(db, Profile::author)?;
        let (same, again) = bob.profile.draft().bio("B").get_or_create(db, Profile::author)?;
        assert!(created && !again && same == profile);
    }

    fn which_key_is_missing_is_told_before_any_sql(db) {
        let (shop, _, customer) = town(db)?;
        let sale = shop.sales.draft().number(1).customer(&customer).save(db)?;
        assert_eq!((sale.shop.id(), sale.customer.id()), ("one".to_owned(), customer.id));
        assert_eq!(customer.sales.draft().number(2).shop(&shop).save(db)?.customer.id(), customer.id);
        // The compiler knows that one key is set, but not which.
        assert_queries!(db, 0, {
            let refused = shop.returns.draft().number(3).customer(&customer).save(db).unwrap_err();
            assert_eq!(refused.to_string(), "Sale.shop: it has no value");
        });
        let returned = shop.returns.draft().number(3).customer(&customer).shop(&shop).save(db)?;
        assert_eq!(returned.returned_to.id().as_deref(), Some("one"));
        // An instance that was made by hand has no key to give.
        let by_hand = Author { id: 1, name: "Ann".into(), joined_date: day(2020, 1, 1), rating: None,
            books: HasMany::default(), profile: HasOne::default() };
        let refused = by_hand.books.draft().title("A").price(1).save(db).unwrap_err();
        assert_eq!(refused.to_string(), "Book.author: it has no value");
        let mut by_hand = by_hand;
        assert!(matches!(by_hand.books.add(db, [1]), Err(Error::InvalidQuery { .. })));
        assert!(matches!(by_hand.profile.set(db, 1), Err(Error::InvalidQuery { .. })));
    }

    fn add_takes_rows_over_in_one_statement(db) {
        let (mut bob, mut eve) = authors(db)?;
        let drafts = (0..1_000).map(|number| eve.books.draft().title(number.to_string()).price(1));
        let books = Book::objects().bulk_create(db, drafts)?;
        prefetch(db, std::slice::from_mut(&mut bob), Author::books)?;
        assert_queries!(db, 1, { assert_eq!(bob.books.add(db, &books[..900])?, 900) });
        // What was loaded is forgotten.
        assert!(bob.books.loaded().is_err());
        assert_eq!((bob.books.count(db)?, eve.books.count(db)?), (900, 100));
        // What is there already stays, and is not counted; keys do as well as instances.
        assert_eq!(bob.books.add(db, books[899..901].iter().map(|book| book.id))?, 1);
        assert_eq!(bob.books.add(db, [&books[0], &books[0]])?, 0);
        assert_eq!(eve.books.add(db, vec![books[0].id, -1])?, 1);
        assert_eq!(eve.books.add(db, Vec::<i64>::new())?, 0);
        assert!(eve.books.contains(db, &books[0])? && !bob.books.contains(db, books[0].id)?);
        let ids: Vec<i64> = books.iter().map(|book| book.id).collect();
        assert_eq!(bob.books.add(db, &ids)?, 100);
    }

    fn set_of_an_optional_key_sends_the_difference(db) {
        let root = Category::draft().name("root").save(db)?;
        let mut other = Category::draft().name("other").save(db)?;
        let drafts = ["a", "b", "c", "d"].map(|name| root.children.draft().name(name));
        let four = Category::objects().bulk_create(db, drafts)?;
        let mut root = root;
        let ((), log) = db.capture(|db| root.children.set(db, &four[1..]))?;
        assert_eq!(log.iter().map(|statement| statement.rows).collect::<Vec<_>>(), [1, 0]);
        let ((), log) = db.capture(|db| other.children.set(db, [&four[0], &four[1]]))?;
        assert_eq!(log.iter().map(|statement| statement.rows).collect::<Vec<_>>(), [0, 2]);
        assert_eq!((root.children.count(db)?, other.children.count(db)?), (2, 2));
        root.children.set(db, Vec::<&Category>::new())?;
        assert_eq!(Category::objects().filter(Category::parent.is_null()).count(db)?, 4);
        // Rows that are not there stay so; those of another are left alone.
        assert_eq!(other.children.remove(db, [&four[0], &four[3]])?, 1);
        assert_eq!(other.children.remove(db, [four[0].id])?, 0);
        assert_queries!(db, 1, { assert_eq!(other.children.clear(db)?, 1) });
        assert!(!other.children.exists(db)?);
        let mut shop = Shop::draft().code("one").save(db)?;
        shop.returns.set(db, Vec::<i64>::new())?;
    }

    fn who_belongs_is_one_statement_of_keys(db) {
        let mut root = Category::draft().name("root").save(db)?;
        let ((), log) = db.capture(|db| {
            root.children.add(db, [1, 2])?;
            root.children.remove(db, [1, 2])?;
            root.children.clear(db)?;
            root.children.set(db, [1, 2])?;
            root.children.contains(db, 1).map(drop)
        })?;
        let (parent, id) = (r#""category"."parent_id""#, r#""category"."id""#);
        let expected = match dialect(db) {
            Dialect::Sqlite => [
                format!(r#"UPDATE "category" SET "parent_id" = ?1 WHERE {id} IN rarray(?2) AND ({parent} = ?3) IS NOT TRUE"#),
                format!(r#"UPDATE "category" SET "parent_id" = NULL WHERE {parent} = ?1 AND {id} IN rarray(?2)"#),
                format!(r#"UPDATE "category" SET "parent_id" = NULL WHERE {parent} = ?1"#),
                format!(r#"UPDATE "category" SET "parent_id" = NULL WHERE {parent} = ?1 AND {id} NOT IN rarray(?2)"#),
                format!(r#"SELECT 1 FROM "category" WHERE {parent} = ?1 AND {id} = ?2 LIMIT 1"#),
            ],
            _ => [
                format!(r#"UPDATE "category" SET "parent_id" = $1 WHERE {id} = ANY($2) AND ({parent} = $3) IS NOT TRUE"#),
                format!(r#"UPDATE "category" SET "parent_id" = NULL WHERE {parent} = $1 AND {id} = ANY($2)"#),
                format!(r#"UPDATE "category" SET "parent_id" = NULL WHERE {parent} = $1"#),
                format!(r#"UPDATE "category" SET "parent_id" = NULL WHERE {parent} = $1 AND {id} <> ALL($2)"#),
                format!(r#"SELECT 1 FROM "category" WHERE {parent} = $1 AND {id} = $2 LIMIT 1"#),
            ],
        };
        let [add, remove, clear, others, contains] = &expected;
        let ours: Vec<&str> = log.iter().map(|statement| &*statement.sql).collect();
        assert_eq!(ours, [add, remove, clear, others, add, contains]);
    }

    fn set_of_a_required_key_leaves_nobody_out(db) {
        let (mut one, mut two, customer) = town(db)?;
        let drafts = (0..4).map(|number| one.sales.draft().number(number).customer(&customer));
        let sales = Sale::objects().bulk_create(db, drafts)?;
        two.sales.set(db, &sales[2..])?;
        assert_eq!((numbers(&one, db)?, numbers(&two, db)?), (vec![0, 1], vec![2, 3]));
        let refused = two.sales.set(db, &sales[1..3]).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "this query of Sale cannot run: rows that `set` leaves out cannot be without `shop`: delete them, or give them to \
             another Shop first",
        );
        // Nothing has changed.
        assert_eq!((numbers(&one, db)?, numbers(&two, db)?), (vec![0, 1], vec![2, 3]));
        // `Sale` has a key that may be NULL, but this is not the one.
        assert_queries!(db, 0, {
            assert!(matches!(one.sales.clear(db), Err(Error::InvalidQuery { model: "Sale", .. })));
            let refused = one.sales.remove(db, &sales).unwrap_err().to_string();
            assert!(refused.contains("`remove` would make `shop` NULL"), "{refused}");
        });
        one.returns.add(db, &sales)?;
        assert_eq!(one.returns.remove(db, &sales[1..])?, 3);
        // Rows that the default filter hides are no rows of the relation.
        Sale::objects().filter(Sale::number.eq(2)).update(db, Sale::cancelled.set(true))?;
        two.sales.set(db, [&sales[3]])?;
        assert_eq!(Sale::all_objects().filter(Sale::shop.eq("two")).count(db)?, 2);
    }

    fn the_one_row_of_a_relation_is_set_and_cleared(db) {
        let (mut one, mut two, _) = town(db)?;
        let first = one.sign.draft().text("first").save(db)?;
        let second = Sign::draft().text("second").save(db)?;
        assert_eq!(one.sign.fetch(db)?, Some(&first));
        assert_queries!(db, 2, { one.sign.set(db, &second)? });
        assert_eq!(one.sign.fetch(db)?.map(|sign| &*sign.text), Some("second"));
        two.sign.set(db, second.id)?;
        one.sign.set(db, &first)?;
        assert_eq!(two.sign.fetch(db)?.map(|sign| sign.id), Some(second.id));
        assert!(two.sign.clear(db)? && !two.sign.clear(db)?);
        assert!(two.sign.fetch(db)?.is_none());
        // Where the key is required, the place must be free.
        let (mut bob, eve) = authors(db)?;
        let of_bob = bob.profile.draft().bio("B").save(db)?;
        let of_eve = eve.profile.draft().bio("E").save(db)?;
        let taken = bob.profile.set(db, &of_eve);
        assert!(matches!(taken, Err(Error::UniqueViolation { .. })), "{taken:?}");
        of_bob.delete(db)?;
        bob.profile.set(db, &of_eve)?;
        assert_eq!((bob.profile.fetch(db)?.is_some(), eve.profile.fetch(db)?.is_some()), (true, false));
    }

    fn the_methods_of_a_query_set_begin_at_a_relation(db) {
        let (mut bob, eve) = authors(db)?;
        for (title, price) in [("A", 3), ("B", 1), ("C", 2)] {
            bob.books.draft().title(title).price(price).save(db)?;
        }
        let other = eve.books.draft().title("D").price(9).save(db)?;
        let title = |book: Option<Book>| book.map(|book| book.title);
        assert_eq!(title(bob.books.latest(db, Book::price)?).as_deref(), Some("A"));
        assert_eq!(title(bob.books.earliest(db, Book::price)?).as_deref(), Some("B"));
        assert_eq!(title(bob.books.last(db)?).as_deref(), Some("C"));
        assert!(bob.books.in_bulk(db, [other.id])?.is_empty());
        assert_eq!(bob.books.limit(2).all(db)?.len(), 2);
        assert_eq!(bob.books.iterator(db)?.count(), 3);
        assert_eq!(bob.books.values_json(Book::title).count(db)?, 3);
        assert!(bob.books.select_related(Book::author).first(db)?.expect("a book").author.get().is_ok());
        assert!(bob.books.prefetch_related(Book::reviews).first(db)?.expect("a book").reviews.loaded().is_ok());
        prefetch(db, std::slice::from_mut(&mut bob), Author::books)?;
        assert_eq!(bob.books.update(db, Book::price.set(5))?, 3);
        assert!(bob.books.all(db)?.iter().all(|book| book.price == dec!(5)));
        assert_eq!(bob.books.delete(db)?, 3);
        assert_eq!(Book::objects().one(db)?.title, "D");
    }

    fn writes_work_inside_of_a_transaction(db) {
        let root = Category::draft().name("root").save(db)?;
        let leaf = Category::draft().name("leaf").save(db)?;
        let mut copy = root.clone();
        let rolled_back: Result<()> = db.atomic(|tx| {
            copy.children.set(tx, [&leaf])?;
            assert!(copy.children.contains(tx, &leaf)?);
            Err(Error::custom("no"))
        });
        assert!(rolled_back.is_err() && !root.children.exists(db)?);
    }

    fn a_row_with_no_key_to_spare_has_no_remove(db) {
        let (bob, _) = authors(db)?;
        let mut book = bob.books.draft().title("A").price(1).save(db)?;
        let review = book.reviews.draft().text("fine").save(db)?;
        assert_eq!(book.reviews.add(db, [&review])?, 0);
        assert_eq!(book.reviews.set(db, [review.id]).map_err(|error| error.to_string()), Ok(()));
        assert_eq!(Review::objects().one(db)?, review);
    }

    fn what_a_query_set_can_the_relation_can(db) {
        let (mut bob, eve) = authors(db)?;
        let drafts = ["A", "B", "C", "D"].map(|title| bob.books.draft().title(title).price(title.len() as i64));
        let books = bob.books.bulk_create(db, drafts)?;
        assert!(books.iter().all(|book| book.author.id() == bob.id));
        // A draft that was begun elsewhere becomes a row of this relation.
        let stray = eve.books.draft().title("E").price(5);
        assert_eq!(bob.books.bulk_create(db, [stray])?[0].author.id(), bob.id);
        let titles = |books: Vec<Book>| books.into_iter().map(|book| book.title).collect::<Vec<_>>();
        let own = &bob.books;
        assert_eq!(titles(own.order_by(Book::title).slice(1..3).all(db)?), ["B", "C"]);
        assert_eq!(own.offset(1).all(db)?.len(), 4);
        assert_eq!((own.distinct().count(db)?, own.unordered().count(db)?, own.reverse().limit(2).count(db)?), (5, 5, 2));
        assert!(matches!(own.one(db), Err(Error::MultipleObjects { .. })) && matches!(eve.books.one(db), Err(Error::DoesNotExist { .. })));
        assert_eq!(own.with(Book::author).limit(1).one(db)?.1, bob);
        assert_eq!(own.annotate(Book::author.books.count()).first(db)?.map(|row| row.1), Some(5));
        assert_eq!(own.aggregate(db, Book::title.max())?.as_deref(), Some("E"));
        assert_eq!(own.in_bulk_all(db)?.len(), 5);
        assert_eq!(own.in_bulk_by(db, Book::title, ["A", "Z"])?.len(), 1);
        assert_eq!(own.union(eve.books.objects()).count(db)?, 5);
        assert_eq!(own.difference(own.filter(Book::title.eq("A"))).count(db)?, 4);
        assert_eq!(own.intersection(own.filter(Book::title.eq("A"))).count(db)? + own.union_all(own.objects()).count(db)?, 11);
        assert!(!own.explain(db)?.is_empty());
        assert!(own.to_sql(dialect(db))?.0.contains(r#""author_id" = "#));
        db.atomic(|tx| {
            assert_eq!(bob.books.select_for_update().all(tx)?.len(), 5);
            Ok(())
        })?;
        assert_eq!(bob.books.count(db)?, 5);
    }

    fn a_window_chooses_among_the_rows_of_a_relation(db) {
        let (mut bob, mut eve) = authors(db)?;
        for author in [&mut bob, &mut eve] {
            let drafts = ["A", "B", "C"].map(|title| author.books.draft().title(format!("{title} of {}", author.name)).price(1));
            author.books.bulk_create(db, drafts)?;
        }
        let second = || row_number().over(order_by(Book::title)).eq(2);
        assert_eq!(bob.books.filter(second()).one(db)?.title, "B of Bob");
        assert_eq!(bob.books.exclude(second()).count(db)?, 2);
        let rows = Author::objects().order_by(Author::id).with(Author::books.filter(second())).with(Author::books.exclude(second())).all(db)?;
        assert_eq!(rows.iter().map(|row| &*row.1[0].title).collect::<Vec<_>>(), ["B of Bob", "B of Eve"]);
        assert!(rows.iter().all(|row| row.1.len() == 1 && row.2.len() == 2));
        assert_eq!(Author::objects().filter(Author::books.filter(second()).exists()).count(db)?, 2);
        // There is no value of rows that a window has chosen.
        let counted = Author::objects().annotate(Author::books.filter(second()).count()).all(db);
        assert!(matches!(counted, Err(Error::InvalidQuery { .. })), "{counted:?}");
    }
}
