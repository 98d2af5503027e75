//! Functions of numbers: exact ones equal, doubles nearly so, domains and halves the same on both databases.

use orm::prelude::*;

use crate::models::Number;
use crate::support::suite;

fn number(float: f64, exact: Decimal, maybe: Option<i32>) -> impl Fn(&Database) -> Result<Number> {
    move |db| {
        Number::draft()
            .small(-7)
            .medium(1_250)
            .large(-1_250)
            .float(float)
            .exact(exact)
            .maybe(maybe)
            .save(db)
    }
}

#[track_caller]
fn near(ours: f64, expected: f64) {
    assert!(
        (ours - expected).abs() <= expected.abs() * 1e-14,
        "{ours} {expected}"
    );
}

suite! {
    fn floats_that_leave_their_type(db) {
        let large = Number::draft().small(1).medium(10).large(1).float(1e308).exact(1).save(db)?;
        let rows = || Number::objects().filter(Number::id.eq(large.id));
        let out = |of: Result<Vec<Option<f64>>>| assert!(matches!(of, Err(Error::OutOfRange { .. })), "{of:?}");
        let float = |of: Expr<Number, f64>| rows().values_list(of.null_if(-1.0)).all(db);
        out(float(Number::float * 10));
        out(float(Number::float * Number::medium));
        out(float(Number::float + Number::float));
        out(float(-Number::float - Number::float));
        out(rows().values_list(Number::float / value(0.1)).all(db));
        out(float(Number::float * 1e-308 * 1e-308 * 1e-308));
        out(rows().values_list(Number::float.power(2)).all(db));
        out(rows().values_list(Number::float.exp().null_if(0.0)).all(db));
        out(float(Number::float.degrees()));
        assert_eq!(rows().aggregate(db, Number::float.variance())?, Some(0.0));
        let single = rows().values_list((Number::float * 1e-308 * 1e-200 * 1e-100).cast::<f32>()).all(db);
        assert!(matches!(single, Err(Error::OutOfRange { .. })), "{single:?}");
        // In whatever part of a query.
        assert!(matches!(rows().filter((Number::float * 10).gt(5.0)).count(db), Err(Error::OutOfRange { .. })));
        assert!(matches!(rows().update(db, Number::float.set(Number::float * 10)), Err(Error::OutOfRange { .. })));
        assert_eq!(float(Number::float * 0.5 + Number::float * 0.25)?, [Some(0.75e308)]);
        assert_eq!(rows().values_list(Number::float / (Number::small.cast::<f64>() - 1.0)).all(db)?, [None]);
        // Sums and averages.
        Number::draft().small(2).medium(1).large(1).float(1e308).exact(1).save(db)?;
        let all = Number::objects();
        for of in [
            Number::float.sum(),
            Number::float.avg(),
            (Number::float * Number::medium.cast::<f64>() * 0.05).variance(),
            (Number::float * Number::medium.cast::<f64>() * 0.05).std_dev_sample(),
        ] {
            let total = all.aggregate(db, &of);
            assert!(matches!(total, Err(Error::OutOfRange { .. })), "{total:?}");
        }
        let near = || order_by(Number::small).rows(-1..=0);
        out(all.clone().values_list(Number::float.sum().over(near())).all(db));
        assert_eq!(all.aggregate(db, (Number::float.sum().filter(Number::small.eq(1)), Number::float.max()))?, (Some(1e308), Some(1e308)));
        // What is infinite already is no mistake.
        all.clone().filter(Number::small.eq(2)).update(db, Number::float.set(f64::INFINITY))?;
        let infinite = Some(f64::INFINITY);
        assert_eq!(all.aggregate(db, (Number::float.sum(), Number::float.avg(), Number::float.max()))?, (infinite, infinite, infinite));
        let rows = all.order_by(Number::small).values_list((Number::float * 0.5, Number::float.sum().over(near()))).all(db)?;
        assert_eq!(rows, [(0.5e308, Some(1e308)), (f64::INFINITY, infinite)]);
    }

    fn floats_of_32_bits_are_computed_in_32_bits(db) {
        let (a, b) = (0.1_f32, 0.2_f32);
        Number::draft().small(1).medium(1).large(1).float(0.1).exact(1).save(db)?;
        let single = Number::float.cast::<f32>();
        let row = Number::objects().values_list((&single + b, &single * 3.0_f32, (&single + b).eq(value(a + b)))).one(db)?;
        assert_eq!(row, (a + b, a * 3.0, true));
        let large = Number::objects().values_list(&single * f32::MAX * 100.0_f32).all(db);
        assert!(matches!(large, Err(Error::OutOfRange { .. })), "{large:?}");
    }

    fn the_sign_of_a_double_is_one(db) {
        number(2.5, dec!(1), Some(20))(db)?;
        let share = Number::float.sign() / Number::maybe;
        assert_eq!(Number::objects().values_list(share).one(db)?, Some(0.05));
    }

    fn whole_numbers_and_signs(db) {
        for (float, exact) in [(2.5, dec!(-2.500)), (-2.5, dec!(2.001)), (0.0, dec!(0))] {
            number(float, exact, None)(db)?;
        }
        let numbers = Number::objects().order_by(Number::id);
        let floats = (Number::float.abs(), Number::float.ceil(), Number::float.floor(), Number::float.sign());
        assert_eq!(numbers.clone().values_list(floats).all(db)?, [(2.5, 3.0, 2.0, 1.0), (2.5, -2.0, -3.0, -1.0), (0.0, 0.0, 0.0, 0.0)]);
        let exacts = (Number::exact.abs(), Number::exact.ceil(), Number::exact.floor(), Number::exact.sign());
        let expected = [
            (dec!(2.5), dec!(-2), dec!(-3), dec!(-1)),
            (dec!(2.001), dec!(3), dec!(2), dec!(1)),
            (dec!(0), dec!(0), dec!(0), dec!(0)),
        ];
        assert_eq!(numbers.clone().values_list(exacts).all(db)?, expected);
        let integers = (Number::small.abs(), Number::large.ceil(), Number::medium.floor(), Number::small.sign(), Number::maybe.abs());
        assert_eq!(numbers.clone().limit(1).values_list(integers).one(db)?, (7, -1_250, 1_250, -1, None));
        // The smallest has no positive counterpart.
        Number::objects().update(db, (Number::small.set(i16::MIN), Number::medium.set(i32::MIN), Number::large.set(i64::MIN)))?;
        assert!(matches!(numbers.clone().values_list(Number::small.abs()).all(db), Err(Error::OutOfRange { .. })));
        assert!(matches!(numbers.clone().values_list(Number::medium.abs()).all(db), Err(Error::OutOfRange { .. })));
        assert!(matches!(numbers.values_list(Number::large.abs()).all(db), Err(Error::OutOfRange { .. })));
    }

    fn values_stand_at_the_left(db) {
        number(0.5, dec!(0.25), None)(db)?;
        let numbers = Number::objects;
        let integers = (1 - Number::small, 2 * Number::medium, 3 + Number::large, 2500 / Number::medium, 1251 % Number::medium, 1 - Number::maybe);
        assert_eq!(numbers().values_list(integers).one(db)?, (8, 2_500, -1_247, Some(2), Some(1), None));
        let fractions = (1.0 - Number::float, 1 - Number::float, 0.5 * Number::medium, dec!(1) - Number::exact, 1 - Number::exact, dec!(0.5) * Number::medium);
        assert_eq!(numbers().values_list(fractions).one(db)?, (0.5, 0.5, 625.0, dec!(0.75), dec!(0.75), dec!(625)));
        // Expressions by reference, and those that conditions choose.
        let sum = Number::small + Number::medium;
        let stock = case().when(Number::small.lt(0), Number::medium);
        let chosen = (1 - &sum, 1 - stock, coalesce((Number::maybe, 5)) - Number::maybe, greatest((Number::medium, 7)) * 2);
        assert_eq!(numbers().values_list(chosen).one(db)?, (-1_242, Some(-1_249), None, 2_500));
        let stock = || case().when(Number::small.lt(0), Number::medium);
        let (sum, negative) = numbers().values_list((stock() + 1, -stock())).one(db)?;
        assert_eq!((sum, negative), (Some(1_251), Some(-1_250)));
        let found = numbers().filter(Number::medium.eq(stock())).order_by(stock()).count(db)?;
        assert_eq!(found, 1);
        let values = (value(3_i32) - Number::medium, value(dec!(1)) - Number::exact, value(7_i64) / Number::small, value(2) * value(3), value(7) / value(2));
        assert_eq!(numbers().values_list(values).one(db)?, (-1_247, dec!(0.75), Some(-1), 6, Some(3)));
        let zero = numbers().values_list(value(7) / value(0)).one(db);
        assert!(matches!(zero, Err(Error::InvalidQuery { .. })));
        let none = value(None::<i32>) + Number::medium;
        assert_eq!(numbers().values_list(none).one(db)?, None);
    }

    fn halves_go_away_from_zero(db) {
        let floats = [2.5, -2.5, 0.5, 1.005, -1.005, 1234.5678, 0.1 + 0.2, 1e300, 1e-300, 2.675, 1e15 + 0.5];
        for float in floats {
            number(float, dec!(1.005), None)(db)?;
        }
        let numbers = Number::objects().order_by(Number::id);
        let rows = numbers.clone().values_list((Number::float.round(0), Number::float.round(2), Number::float.round(-2))).all(db)?;
        let round = |places| [3.0, -3.0, 1.0, 1.0, -1.0, 1235.0, 0.0, 1e300, 0.0, 3.0, 1e15].map(|x: f64| (x, places));
        assert_eq!(rows.iter().map(|row| (row.0, 0)).collect::<Vec<_>>(), round(0));
        let two: Vec<f64> = rows.iter().map(|row| row.1).collect();
        assert_eq!(two, [2.5, -2.5, 0.5, 1.01, -1.01, 1234.57, 0.3, 1e300, 0.0, 2.68, 1e15]);
        let hundreds: Vec<f64> = rows.iter().map(|row| row.2).collect();
        assert_eq!(hundreds, [0.0, 0.0, 0.0, 0.0, 0.0, 1200.0, 0.0, 1e300, 0.0, 0.0, 1e15]);
        let exact = (Number::exact.round(2), Number::exact.round(0), Number::exact.round(9), (-Number::exact).round(2));
        assert_eq!(numbers.clone().limit(1).values_list(exact).one(db)?, (dec!(1.01), dec!(1), dec!(1.005), dec!(-1.01)));
        let integers = (Number::medium.round(-2), Number::large.round(-2), Number::small.round(-1), Number::medium.round(3), Number::medium.round(-9));
        assert_eq!(numbers.clone().limit(1).values_list(integers).one(db)?, (1_300, -1_300, -10, 1_250, 0));
        // The places may be an expression.
        let places: Option<f64> = numbers.limit(1).values_list(Number::float.round(Number::maybe)).one(db)?;
        assert_eq!(places, None);
        assert_eq!(Number::objects().filter(Number::exact.round(2).eq(dec!(1.01))).count(db)?, floats.len() as u64);
    }

    fn roots_powers_and_logarithms(db) {
        number(6.25, dec!(100), Some(3))(db)?;
        let numbers = Number::objects();
        let (root, cube, e, ln) = numbers.clone().values_list((Number::float.sqrt(), Number::float.power(3), Number::float.exp(), Number::float.ln())).one(db)?;
        assert_eq!((root, cube), (Some(2.5), Some(244.140625)));
        near(e, 6.25_f64.exp());
        near(ln.unwrap_or_default(), 6.25_f64.ln());
        let (ten, two, of_integer, of_two) = numbers.clone()
            .values_list((Number::exact.log(10), Number::exact.log(2), Number::maybe.sqrt(), Number::maybe.power(Number::exact))).one(db)?;
        assert_eq!(ten, Some(2.0));
        near(two.unwrap_or_default(), 100_f64.ln() / 2_f64.ln());
        near(of_integer.unwrap_or_default(), 3_f64.sqrt());
        near(of_two.unwrap_or_default(), 3_f64.powf(100.0));
        assert_eq!(numbers.clone().filter(Number::float.sqrt().gt(2.4)).count(db)?, 1);
        // Outside of the domain there is nothing.
        let none = (
            (-Number::float).sqrt(), (-Number::float).ln(), (Number::float * 0).ln(), (-Number::float).power(0.5), (Number::float * 0).power(-1),
            Number::float.log(1), Number::float.log(0), (-Number::float).log(10),
        );
        assert_eq!(numbers.clone().values_list(none).one(db)?, (None, None, None, None, None, None, None, None));
        let zero = ((Number::float * 0).power(0), (-Number::float).power(2), (Number::float * 0).sqrt(), Number::other.power(2), Number::other.exp());
        assert_eq!(numbers.clone().values_list(zero).one(db)?, (Some(1.0), Some(39.0625), Some(0.0), None, None));
        // What is no double is an error, too large or too small.
        let out = |rows: Result<Option<f64>>| assert!(matches!(rows, Err(Error::OutOfRange { .. })), "{rows:?}");
        out(numbers.clone().values_list((Number::float * 1000).exp()).one(db).map(Some));
        out(numbers.clone().values_list((Number::float * -1000).exp()).one(db).map(Some));
        out(numbers.clone().values_list(Number::exact.power(1000)).one(db));
        out(numbers.clone().values_list(Number::exact.power(-1000)).one(db));
        assert_eq!(numbers.clone().values_list((Number::small.modulo(4), Number::medium.modulo(Number::maybe))).one(db)?, (-3, Some(2)));
        assert_eq!(numbers.values_list(Number::exact.modulo(dec!(0.3))).one(db)?, dec!(0.1));
    }

    fn angles(db) {
        number(0.5, dec!(2.5), Some(180))(db)?;
        let numbers = Number::objects();
        let (sin, cos, tan, cot) = numbers.clone().values_list((Number::exact.sin(), Number::exact.cos(), Number::exact.tan(), Number::exact.cot())).one(db)?;
        near(sin, 2.5_f64.sin());
        near(cos, 2.5_f64.cos());
        near(tan, 2.5_f64.tan());
        near(cot.unwrap_or_default(), 2.5_f64.tan().recip());
        let (asin, acos, atan, atan2) = numbers.clone().values_list((Number::float.asin(), Number::float.acos(), Number::float.atan(), Number::float.atan2(2))).one(db)?;
        near(asin.unwrap_or_default(), 0.5_f64.asin());
        near(acos.unwrap_or_default(), 0.5_f64.acos());
        near(atan, 0.5_f64.atan());
        near(atan2, 0.5_f64.atan2(2.0));
        let none = (Number::exact.asin(), (-Number::exact).acos(), (Number::float * 0).cot(), Number::other.sin());
        assert_eq!(numbers.clone().values_list(none).one(db)?, (None, None, None, None));
        let (degrees, radians, half) = numbers.clone().values_list((Number::float.degrees(), Number::maybe.radians(), pi())).one(db)?;
        assert_eq!((degrees, half), (0.5 / 0.017453292519943295, std::f64::consts::PI));
        assert_eq!(radians, Some(180.0 * 0.017453292519943295));
        assert_eq!(numbers.filter(Number::float.lt(pi())).count(db)?, 1);
    }

    fn numbers_of_chance(db) {
        for _ in 0..20 {
            number(0.5, dec!(2.5), None)(db)?;
        }
        let rows: Vec<f64> = Number::objects().values_list(random()).all(db)?;
        assert!(rows.iter().all(|x| (0.0..1.0).contains(x)), "{rows:?}");
        assert!(rows.iter().any(|x| *x != rows[0]), "one number for all rows");
        let orders: Vec<Vec<i64>> = (0..3).map(|_| Number::objects().order_by(random()).values_list(Number::id).all(db)).collect::<Result<_>>()?;
        assert!(orders.iter().any(|order| *order != orders[0]) || !orders[0].is_sorted(), "{orders:?}");
        Number::objects().update(db, Number::float.set(random()))?;
        assert_eq!(Number::objects().filter(Number::float.lt(1)).count(db)?, 20);
    }

    fn bits(db) {
        number(0.5, dec!(2.5), Some(6))(db)?;
        let bits = (
            Number::maybe.bit_and(3), Number::medium.bit_or(5), Number::small.bit_xor(1), Number::medium.bit_and(Number::large),
            Number::small.bit_or(Number::maybe), Number::other.bit_and(1),
        );
        assert_eq!(Number::objects().values_list(bits).one(db)?, (Some(2), 1_250 | 5, -7 ^ 1, 1_250 & -1_250, Some(-7 | 6), None));
        let moved = (Number::maybe.shl(2), Number::maybe.shr(1), Number::small.shr(1), Number::small.shl(13), Number::large.shl(40), Number::medium.shl(30));
        let expected = (Some(24), Some(3), -4, -7_i16 << 13, -1_250_i64 << 40, 1_250_i32 << 30);
        assert_eq!(Number::objects().values_list(moved).one(db)?, expected);
        let far = (Number::maybe.shl(32), Number::maybe.shr(32), Number::small.shr(99), Number::small.shl(16), Number::large.shl(-1), Number::maybe.shr(-1), Number::maybe.shl(Number::other));
        assert_eq!(Number::objects().values_list(far).one(db)?, (Some(0), Some(0), -1, 0, 0, Some(0), None));
        assert_eq!(Number::objects().filter(Number::maybe.bit_and(Number::maybe.shr(1)).eq(2) & (Number::maybe.bit_or(1) + 1).eq(8)).count(db)?, 1);
    }
}
