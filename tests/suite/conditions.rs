//! Conditions: operators, NULL, joins, and relations to many.

use orm::prelude::*;

use crate::models::*;
use crate::support::{day, dialect, suite};

/// The titles of the books that meet a condition, in order.
fn titles(
    db: &Database,
    condition: impl orm::expr::IntoCondition<Book, Scope = Book, Type = bool, Kind = orm::expr::OneRow>,
) -> Result<Vec<String>> {
    Book::objects()
        .filter(condition)
        .order_by(Book::id)
        .values_list(Book::title)
        .all(db)
}

/// The ids, counted from 1, of the numbers that meet a condition.
fn numbers(
    db: &Database,
    condition: impl orm::expr::IntoCondition<
        Number,
        Scope = Number,
        Type = bool,
        Kind = orm::expr::OneRow,
    >,
) -> Result<Vec<i64>> {
    Number::objects()
        .filter(condition)
        .order_by(Number::id)
        .values_list(Number::id)
        .all(db)
}

fn number(medium: i32, maybe: Option<i32>, other: Option<i32>) -> Draft<Number> {
    let draft = Number::draft()
        .small(1)
        .medium(medium)
        .large(1)
        .float(0.5)
        .exact(1);
    draft.maybe(maybe).other(other).build()
}

suite! {
    fn operators_combine_conditions(db) {
        library(db)?;
        let sold_out = Book::stock_level.eq(0);
        assert_eq!(titles(db, &sold_out & Book::is_published)?, ["100% SQL"]);
        assert_eq!(titles(db, &sold_out | !Book::is_published)?, ["100% SQL", "dragonflies"]);
        assert_eq!(titles(db, &sold_out ^ Book::is_published)?, ["Joins", "Dragons", "dragonflies", "Élan"]);
        assert_eq!(titles(db, !(&sold_out | Book::price.gt(20)))?, ["Dragons", "Élan"]);
        assert_eq!(titles(db, !!sold_out.clone())?, titles(db, sold_out)?);
        assert_eq!(titles(db, Book::is_published ^ Book::is_published.eq(true))?.len(), 0);
        assert_eq!(titles(db, Book::is_published ^ Book::price.gt(10) ^ Book::stock_level.eq(0))?, ["Joins", "Dragons", "dragonflies", "Élan"]
            .into_iter().filter(|title| {
                let (published, dear, none) = match *title { "Joins" => (true, true, false), "Dragons" => (true, true, false), "dragonflies" => (false, false, true), _ => (true, false, false) };
                published ^ dear ^ none
            }).map(str::to_owned).collect::<Vec<_>>());
    }

    fn a_dynamic_condition_starts_from_all_or_none(db) {
        library(db)?;
        let mut q = Condition::<Book>::all();
        assert_eq!(titles(db, &q)?.len(), 5);
        q &= Book::title.icontains("dragon");
        q |= Book::price.gt(30);
        assert_eq!(titles(db, q)?, ["Joins", "Dragons", "dragonflies"]);
        assert_eq!(titles(db, Q::<Book>::none())?.len(), 0);
        let absent: Option<Condition<Book>> = None;
        assert_eq!(titles(db, absent)?.len(), 5);
        assert_eq!(titles(db, Some(Book::title.eq("Joins")))?, ["Joins"]);
        assert_eq!(Book::objects().exclude(None::<Condition<Book>>).count(db)?, 5);
    }

    fn null_is_false_and_its_negation_true(db) {
        library(db)?;
        let guide = || Book::subtitle.eq("A guide");
        assert_eq!(titles(db, guide())?, ["100% SQL"]);
        assert_eq!(titles(db, !guide())?.len(), 4);
        assert_eq!(titles(db, Book::subtitle.ne("A guide"))?.len(), 4);
        assert_eq!(Book::objects().exclude(guide()).count(db)?, 4);
        assert_eq!(titles(db, !Book::subtitle.icontains("guide"))?.len(), 4);
        assert_eq!(titles(db, !(Book::subtitle.gt("A h") & Book::is_published))?.len(), 4);
        assert_eq!(titles(db, !(!guide()))?, ["100% SQL"]);
        assert_eq!(titles(db, !(Book::subtitle.eq("A novel") | Book::price.gt(30)))?, ["100% SQL", "dragonflies", "Élan"]);
        assert_eq!(titles(db, guide() ^ Book::subtitle.is_null())?, ["Joins", "100% SQL", "dragonflies", "Élan"]);
        assert_eq!(titles(db, !Book::subtitle.is_in(["A guide", "A novel"]))?.len(), 3);
        assert_eq!(titles(db, !Book::subtitle.range("A"..="B"))?.len(), 3);
    }

    fn none_means_is_null(db) {
        library(db)?;
        assert_eq!(titles(db, Book::subtitle.eq(None))?, titles(db, Book::subtitle.is_null())?);
        assert_eq!(titles(db, Book::subtitle.ne(None))?, ["100% SQL", "Dragons"]);
        assert_eq!(titles(db, Book::subtitle.is_not_null())?, ["100% SQL", "Dragons"]);
        assert_eq!(titles(db, Book::subtitle.eq(Some("A guide")))?, ["100% SQL"]);
        assert_eq!(titles(db, !Book::subtitle.eq(None))?, ["100% SQL", "Dragons"]);
        let owned = Some("A novel".to_owned());
        assert_eq!(titles(db, Book::subtitle.eq(owned.as_deref()))?, ["Dragons"]);
        assert_eq!(Author::objects().filter(Author::rating.eq(None)).count(db)?, 2);
    }

    fn two_nulls_are_not_equal(db) {
        let all = [number(1, None, None), number(2, Some(1), Some(1)), number(3, Some(1), Some(2)), number(4, None, Some(1))];
        Number::objects().bulk_create(db, all)?;
        assert_eq!(numbers(db, Number::maybe.eq(Number::other))?, [2]);
        assert_eq!(numbers(db, Number::maybe.ne(Number::other))?, [1, 3, 4]);
        assert_eq!(numbers(db, !Number::maybe.eq(Number::other))?, [1, 3, 4]);
        assert_eq!(numbers(db, !Number::maybe.ne(Number::other))?, [2]);
        assert_eq!(numbers(db, Number::maybe.lte(Number::other))?, [2, 3]);
        assert_eq!(numbers(db, !Number::maybe.lte(Number::other))?, [1, 4]);
        assert_eq!(numbers(db, (Number::maybe + Number::other).eq(3))?, [3]);
        assert_eq!(numbers(db, !(Number::maybe + Number::other).eq(3))?, [1, 2, 4]);
        assert_eq!(numbers(db, Number::maybe.is_in([Number::other.expr(), (Number::other * 1).expr()]))?, [2]);
        assert_eq!(numbers(db, !Number::maybe.is_in([Number::other.expr(), (Number::other * 1).expr()]))?, [1, 3, 4]);
    }

    fn a_nullable_bool_is_true_only_when_true(db) {
        library(db)?;
        let texts = |c: Condition<Review>| Review::objects().filter(c).order_by(Review::id).values_list(Review::text).all(db);
        assert_eq!(Review::objects().filter(Review::approved).count(db)?, 1);
        assert_eq!(texts(!Review::approved)?, ["Too long", "Fire!"]);
        assert_eq!(texts(Review::approved.eq(false))?, ["Too long"]);
        assert_eq!(texts(Review::approved.is_null())?, ["Fire!"]);
        assert_eq!(texts(Review::approved | Review::stars.is_null())?, ["Joined at last", "Fire!"]);
    }

    fn a_condition_is_an_expression_that_is_never_null(db) {
        library(db)?;
        let guide = Book::subtitle.eq("A guide");
        let rows: Vec<(String, bool)> = Book::objects().order_by(Book::id).values_list((Book::title, &guide)).all(db)?;
        assert_eq!(rows.iter().map(|(_, guide)| *guide).collect::<Vec<_>>(), [false, true, false, false, false]);
        assert_eq!(titles(db, guide.eq(Book::is_published))?, ["100% SQL", "dragonflies"]);
    }

    fn a_required_key_is_an_inner_join_and_a_nullable_one_a_left_join(db) {
        library(db)?;
        assert_eq!(titles(db, Book::author.name.eq("Ann"))?, ["Joins", "100% SQL"]);
        assert_eq!(titles(db, Book::editor.name.eq("Bob"))?, ["Joins"]);
        assert_eq!(titles(db, Book::editor.name.is_null())?, ["100% SQL", "Dragons", "dragonflies"]);
        assert_eq!(titles(db, !Book::editor.name.eq("Bob"))?, ["100% SQL", "Dragons", "dragonflies", "Élan"]);
        assert_eq!(titles(db, Book::editor.is_null())?.len(), 3);
        let (sql, _) = Book::objects().filter(Book::author.name.eq("x") | Book::editor.name.eq("y"))
            .filter(Book::author.joined_date.year().gt(2000)).order_by(Book::author.name).to_sql(dialect(db))?;
        assert_eq!((sql.matches("INNER JOIN").count(), sql.matches("LEFT JOIN").count()), (1, 1), "{sql}");
    }

    fn the_key_of_a_relation_needs_no_join(db) {
        let (ann, bob) = library(db)?;
        for query in [
            Book::objects().filter(Book::author.id.eq(ann.id)),
            Book::objects().filter(Book::author.eq(&ann)),
            Book::objects().filter(Book::author.eq(ann.id)),
            Book::objects().filter(Book::author.is_in([&ann])),
        ] {
            assert!(!query.to_sql(dialect(db))?.0.contains("JOIN"));
            assert_eq!(query.count(db)?, 2);
        }
        assert_eq!(titles(db, Book::editor.eq(&bob))?, ["Joins"]);
        assert_eq!(titles(db, Book::editor.ne(&bob))?.len(), 4);
        assert_eq!(titles(db, Book::editor.eq(None))?.len(), 3);
        assert_eq!(titles(db, Book::editor.eq(Book::author))?.len(), 0);
        assert_eq!(titles(db, Book::editor.ne(Book::author))?.len(), 5);
        let authors = vec![ann.clone(), bob];
        assert_eq!(titles(db, Book::author.is_in(&authors))?.len(), 5);
        assert_eq!(titles(db, Book::author.is_in(Vec::<Author>::new().iter()))?.len(), 0);
        assert_eq!(titles(db, Book::author.is_in(Author::objects().filter(Author::name.eq("Bob"))))?.len(), 3);
        assert_eq!(titles(db, !Book::editor.is_in(Author::objects()))?.len(), 3);
        assert_eq!(titles(db, Book::author.is_in(vec![ann.id]))?.len(), 2);
    }

    fn a_path_to_itself_and_to_its_parent(db) {
        let root = Category::draft().name("root").save(db)?;
        let branch = Category::draft().name("branch").parent(&root).save(db)?;
        Category::draft().name("leaf").parent(&branch).save(db)?;
        let names = |c: Condition<Category>| Category::objects().filter(c).order_by(Category::id).values_list(Category::name).all(db);
        assert_eq!(names(Category::parent.parent.name.eq("root"))?, ["leaf"]);
        assert_eq!(names(Category::parent.parent.name.is_null())?, ["root", "branch"]);
        assert_eq!(names(Category::parent.is_null())?, ["root"]);
        assert_eq!(names(!Category::parent.name.eq("root"))?, ["root", "leaf"]);
        assert_eq!(names(Category::children.children.name.eq("leaf"))?, ["root"]);
        assert_eq!(names(Category::children.is_empty())?, ["leaf"]);
        assert_eq!(names(Category::parent.children.name.eq("branch"))?, ["branch"]);
        assert_eq!(names(Category::children.parent.name.eq(Category::name))?, ["root", "branch"]);
    }

    fn to_many_conditions_mean_some_row_and_never_multiply_rows(db) {
        library(db)?;
        let names = |c: Condition<Author>| Author::objects().filter(c).values_list(Author::name).order_by(Author::name).all(db);
        assert_eq!(names(Author::books.price.lt(10))?, ["Ann", "Bob"]);
        assert_eq!(names(!Author::books.price.lt(10))?, ["Cid"]);
        assert_eq!(names(Author::books.title.ne("Joins"))?, ["Ann", "Bob"]);
        assert_eq!(names(!Author::books.title.eq("Joins"))?, ["Bob", "Cid"]);
        assert_eq!(names(Author::books.subtitle.is_null())?, ["Ann", "Bob"]);
        assert_eq!(names(!Author::books.subtitle.is_null())?, ["Cid"]);
        assert_eq!(names(Author::books.is_published & Author::books.title.eq("dragonflies"))?, ["Bob"]);
        assert_eq!(names(Author::books.any(Book::is_published & Book::title.eq("dragonflies")))?.len(), 0);
        assert_eq!(names(Author::books.any(Book::title.eq("Joins") & Book::price.gt(30)))?, ["Ann"]);
        assert_eq!(names(Author::books.all(Book::is_published))?, ["Ann", "Cid"]);
        assert_eq!(names(Author::books.none(Book::subtitle.eq("A novel")))?, ["Ann", "Cid"]);
        assert_eq!(names(!Author::books.none(Book::subtitle.eq("A novel")))?, ["Bob"]);
        assert_eq!(names(Author::books.is_empty())?, ["Cid"]);
        assert_eq!(names(!Author::books.is_empty())?, ["Ann", "Bob"]);
        assert_eq!(names(Author::books.all(Book::subtitle.ne("A novel")))?, ["Ann", "Cid"]);
        assert_eq!(names(Author::books.all(!Book::subtitle.eq("A guide")))?, ["Bob", "Cid"]);
    }

    fn a_to_many_path_used_twice_in_one_comparison_is_one_row(db) {
        library(db)?;
        let names = |c: Condition<Author>| Author::objects().filter(c).values_list(Author::name).order_by(Author::name).all(db);
        assert_eq!(names(Author::books.stock_level.gt(Author::books.sales_count))?, ["Ann"]);
        assert_eq!(names((Author::books.stock_level + Author::books.sales_count).eq(43))?, ["Bob"]);
        assert_eq!(names(Author::books.price.between(Author::books.stock_level, Author::books.sales_count))?, ["Bob"]);
        assert_eq!(names(Author::books.title.lower().startswith("dragon"))?, ["Bob"]);
    }

    fn to_many_conditions_nest(db) {
        let (ann, _) = library(db)?;
        let names = |c: Condition<Author>| Author::objects().filter(c).values_list(Author::name).order_by(Author::name).all(db);
        assert_eq!(names(Author::books.reviews.stars.gte(5))?, ["Ann"]);
        assert_eq!(names(Author::books.any(Book::reviews.any(Review::stars.is_null())))?, ["Bob"]);
        assert_eq!(names(Author::books.any(Book::reviews.is_empty()))?, ["Ann", "Bob"]);
        assert_eq!(names(Author::books.all(Book::reviews.all(Review::stars.gt(1))))?, ["Ann", "Cid"]);
        assert_eq!(names(Author::books.editor.name.eq("Bob"))?, ["Ann"]);
        assert_eq!(names(Author::books.reviews.book.author.name.eq("Bob"))?, ["Bob"]);
        let book = Book::objects().get(db, Book::title.eq("Joins"))?;
        assert_eq!(names(Author::books.contains(&book))?, ["Ann"]);
        assert_eq!(titles(db, Book::author.books.title.eq("100% SQL"))?, ["Joins", "100% SQL"]);
        assert_eq!(titles(db, Book::author.books.any(Book::editor.eq(&ann)))?, ["Dragons", "dragonflies", "Élan"]);
    }

    fn the_other_side_of_a_one_to_one_may_be_absent(db) {
        let (ann, _) = library(db)?;
        Profile::draft().author(&ann).bio("Writes").save(db)?;
        let names = |c: Condition<Author>| Author::objects().filter(c).values_list(Author::name).order_by(Author::name).all(db);
        assert_eq!(names(Author::profile.bio.eq("Writes"))?, ["Ann"]);
        assert_eq!(names(!Author::profile.bio.eq("Writes"))?, ["Bob", "Cid"]);
        assert_eq!(names(Author::profile.bio.is_null())?, ["Bob", "Cid"]);
        assert_eq!(names(Author::profile.is_null())?, ["Bob", "Cid"]);
        assert_eq!(titles(db, Book::author.profile.bio.istartswith("WRI"))?, ["Joins", "100% SQL"]);
    }

    fn arithmetic_between_fields_and_values(db) {
        library(db)?;
        assert_eq!(titles(db, Book::sales_count.gt(Book::stock_level * 2))?, ["100% SQL", "Dragons"]);
        assert_eq!(titles(db, (Book::price * Book::stock_level).gt(100))?, ["Joins"]);
        assert_eq!(titles(db, (Book::price * dec!(1.1)).eq(dec!(43.89)))?, ["Joins"]);
        assert_eq!(titles(db, (100 - Book::sales_count).eq(60))?, ["Dragons"]);
        assert_eq!(titles(db, (-Book::sales_count).lt(-10))?, ["Dragons"]);
        assert_eq!(titles(db, (Book::sales_count % 2).eq(1))?, ["Joins", "100% SQL", "Élan"]);
        assert_eq!(titles(db, (Book::sales_count / Book::stock_level).is_null())?, ["100% SQL", "dragonflies"]);
        assert_eq!(titles(db, (Book::sales_count - (Book::stock_level - 1)).eq(-6))?, ["Joins"]);
        let halves: Vec<i32> = Book::objects().order_by(Book::id).values_list((Book::sales_count / 2,)).all(db)?.into_iter().map(|(n,)| n).collect();
        assert_eq!(halves, [2, 3, 20, 0, 0]);
        let negative: Vec<(i32, i32)> = Book::objects().filter(Book::title.eq("Joins"))
            .values_list(((Book::sales_count - 12) / 2, (Book::sales_count - 12) % 4)).all(db)?;
        assert_eq!(negative, [(-3, -3)]);
    }

    fn overflow_is_an_error(db) {
        Number::objects().bulk_create(db, [number(i32::MAX, None, None)])?;
        for overflowing in [
            Number::objects().values_list(Number::medium + 1).all(db),
            Number::objects().values_list(Number::medium * 2).all(db),
            Number::objects().values_list(-Number::medium - 2).all(db),
        ] {
            assert!(matches!(overflowing, Err(Error::OutOfRange { .. })), "{overflowing:?}");
        }
        assert_eq!(Number::objects().values_list(Number::medium + Number::large).all(db)?, [i64::from(i32::MAX) + 1]);
        assert!(matches!(Number::objects().update(db, Number::medium.set(Number::medium + 1)), Err(Error::OutOfRange { .. })));
        let zero = Number::objects().values_list(Number::medium / 0).all(db);
        assert!(matches!(zero, Err(Error::InvalidQuery { .. })), "{zero:?}");
    }

    fn case_coalesce_and_unwrap_or(db) {
        library(db)?;
        let shelf = case().when(Book::stock_level.eq(0), "ordered").when(Book::price.lt(10), "front").otherwise("back");
        let rows: Vec<String> = Book::objects().order_by(Book::id).values_list(&shelf).all(db)?;
        assert_eq!(rows, ["back", "ordered", "back", "ordered", "front"]);
        assert_eq!(titles(db, shelf.eq("front"))?, ["Élan"]);
        let maybe: Vec<Option<i32>> = Book::objects().order_by(Book::id).values_list(case().when(Book::is_published, Book::sales_count)).all(db)?;
        assert_eq!(maybe, [Some(5), Some(7), Some(40), None, Some(1)]);
        let shown: Vec<String> = Book::objects().order_by(Book::id).values_list(coalesce((Book::subtitle, Book::editor.name, "none"))).all(db)?;
        assert_eq!(shown, ["Bob", "A guide", "A novel", "none", "Ann"]);
        assert_eq!(titles(db, Book::subtitle.unwrap_or("A guide").eq("A guide"))?.len(), 4);
        assert_eq!(titles(db, case().when(Book::author.books.price.gt(30), 1).otherwise(0).eq(1))?, ["Joins", "100% SQL"]);
    }

    fn text_functions_and_now(db) {
        library(db)?;
        assert_eq!(titles(db, Book::title.lower().eq("élan"))?, ["Élan"]);
        assert_eq!(titles(db, Book::title.upper().eq("ÉLAN"))?, ["Élan"]);
        assert_eq!(titles(db, Book::title.length().eq(4))?, ["Élan"]);
        let full: Vec<String> = Book::objects().order_by(Book::id).limit(2).values_list(concat((Book::title, ": ", Book::subtitle))).all(db)?;
        assert_eq!(full, ["Joins: ", "100% SQL: A guide"]);
        assert_eq!(titles(db, Book::created_at.lte(now()))?.len(), 5);
        assert_eq!(titles(db, Book::author.joined_date.lt(day(2020, 1, 1)))?.len(), 2);
        assert_eq!(Book::objects().limit(1).values_list(value("x")).all(db)?, ["x"]);
    }
}
