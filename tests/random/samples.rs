//! Rows with a value of every type, and an expression of each compared with what plain Rust makes of the row: for functions whose
//! values are not told to the last digit, or are NULL and wrong outside of a domain, so that they do not compose at random.

use std::fmt::Debug;

use orm::prelude::*;
use orm::query::RowShape;
use rust_decimal::Decimal;

use crate::query_sets::sql;
use crate::rng::{Rng, seed, times};

/// A row of values that are larger, odder and more than those of the other random queries.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Sample {
    pub id: i64,
    pub small: i16,
    pub medium: i32,
    pub big: i64,
    pub maybe: Option<i64>,
    /// How far bits are moved.
    pub places: i32,
    pub real: f64,
    pub other: Option<f64>,
    pub exact: Decimal,
    pub text: String,
    /// What might be read as another type.
    pub written: Option<String>,
    pub truth: bool,
    pub day: NaiveDate,
    pub clock: NaiveTime,
    pub moment: NaiveDateTime,
    pub at: DateTime<Utc>,
    pub key: Uuid,
    pub doc: Option<serde_json::Value>,
}

/// Runs a test with random rows, some times. `make` changes a row that has random numbers and nothing in its texts and documents.
pub fn with_samples(
    db: &Database,
    make: impl Fn(&mut Rng, &mut Sample),
    test: impl Fn(&Database, &mut Rng, &[Sample]) -> Result<()>,
) -> Result<()> {
    let seed = seed();
    println!("ORM_RANDOM_SEED={seed}");
    let mut rng = Rng::new(seed);
    for _ in 0..4 * times() {
        let rows: Vec<Sample> = (1..=100)
            .map(|id| {
                let mut row = sample(&mut rng, id);
                make(&mut rng, &mut row);
                row
            })
            .collect();
        Sample::all_objects().delete(db)?;
        Sample::objects().bulk_create(db, rows.iter().map(draft))?;
        test(db, &mut rng, &rows)?;
    }
    Ok(())
}

fn sample(rng: &mut Rng, id: i64) -> Sample {
    let day = NaiveDate::from_ymd_opt(1, 1, 1).unwrap_or_default()
        + Duration::days(rng.between(0, 3_650_000));
    let micros = rng.between(0, 86_399_999_999);
    let micros = match rng.chance(30) {
        true => micros / 1_000_000 * 1_000_000,
        false => micros,
    };
    let clock = NaiveTime::MIN + Duration::microseconds(micros);
    Sample {
        id,
        small: bits(rng, 16) as i16,
        medium: bits(rng, 32) as i32,
        big: bits(rng, 64),
        maybe: rng.maybe(30, |rng| bits(rng, 64)),
        places: rng.between(-3, 70) as i32,
        real: real(rng),
        other: rng.maybe(20, real),
        exact: Decimal::new(rng.between(-9_999_999, 9_999_999), rng.below(5) as u32),
        text: String::new(),
        written: None,
        truth: rng.chance(50),
        day,
        clock,
        moment: day.and_time(clock),
        at: day.and_time(clock).and_utc(),
        key: Uuid::from_u128(u128::from(rng.next()) << 64 | u128::from(rng.next())),
        doc: None,
    }
}

/// An integer of any length.
pub fn bits(rng: &mut Rng, most: usize) -> i64 {
    let length = 1 + rng.below(most) as u32;
    // The sign is the highest bit of the length.
    (rng.next().cast_signed() << (64 - length)) >> (64 - length)
}

/// A number with few digits.
pub fn real(rng: &mut Rng) -> f64 {
    match rng.below(6) {
        0 => *rng.pick(&[0.0, 1.0, -1.0, 0.5, -0.5, 2.0, 10.0, 1e-7, -1e-7]),
        1 => rng.between(-20, 20) as f64,
        2 => rng.between(-1000, 1000) as f64 / 1000.0,
        _ => rng.between(-20_000, 20_000) as f64 / 1000.0,
    }
}

fn draft(row: &Sample) -> Draft<Sample> {
    Sample::draft()
        .id(row.id)
        .small(row.small)
        .medium(row.medium)
        .big(row.big)
        .maybe(row.maybe)
        .places(row.places)
        .real(row.real)
        .other(row.other)
        .exact(row.exact)
        .text(row.text.as_str())
        .written(row.written.as_deref())
        .truth(row.truth)
        .day(row.day)
        .clock(row.clock)
        .moment(row.moment)
        .at(row.at)
        .key(row.key)
        .doc(row.doc.clone())
        .build()
}

/// What an expression is compared by.
pub trait Alike: Debug {
    fn alike(&self, other: &Self) -> bool;
}

impl Alike for f64 {
    /// The functions of floats are those of the C library, whose last digits depend on the machine.
    fn alike(&self, other: &Self) -> bool {
        (self - other).abs() <= 1e-11 * (self.abs() + other.abs()) + 1e-14
    }
}

macro_rules! equal {
    ($($type:ty)+) => { $(
        impl Alike for $type {
            fn alike(&self, other: &Self) -> bool {
                self == other
            }
        }
    )+ };
}
equal! { bool i16 i32 i64 Decimal String NaiveDate NaiveTime NaiveDateTime DateTime<Utc> Uuid serde_json::Value }

impl<T: Alike> Alike for Option<T> {
    fn alike(&self, other: &Self) -> bool {
        match (self, other) {
            (Some(a), Some(b)) => a.alike(b),
            (a, b) => a.is_none() && b.is_none(),
        }
    }
}

/// Asks for an expression of each row, which `query` selects, and compares it with what it should be.
pub fn compare<R, T>(
    db: &Database,
    rows: &[Sample],
    what: &str,
    query: &QuerySet<Sample, R>,
    expected: impl Fn(&Sample) -> T,
) -> Result<()>
where
    R: RowShape<Output = T>,
    T: Alike,
{
    let told = || {
        format!(
            "{what}\n{}\nORM_RANDOM_SEED={}",
            sql(db, query),
            crate::rng::seed()
        )
    };
    let found = match query.all(db) {
        Ok(found) => found,
        Err(error) => panic!("{error}: {}", told()),
    };
    assert_eq!(found.len(), rows.len(), "{}", told());
    for (row, found) in rows.iter().zip(found) {
        let expected = expected(row);
        assert!(
            expected.alike(&found),
            "expected {expected:?}, found {found:?}: {}\n{row:?}",
            told()
        );
    }
    Ok(())
}

/// Compares expressions of each row with what plain Rust makes of it.
macro_rules! told {
    ($db:expr, $rows:expr; $($expr:expr, |$row:ident| $expected:expr;)+) => { $({
        let query = $crate::samples::Sample::objects()
            .order_by($crate::samples::Sample::id)
            .values_list($expr);
        $crate::samples::compare($db, $rows, stringify!($expr), &query, |$row| $expected)?;
    })+ };
}
pub(crate) use told;
