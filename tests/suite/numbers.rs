//! Exact numbers: the digits of decimals wherever they come from, statistics to the last digit, sums at the ends of their types.

use orm::prelude::*;

use crate::models::*;
use crate::support::suite;

/// The texts of decimals: zeros at the end too.
fn texts(of: Vec<Option<Decimal>>) -> Vec<String> {
    let text = |of: Option<Decimal>| of.map_or("None".to_owned(), |of| of.to_string());
    of.into_iter().map(text).collect()
}

#[derive(Projection)]
#[projection(Author)]
struct Sums {
    #[projection(Author::books.sum(Book::price))]
    sum: Option<Decimal>,
    #[projection(Author::books.avg(Book::price))]
    average: Option<Decimal>,
}

/// Numbers that are near one another and far from zero, whose squares no double holds.
fn numbers(db: &Database) -> Result<()> {
    for (index, medium) in [7, 11, -3, 1_000_003, 999_983, 20, 7]
        .into_iter()
        .enumerate()
    {
        let step = i64::try_from(index).unwrap_or(0);
        Number::draft()
            .small(i16::try_from(index % 3).unwrap_or(0))
            .medium(medium)
            .large(4_611_686_018_427_387_905 + 3 * step * step)
            .float(f64::from(medium) * 0.25)
            .exact(Decimal::new(1_000_001 + 7 * step * step, 3))
            .maybe(Some(medium))
            .save(db)?;
    }
    Ok(())
}

suite! {
    fn decimals_have_the_digits_of_what_they_are_made_of(db) {
        library(db)?;
        let ordered = || Book::objects().order_by(Book::id);
        let first = |of: Expr<Book, Decimal>| -> Result<String> { Ok(ordered().limit(1).values_list(of).one(db)?.to_string()) };
        let price = Book::price.expr();
        assert_eq!(first(price.clone())?, "39.90");
        assert_eq!(first(-price.clone())?, "-39.90");
        assert_eq!(first(&price + 1)?, "40.90");
        assert_eq!(first(&price - dec!(0.400))?, "39.500");
        assert_eq!(first(&price * 2)?, "79.80");
        assert_eq!(first(&price * dec!(0.50))?, "19.9500");
        assert_eq!(first(&price % 4)?, "3.90");
        // Of a quotient those that are needed, and no fewer than of its sides.
        assert_eq!(first(&price / 2)?, "19.95");
        assert_eq!(first(&price / dec!(39.9))?, "1.00");
        assert_eq!(first(&price / 3)?, "13.30");
        assert_eq!(first(&price / 7)?, "5.7000000000000000".trim_end_matches('0').to_owned() + "0");
        assert_eq!(first(price.round(0))?, "40");
        assert_eq!(first(price.round(1))?, "39.9");
        assert_eq!(first(price.round(4))?, "39.9000");
        assert_eq!(first(price.round(-1))?, "40");
        assert_eq!(first(price.ceil())?, "40");
        assert_eq!(first(price.abs())?, "39.90");
        assert_eq!(first(Book::stock_level.cast::<Decimal>())?, "12");
        assert_eq!(first(coalesce((Book::price.null_if(Book::price), dec!(1.5))))?, "1.50");
        assert_eq!(first(greatest((&price, dec!(1))))?, "39.90");
        assert_eq!(first(case().when(Book::stock_level.gt(0), Book::price).otherwise(dec!(0.000)))?, "39.900");
        assert_eq!(first(coalesce((Book::price.null_if(dec!(39.9)), dec!(7))))?, "7.00");
        let books: Vec<Book> = ordered().all(db)?;
        assert_eq!((books[0].price.to_string(), books[0].stock_value.to_string()), ("39.90".to_owned(), "478.80".to_owned()));
    }

    fn aggregates_of_decimals_have_their_digits(db) {
        library(db)?;
        let price = Book::price;
        let (sum, mean, least, most) = Book::objects().aggregate(db, (price.sum(), price.avg(), price.min(), price.max()))?;
        assert_eq!(texts(vec![sum, mean, least, most]), ["77.64", "15.528", "5.25", "39.90"]);
        let (sum, third, products) = Book::objects().filter(Book::price.gt(9)).aggregate(db, (
            price.sum().unwrap_or(dec!(0)),
            (price.sum() - dec!(0.09)).unwrap_or(0),
            (Book::price * Book::price).sum(),
        ))?;
        assert_eq!((sum.to_string(), third.to_string()), ("63.89".to_owned(), "63.80".to_owned()));
        assert_eq!(texts(vec![products]), ["1887.8101"]);
        let (empty, zero) = Book::objects().none().aggregate(db, (price.sum(), price.sum().unwrap_or(dec!(0.0))))?;
        assert_eq!((empty, zero.to_string()), (None, "0.00".to_owned()));
        // Of groups, of related rows, over windows, in subqueries and of the rows of a query of values.
        let groups = Book::objects().values_list(Book::author.name).annotate((price.sum(), price.avg())).order_by(Book::author.name).all(db)?;
        let groups: Vec<String> = groups.into_iter().flat_map(|(_, sum, mean)| texts(vec![sum, mean])).collect();
        assert_eq!(groups, ["49.89", "24.945", "27.75", "9.25"]);
        let related = Author::objects().order_by(Author::name).values::<Sums>().all(db)?;
        let related: Vec<String> = related.into_iter().flat_map(|of| texts(vec![of.sum, of.average])).collect();
        assert_eq!(related, ["49.89", "24.945", "27.75", "9.25", "None", "None"]);
        let so_far = Book::price.sum().over(order_by(Book::id).rows(..=0));
        let before = Book::price.lag(1).over(order_by(Book::id));
        let rows = Book::objects().order_by(Book::id).values_list((so_far, before)).all(db)?;
        let rows: Vec<String> = rows.into_iter().take(3).flat_map(|(sum, before)| texts(vec![sum, before])).collect();
        assert_eq!(rows, ["39.90", "None", "49.89", "39.90", "63.89", "9.99"]);
        let dearest = Author::books.order_by(Book::price.desc()).first(Book::price);
        let rows = Author::objects().order_by(Author::name).values_list(dearest).all(db)?;
        assert_eq!(texts(rows), ["39.90", "14.00", "None"]);
        let of_authors = Book::objects().values_list(Book::author).annotate(price.max());
        let (sum, least) = of_authors.aggregate_rows(db, |(_, most)| (most.sum(), most.min()))?;
        assert_eq!(texts(vec![sum, least]), ["53.90", "14.00"]);
        let united = Book::objects().filter(Book::price.gt(20)).values_list(Book::price);
        let united = united.union_all(Book::objects().filter(Book::price.eq(14)).values_list(Book::price * 1));
        let mut united: Vec<String> = united.all(db)?.iter().map(ToString::to_string).collect();
        united.sort();
        assert_eq!(united, ["14.00", "39.90"]);
    }

    fn averages_have_the_digits_that_their_values_are_rounded_to(db) {
        library(db)?;
        // The queries differ in a value alone.
        for (places, expected) in [(2, "2.218"), (25, "2.2182857142857142800000000"), (2, "2.218")] {
            let rounded = (Book::price / dec!(7)).round(places);
            let of_all = Book::objects().aggregate(db, rounded.avg())?;
            let windows = Book::objects().values_list(rounded.avg().over(())).limit(1).all(db)?;
            assert_eq!(texts(vec![of_all, windows[0]]), [expected, expected]);
        }
    }

    fn statistics_to_the_last_digit(db) {
        numbers(db)?;
        let (medium, large, exact) = (Number::medium, Number::large, Number::exact);
        let found = Number::objects().aggregate(db, (medium.std_dev(), medium.variance(), medium.std_dev_sample(), medium.variance_sample()))?;
        assert_eq!(found, (Some(451_746.994_516_910_1), Some(204_075_347_055.061_22), Some(487_942.522_124_862), Some(238_087_904_897.571_44)));
        let found = Number::objects().aggregate(db, (large.std_dev(), large.variance(), exact.std_dev(), exact.variance_sample()))?;
        assert_eq!(found, (Some(37.469_987_990_390_386), Some(1_404.0), Some(0.087_429_971_977_577_57), Some(0.008_918)));
        // Equal values once, a part of the rows, in groups, and in a window that leaves values out again.
        let found = Number::objects().aggregate(db, (medium.std_dev().distinct(), exact.variance().filter(Number::small.gt(0)), (exact - large).std_dev()))?;
        assert_eq!(found, (Some(471_397.096_253_401_7), Some(0.004_520_25), Some(37.382_558_018_412_81)));
        let groups = Number::objects().values_list(Number::small).annotate(medium.std_dev()).order_by(Number::small).all(db)?;
        assert_eq!(groups, [(0, Some(471_402.635_172_948_53)), (1, Some(499_986.0)), (2, Some(11.5))]);
        let near = medium.std_dev().over(order_by(Number::id).rows(-1..=0));
        let rows = Number::objects().order_by(Number::id).values_list(near).all(db)?;
        assert_eq!(rows, [Some(0.0), Some(2.0), Some(7.0), Some(500_003.0), Some(10.0), Some(499_981.5), Some(6.5)]);
        // The order of the rows is nothing to them.
        let back = Number::objects().order_by(Number::medium.desc()).limit(10).aggregate(db, medium.std_dev())?;
        assert_eq!(back, Some(451_746.994_516_910_1));
    }

    fn sums_beyond_their_types_are_errors_everywhere(db) {
        numbers(db)?;
        let out = |error: Error| assert!(matches!(error, Error::OutOfRange { .. }), "{error:?}");
        let large = Number::large;
        out(Number::objects().aggregate(db, large.sum()).unwrap_err());
        out(Number::objects().values_list(Number::small).annotate(large.sum()).all(db).unwrap_err());
        out(Number::objects().values_list(large.sum().over(())).all(db).unwrap_err());
        out(Number::objects().values_list(large.sum().over(order_by(Number::id).rows(-1..=0))).all(db).unwrap_err());
        let long = Number::exact * dec!(10_000_000_000_000_000_000) * dec!(4_000_000);
        out(Number::objects().aggregate(db, long.sum()).unwrap_err());
        out(Number::objects().values_list(Number::small).annotate(long.sum()).all(db).unwrap_err());
        out(Number::objects().values_list(long.sum().over(())).all(db).unwrap_err());
        // One of them, and those that go up and down, are within.
        assert_eq!(Number::objects().filter(Number::medium.eq(11)).aggregate(db, large.sum())?, Some(4_611_686_018_427_387_908));
        let signed = case().when(Number::small.eq(1), -Number::large).otherwise(Number::large);
        let sum = Number::objects().filter(Number::small.lt(2)).order_by(Number::id).limit(4).aggregate(db, signed.sum())?;
        assert_eq!(sum, Some(3 * (9 - 1) - 3 * 16));
    }
}
