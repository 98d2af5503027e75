//! Values of each type, those that break things among them.

use orm::prelude::*;

use crate::support::{day, dialect, suite};
use crate::vault::{Fate, Vault, ids, tries};

mod tried {
    use super::*;

    tries!(flag: bool, |v| *v);
    tries!(small: i16, |v| *v);
    tries!(medium: i32, |v| *v);
    tries!(large: i64, |v| *v);
    tries!(single: f32, |v| *v);
    tries!(double: f64, |v| *v);
    tries!(bytes: Vec<u8>, |v| v.as_slice());
    tries!(number: Decimal, |v| *v);
    tries!(money: Decimal, |v| *v);
    tries!(fraction: Decimal, |v| *v);
    tries!(key: Uuid, |v| *v);
    tries!(day: NaiveDate, |v| *v);
    tries!(clock: NaiveTime, |v| *v);
    tries!(local: NaiveDateTime, |v| *v);
    tries!(moment: DateTime<Utc>, |v| *v);
    tries!(length: Duration, |v| *v);
}

/// Asserts what becomes of values that both databases treat alike.
macro_rules! all {
    ($db:ident, $field:ident, $fate:ident, [$($value:expr),* $(,)?]) => {
        for value in [$($value),*] {
            let fate = tried::$field($db, &value, &|found| *found == value)?;
            assert_eq!(fate, Fate::$fate, "{}: {value:?}", stringify!($field));
        }
    };
}

/// What SQLite alone, or PostgreSQL alone, refuses.
fn refused_by(db: &Database, backend: Dialect) -> Fate {
    if dialect(db) == backend {
        Fate::Refused
    } else {
        Fate::Kept
    }
}

suite! {
    fn integers_and_truth_at_their_ends(db) {
        all!(db, flag, Kept, [true, false]);
        all!(db, small, Kept, [i16::MIN, -1, 0, 1, i16::MAX]);
        all!(db, medium, Kept, [i32::MIN, -1, 0, 1, i32::MAX]);
        all!(db, large, Kept, [i64::MIN, i64::MIN + 1, -1, 0, 1, (1 << 53) + 1, i64::MAX - 1, i64::MAX]);
        all!(db, key, Kept, [Uuid::nil(), Uuid::max(), Uuid::from_u128(1)]);
    }

    fn floats_at_their_ends(db) {
        all!(db, double, Kept, [
            f64::MIN, f64::MAX, f64::MIN_POSITIVE, f64::EPSILON, 5e-324, -5e-324, 0.1, 1e308, -0.0, 0.0,
            f64::INFINITY, f64::NEG_INFINITY, 9_007_199_254_740_993.0, 1.0 / 3.0,
        ]);
        all!(db, single, Kept, [
            f32::MIN, f32::MAX, f32::MIN_POSITIVE, f32::EPSILON, 1e-45, 0.1, -0.0, 16_777_217.0,
            f32::INFINITY, f32::NEG_INFINITY, 1.0 / 3.0,
        ]);
        let nan = tried::double(db, &f64::NAN, &|found| found.is_nan())?;
        assert_eq!(nan, refused_by(db, Dialect::Sqlite));
        let nan = tried::single(db, &f32::NAN, &|found| found.is_nan())?;
        assert_eq!(nan, refused_by(db, Dialect::Sqlite));
    }

    fn decimals_at_their_ends(db) {
        all!(db, number, Kept, [
            Decimal::MAX, Decimal::MIN, Decimal::ZERO, dec!(-0), dec!(0.000), dec!(1.10), dec!(-1.10), dec!(0.1),
            dec!(0.0000000000000000000000000001),
            Decimal::from_parts(u32::MAX, u32::MAX, u32::MAX, false, 28), Decimal::from_parts(u32::MAX, u32::MAX, u32::MAX, true, 28),
            dec!(999999999999999), dec!(9999999999999999), dec!(100000000000000000000), dec!(0.123456789012345),
            dec!(0.1234567890123456), dec!(12345678901234567890.12345678), Decimal::new(1, 15), Decimal::new(3, 28),
        ]);
        all!(db, money, Kept, [dec!(999.99), dec!(-999.99), dec!(0.01), dec!(0), dec!(1.1), dec!(1.100000), dec!(100)]);
        all!(db, fraction, Kept, [dec!(0.9999999999999999999999999999), dec!(-0.0000000000000000000000000001), dec!(0)]);
        // Of a column with digits of its own a draft is refused before any SQL, and a comparison is only false.
        for (field, value) in [("money", dec!(1000)), ("money", dec!(0.001)), ("money", Decimal::MAX)] {
            let refused = Vault::draft().money(value).save(db).expect_err("too many digits").to_string();
            assert!(refused.contains(&format!("Vault.{field}")), "{refused}");
            assert_eq!(ids(db, Vault::money.eq(value))?, [0_i64; 0]);
            let refused = Vault::objects().update(db, Vault::money.set(value)).expect_err("too many digits").to_string();
            assert!(refused.contains("Vault.money"), "{refused}");
        }
        for value in [dec!(1), Decimal::MAX] {
            let refused = Vault::draft().fraction(value).save(db).expect_err("too many digits").to_string();
            assert!(refused.contains("Vault.fraction"), "{refused}");
        }
    }

    fn days_and_times_at_their_ends(db) {
        let micros = NaiveTime::from_hms_micro_opt(23, 59, 59, 999_999).expect("a time");
        all!(db, clock, Kept, [NaiveTime::MIN, micros, NaiveTime::from_hms_micro_opt(0, 0, 0, 1).expect("a time")]);
        all!(db, day, Kept, [day(0, 1, 1), day(1, 1, 1), day(9999, 12, 31), day(2000, 2, 29), day(1900, 2, 28)]);
        all!(db, local, Kept, [
            day(0, 1, 1).and_time(NaiveTime::MIN), day(9999, 12, 31).and_time(micros), day(1, 1, 1).and_time(micros),
            DateTime::UNIX_EPOCH.naive_utc(),
        ]);
        all!(db, moment, Kept, [
            day(0, 1, 1).and_time(NaiveTime::MIN).and_utc(), day(9999, 12, 31).and_time(micros).and_utc(), DateTime::UNIX_EPOCH,
        ]);
        // What SQLite's texts have no room for, and then what PostgreSQL does not hold either.
        for (far, by_postgres) in [
            (day(10_000, 1, 1), Fate::Kept), (NaiveDate::MAX, Fate::Kept), (day(-1, 12, 31), Fate::Kept), (day(-4713, 11, 24), Fate::Kept),
            (day(-4713, 11, 23), Fate::Refused), (NaiveDate::MIN, Fate::Refused),
        ] {
            let expected = if dialect(db) == Dialect::Sqlite { Fate::Refused } else { by_postgres };
            assert_eq!(tried::day(db, &far, &|found| *found == far)?, expected, "{far}");
            let noon = far.and_hms_opt(12, 0, 0).expect("noon");
            assert_eq!(tried::local(db, &noon, &|found| *found == noon)?, expected, "{noon}");
            let moment = noon.and_utc();
            assert_eq!(tried::moment(db, &moment, &|found| *found == moment)?, expected, "{moment}");
        }
        for far in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
            let kept = far == DateTime::<Utc>::MAX_UTC && dialect(db) == Dialect::Postgres;
            let to_the_microsecond = |found: &DateTime<Utc>| found.timestamp_micros() == far.timestamp_micros();
            let fate = tried::moment(db, &far, &to_the_microsecond)?;
            assert_eq!(fate == Fate::Kept, kept, "{far}");
        }
    }

    fn times_are_kept_to_the_microsecond(db) {
        let nanos = NaiveTime::from_hms_nano_opt(12, 34, 56, 123_456_789).expect("a time");
        let cut = NaiveTime::from_hms_nano_opt(12, 34, 56, 123_456_000).expect("a time");
        assert_eq!(tried::clock(db, &nanos, &|found| *found == cut)?, Fate::Kept);
        let leap = NaiveTime::from_hms_nano_opt(23, 59, 59, 1_500_000_000).expect("a leap second");
        let before = NaiveTime::from_hms_micro_opt(23, 59, 59, 999_999).expect("a time");
        assert_eq!(tried::clock(db, &leap, &|found| *found == before)?, Fate::Kept);
        let moment = day(2016, 12, 31).and_time(leap).and_utc();
        assert_eq!(tried::moment(db, &moment, &|found| *found == day(2016, 12, 31).and_time(before).and_utc())?, Fate::Kept);
    }

    fn durations_at_their_ends(db) {
        all!(db, length, Kept, [
            Duration::zero(), Duration::microseconds(1), Duration::microseconds(-1), Duration::microseconds(i64::MAX),
            Duration::microseconds(i64::MIN), Duration::days(36_500), Duration::days(-36_500),
        ]);
        all!(db, length, Refused, [Duration::MAX, Duration::MIN]);
        assert_eq!(tried::length(db, &Duration::nanoseconds(1_999), &|found| *found == Duration::microseconds(1))?, Fate::Kept);
    }

    fn bytes_of_every_value(db) {
        let every: Vec<u8> = (0..=255).collect();
        all!(db, bytes, Kept, [Vec::new(), vec![0], vec![0; 3], b"'\"\\%".to_vec(), vec![255, 254], every.clone(), every.repeat(40_000)]);
    }
}
