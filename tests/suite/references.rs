//! Expressions that are used several times: operators, conditions and selections take them by reference too.

#![allow(
    clippy::op_ref,
    clippy::needless_borrows_for_generic_args,
    reason = "that references are taken is what is tested"
)]

use orm::prelude::*;

use crate::models::*;
use crate::support::suite;

/// Of "Joins": it costs 39.90, 12 are there and 5 were sold.
fn joins(db: &Database) -> Result<QuerySet<Book>> {
    library(db)?;
    Ok(Book::objects().filter(Book::title.eq("Joins")))
}

suite! {
    fn operators_take_expressions_by_reference(db) {
        let joins = joins(db)?;
        let (stock, sales) = (Book::stock_level.expr(), Book::sales_count.expr());
        assert_eq!(joins.clone().values_list((&stock + &sales, &stock - sales.clone(), stock.clone() * &sales)).one(db)?, (17, 7, 60));
        assert_eq!(joins.clone().values_list((&stock / &sales, &stock % &sales)).one(db)?, (Some(2), Some(2)));
        assert_eq!(joins.clone().values_list((-&stock, 1 - &stock, &stock - 1, value(1_i32) - &stock)).one(db)?, (-12, -11, 11, -11));
        assert_eq!(joins.clone().values_list((Book::sales_count + &stock, &stock + Book::sales_count)).one(db)?, (17, 17));
        let price = Book::price.expr();
        assert_eq!(joins.clone().values_list((&price * &stock, dec!(0.1) + &price)).one(db)?, (dec!(478.80), dec!(40.00)));
        let made = Book::created_at.expr();
        let hour = Duration::hours(1);
        let moved = joins.clone().values_list(((&made + hour) - &made, &made - (&made - hour), (now() - &made).lt(hour))).one(db)?;
        assert_eq!(moved, (hour, hour, true));
        let average = Book::price.avg();
        assert_eq!(joins.aggregate(db, (&average, -&average, &average + &average))?, (Some(dec!(39.9)), Some(dec!(-39.9)), Some(dec!(79.8))));
    }

    fn operators_take_fields_by_reference(db) {
        let joins = joins(db)?;
        let (stock, sales, published) = (Book::stock_level, Book::sales_count, Book::is_published);
        assert_eq!(joins.clone().values_list((&stock + &sales, 1 - &stock, value(1_i32) - &stock, -&stock)).one(db)?, (17, -11, -11, -12));
        assert_eq!(joins.clone().filter(&published).filter(&published & stock.gt(3)).count(db)?, 1);
        assert_eq!(joins.filter(!&published | (&published ^ &published)).count(db)?, 0);
    }

    fn cases_are_taken_by_reference(db) {
        let joins = joins(db)?;
        let many = case().when(Book::stock_level.gt(10), 100_i32);
        let row = joins.clone().values_list((&many, -&many, &many + 1, 1 + &many, &many + &many, Book::stock_level - &many)).one(db)?;
        assert_eq!(row, (Some(100), Some(-100), Some(101), Some(101), Some(200), Some(-88)));
        assert_eq!(joins.clone().annotate(&many).order_by(&many).filter(Book::stock_level.lt(&many)).one(db)?.1, Some(100));
        assert_eq!(joins.values_list(&many).one(db)?, Some(100));
        // Without `otherwise` a case of truth is NULL where no branch holds, which is not true.
        let sold = case().when(Book::sales_count.gt(5), true);
        let titles = |of: QuerySet<Book>| of.values_list(Book::title).order_by(Book::title).all(db);
        assert_eq!(titles(Book::objects().filter(&sold))?, ["100% SQL", "Dragons"]);
        assert_eq!(titles(Book::objects().filter(sold.clone() & Book::stock_level.gt(0)))?, ["Dragons"]);
        assert_eq!(titles(Book::objects().filter(!&sold & Book::stock_level.gt(1)))?, ["Joins"]);
        let subtitle = case().when(&sold, "sold").when(Book::stock_level.gt(10), Book::title);
        Book::objects().update(db, Book::subtitle.set(&subtitle))?;
        let rows = Book::objects().values_list(Book::subtitle).order_by(Book::id).all(db)?;
        assert_eq!(rows, [Some("Joins".into()), Some("sold".into()), Some("sold".into()), None, None]);
    }

    fn conditions_take_expressions_by_reference(db) {
        library(db)?;
        let published = Book::is_published.expr();
        let dear = Book::price.gt(10);
        let count = |of: Condition<Book>| Book::objects().filter(of).count(db);
        assert_eq!(count(!&published)?, 1);
        assert_eq!(count(&published & &published)?, 4);
        assert_eq!(count(&published & &dear)?, 2);
        assert_eq!(count(&dear | !&published)?, 3);
        assert_eq!(count(&dear ^ &published)?, 2);
        assert_eq!(count(!&dear & Some(&published))?, 2);
        let mut q = Q::<Book>::all();
        q &= &published;
        q &= &dear;
        assert_eq!(count(q)?, 2);
        assert_eq!(Book::objects().filter(&published).exclude(&dear).count(db)?, 2);
        let authors = Author::objects().filter(Author::books.any(&dear)).values_list((Author::name, Author::books.filter(&published).count()));
        assert_eq!(authors.order_by(Author::name).all(db)?, [("Ann".into(), 2), ("Bob".into(), 2)]);
        assert_eq!(Book::objects().aggregate(db, (Book::id.count().filter(&published), Book::id.count().filter(&dear)))?, (4, 2));
    }

    fn selections_and_orders_take_expressions_by_reference(db) {
        library(db)?;
        let worth = Book::price * Book::sales_count;
        let dearest = worth.desc();
        let titles = |of: QuerySet<Book>| of.values_list(Book::title).all(db);
        let expected = ["Dragons", "Joins"];
        assert_eq!(titles(Book::objects().order_by(&dearest).limit(2))?, expected);
        assert_eq!(titles(Book::objects().order_by((&dearest, Book::title)).limit(2))?, expected);
        assert_eq!(titles(Book::objects().order_by(-&worth).limit(2))?, expected);
        let place = row_number().over(partition_by(Book::author).order_by((&dearest, Book::title)));
        assert_eq!(titles(Book::objects().filter(place.eq(1)).order_by(&dearest))?, expected);
        assert_eq!(titles(Book::objects().filter(row_number().over(order_by(&dearest)).lte(2)).order_by(-&worth))?, expected);
        let rows = Book::objects().annotate((&worth, &place)).order_by(&dearest).limit(1).all(db)?;
        assert_eq!((rows[0].1, rows[0].2), (dec!(560.00), 1));
        let text = case().when(worth.gt(100), &worth).otherwise(&worth);
        assert_eq!(Book::objects().values_list((&text, &worth)).order_by(&dearest).limit(1).one(db)?, (dec!(560.00), dec!(560.00)));
    }

    fn any_expression_is_named_for_json(db) {
        let joins = joins(db)?;
        let left = Book::stock_level - Book::sales_count;
        let many = case().when(Book::stock_level.gt(10), 100_i32);
        let row = joins.clone().values_json((
            (&left).named("left"),
            many.named("many"),
            Book::price.lt(10).named("cheap"),
            Book::editor.named("by"),
            Book::author.name.named("author"),
        )).one(db)?;
        let editor = Author::objects().get(db, Author::name.eq("Bob"))?;
        assert_eq!(serde_json::Value::from(row), serde_json::json!({
            "left": 7, "many": 100, "cheap": false, "by": editor.id, "author": "Ann",
        }));
        assert_eq!(joins.clone().values_json(left.named("left")).one(db)?["left"], 7);
        assert_eq!(joins.values_json(Book::editor).one(db)?["editor"], editor.id);
    }
}
