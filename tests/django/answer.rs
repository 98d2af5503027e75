//! Our results in the form of `cases.json`: decimals as texts, datetimes with an offset, durations in microseconds.

use orm::prelude::*;
use serde_json::{Map, Value as Json};

/// A result that `cases.json` can show.
pub trait Answer {
    /// Its form there.
    fn into_json(self) -> Json;
}

macro_rules! answers {
    ($($type:ty => |$value:ident| $json:expr;)+) => { $(
        impl Answer for $type {
            fn into_json(self) -> Json {
                let $value = self;
                Json::from($json)
            }
        }
    )+ };
}
answers! {
    bool => |v| v;
    i32 => |v| v;
    i64 => |v| v;
    u64 => |v| v;
    f64 => |v| v;
    &str => |v| v;
    String => |v| v;
    Decimal => |v| v.to_string();
    Uuid => |v| v.to_string();
    NaiveDate => |v| v.to_string();
    NaiveTime => |v| v.format("%H:%M:%S%.6f").to_string().trim_end_matches(".000000");
    DateTime<Utc> => |v| v.format("%Y-%m-%dT%H:%M:%S%.6f%:z").to_string().replace(".000000", "");
    Duration => |v| v.num_microseconds();
    Json => |v| v;
    Map<String, Json> => |v| v;
}

impl<T: Answer> Answer for Option<T> {
    fn into_json(self) -> Json {
        self.map_or(Json::Null, T::into_json)
    }
}

impl<T: Answer> Answer for Vec<T> {
    fn into_json(self) -> Json {
        self.into_iter().map(T::into_json).collect()
    }
}

impl<K: Into<String>, T: Answer, const N: usize> Answer for [(K, T); N] {
    /// Python's dictionaries.
    fn into_json(self) -> Json {
        let pairs = self.map(|(key, value)| (key.into(), value.into_json()));
        Json::Object(pairs.into_iter().collect())
    }
}

macro_rules! tuples {
    ($($($name:ident)+;)+) => { $(
        impl<$($name: Answer),+> Answer for ($($name,)+) {
            #[allow(non_snake_case, reason = "a variable for each type parameter")]
            fn into_json(self) -> Json {
                let ($($name,)+) = self;
                Json::Array(vec![$($name.into_json()),+])
            }
        }
    )+ };
}
tuples! {
    A;
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E F;
}

/// Whether two answers are the same; of a bag the order of the rows does not count.
pub fn same(ours: &Json, theirs: &Json, ordered: bool) -> bool {
    match (ours, theirs) {
        (Json::Array(ours), Json::Array(theirs)) if !ordered => sorted(ours) == sorted(theirs),
        _ => ours == theirs,
    }
}

fn sorted(rows: &[Json]) -> Vec<String> {
    let mut rows: Vec<_> = rows.iter().map(Json::to_string).collect();
    rows.sort();
    rows
}

#[test]
fn only_a_list_has_an_order() {
    let (forth, back) = (json!([[1], [2]]), json!([[2], [1]]));
    assert!(same(&forth, &back, false) && !same(&forth, &back, true));
    assert!(!same(&forth, &json!([[1], [2], [2]]), false));
}

#[test]
fn answers_have_the_form_of_the_cases() {
    let time = |micro| NaiveTime::from_hms_micro_opt(6, 7, 8, micro).expect("a time");
    let day = crate::day("2020-02-29");
    let answer = (
        (dec!(1.50), time(0), time(90_000)),
        (day.and_time(time(90_000)).and_utc(), day, None::<i32>),
        Duration::milliseconds(-1),
    );
    assert_eq!(
        answer.into_json(),
        json!([
            ["1.50", "06:07:08", "06:07:08.090000"],
            ["2020-02-29T06:07:08.090000+00:00", "2020-02-29", null],
            -1_000
        ])
    );
}
