//! JSON documents: paths into them, what is read there, which keys they have, what they contain, and their order.

use std::cmp::Ordering;

use orm::prelude::*;
use serde_json::{Number, Value};

use crate::rng::Rng;
use crate::samples::{Sample, told, with_samples};
use crate::support::suite;

const KEYS: [&str; 7] = ["a", "b", "ab", "0", "a.b", "é\"'", ""];

suite! {
    fn paths_and_what_is_there(db) {
        with_samples(db, with_document, |db, rng, rows| {
            for _ in 0..12 {
                let (path, at) = path(rng);
                let there = |row: &Sample| follow(row.doc.as_ref()?, &path).cloned();
                told! { db, rows;
                    &at, |row| there(row);
                    at.as_text(), |row| match there(row)? {
                        Value::String(text) => Some(text),
                        Value::Number(number) => Some(number.to_string()),
                        Value::Bool(truth) => Some(truth.to_string()),
                        _ => None,
                    };
                    at.as_i64(), |row| there(row)?.as_f64().filter(|of| of.fract() == 0.0).map(|of| of as i64);
                    at.as_f64(), |row| there(row)?.as_f64();
                    at.as_bool(), |row| there(row)?.as_bool();
                    at.is_null(), |row| there(row).is_none();
                    at.is_json_null(), |row| there(row) == Some(Value::Null);
                }
            }
            Ok(())
        })?;
    }

    fn keys_and_contents(db) {
        with_samples(db, with_document, |db, rng, rows| {
            for _ in 0..12 {
                let (path, at) = path(rng);
                let there = |row: &Sample| follow(row.doc.as_ref()?, &path).cloned();
                let keys: Vec<&str> = (0..1 + rng.below(3)).map(|_| *rng.pick(&KEYS)).collect();
                let has = |row: &Sample, key: &str| there(row).is_some_and(|of| of.as_object().is_some_and(|of| of.contains_key(key)));
                // A part of some row's, so that there are rows that contain it, or anything.
                let other = match rng.chance(60).then(|| rng.pick(rows).doc.as_ref()).flatten() {
                    Some(doc) => part(rng, doc),
                    None => document(rng, 2),
                };
                let key = keys[0];
                told! { db, rows;
                    at.has_key(key), |row| has(row, key);
                    at.has_keys(&keys), |row| keys.iter().all(|key| has(row, key));
                    at.has_any_keys(&keys), |row| keys.iter().any(|key| has(row, key));
                    at.contains(other.clone()), |row| there(row).is_some_and(|of| contains(&of, &other, true));
                    at.contained_by(other.clone()), |row| there(row).is_some_and(|of| contains(&other, &of, true));
                    Sample::doc.contains(&at), |row| there(row).is_some_and(|of| row.doc.as_ref().is_some_and(|doc| contains(doc, &of, true)));
                    at.contained_by(Sample::doc), |row| there(row).is_some_and(|of| row.doc.as_ref().is_some_and(|doc| contains(doc, &of, true)));
                    !at.contains(other.clone()), |row| !there(row).is_some_and(|of| contains(&of, &other, true));
                }
            }
            Ok(())
        })?;
    }

    fn equality_and_order(db) {
        with_samples(db, with_document, |db, rng, rows| {
            for _ in 0..12 {
                let (path, at) = path(rng);
                let there = |row: &Sample| follow(row.doc.as_ref()?, &path).cloned();
                let other = match rng.chance(60).then(|| rng.pick(rows).doc.clone()).flatten() {
                    Some(doc) => doc,
                    None => document(rng, 2),
                };
                let order = |row: &Sample| there(row).map(|of| compare(&of, &other));
                told! { db, rows;
                    at.eq(other.clone()), |row| order(row) == Some(Ordering::Equal);
                    at.ne(other.clone()), |row| order(row) != Some(Ordering::Equal);
                    at.lt(other.clone()), |row| order(row) == Some(Ordering::Less);
                    at.gte(other.clone()), |row| order(row).is_some_and(Ordering::is_ge);
                    at.eq(Sample::doc), |row| there(row).is_some_and(|of| row.doc.as_ref().is_some_and(|doc| compare(&of, doc).is_eq()));
                }
                let mut expected: Vec<&Sample> = rows.iter().collect();
                expected.sort_by(|a, b| match (there(a), there(b)) {
                    (Some(a), Some(b)) => compare(&a, &b),
                    (a, b) => a.is_none().cmp(&b.is_none()),
                });
                let found = Sample::objects().order_by((&at, Sample::id)).values_list(Sample::id).all(db)?;
                let expected: Vec<i64> = expected.iter().map(|row| row.id).collect();
                assert_eq!(found, expected, "in the order of {path:?}");
            }
            Ok(())
        })?;
    }
}

fn with_document(rng: &mut Rng, row: &mut Sample) {
    row.doc = rng.maybe(10, |rng| document(rng, 3));
}

fn scalar(rng: &mut Rng) -> Value {
    match rng.below(8) {
        0 => Value::Null,
        1 => rng.chance(50).into(),
        2 | 3 => rng.between(-2, 3).into(),
        4 => {
            Number::from_f64(*rng.pick(&[1.0, 2.0, -1.5, 0.25])).map_or(Value::Null, Value::Number)
        }
        _ => (*rng.pick(&["a", "b", "", "1", "true", "é\"'"])).into(),
    }
}

/// A document that is so deep at most.
fn document(rng: &mut Rng, depth: usize) -> Value {
    if depth == 0 || rng.chance(25) {
        return scalar(rng);
    }
    let count = rng.below(4);
    if rng.chance(45) {
        (0..count).map(|_| document(rng, depth - 1)).collect()
    } else {
        let member = |_| {
            // The first ones more often, so that paths lead somewhere.
            let key = KEYS[rng.below(KEYS.len()).min(rng.below(KEYS.len()))];
            (key.to_owned(), document(rng, depth - 1))
        };
        Value::Object((0..count).map(member).collect())
    }
}

/// A document with less in it.
fn part(rng: &mut Rng, of: &Value) -> Value {
    match of {
        Value::Array(of) => {
            let mut kept: Vec<Value> = Vec::new();
            for item in of {
                if rng.chance(60) {
                    kept.insert(rng.below(kept.len() + 1), part(rng, item));
                }
            }
            kept.into()
        }
        Value::Object(of) => {
            let kept = of.iter().filter(|_| rng.chance(60)).collect::<Vec<_>>();
            let kept = kept
                .into_iter()
                .map(|(key, of)| (key.clone(), part(rng, of)));
            Value::Object(kept.collect())
        }
        scalar => scalar.clone(),
    }
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Key(&'static str),
    At(i32),
}

/// A path of up to two steps.
fn path(rng: &mut Rng) -> (Vec<Step>, Expr<Sample, Option<Value>>) {
    let mut path = Vec::new();
    let mut at: Expr<Sample, Option<Value>> = Sample::doc.expr();
    for _ in 0..rng.below(3) {
        let step = if rng.chance(60) {
            Step::Key(KEYS[rng.below(KEYS.len()).min(rng.below(KEYS.len()))])
        } else {
            Step::At(rng.between(-2, 2) as i32)
        };
        at = match step {
            Step::Key(key) => at.key(key),
            Step::At(index) => at.at(index),
        };
        path.push(step);
    }
    (path, at)
}

fn follow<'v>(of: &'v Value, path: &[Step]) -> Option<&'v Value> {
    path.iter().try_fold(of, |of, step| match (step, of) {
        (Step::Key(key), Value::Object(of)) => of.get(*key),
        (Step::At(index), Value::Array(of)) => match usize::try_from(*index) {
            Ok(index) => of.get(index),
            Err(_) => of.iter().rev().nth(index.unsigned_abs() as usize - 1),
        },
        _ => None,
    })
}

/// Whether a document contains another. A list contains a scalar only where the list is the whole document.
fn contains(whole: &Value, part: &Value, outside: bool) -> bool {
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => part.iter().all(|(key, part)| {
            let member = whole.get(key);
            member.is_some_and(|whole| contains(whole, part, false))
        }),
        (Value::Array(whole), Value::Array(part)) => {
            let mut parts = part.iter();
            parts.all(|part| whole.iter().any(|whole| contains(whole, part, false)))
        }
        (Value::Array(whole), part) if outside && !part.is_object() => {
            whole.iter().any(|whole| contains(whole, part, false))
        }
        (Value::Array(_) | Value::Object(_), _) | (_, Value::Array(_) | Value::Object(_)) => false,
        (whole, part) => compare(whole, part).is_eq(),
    }
}

/// The order of `jsonb`, of PostgreSQL's documentation: `Object > Array > Boolean > Number > String > null`, those with more members
/// later, then pair by pair, the keys by their lengths first; and an empty list before everything, where it is the whole document.
fn compare(a: &Value, b: &Value) -> Ordering {
    let rank = |of: &Value| match of {
        Value::Null => 0,
        Value::String(_) => 1,
        Value::Number(_) => 2,
        Value::Bool(_) => 3,
        Value::Array(_) => 4,
        Value::Object(_) => 5,
    };
    let empty = |of: &Value| *of == Value::Array(Vec::new());
    match (empty(a), empty(b)) {
        (true, false) if rank(b) < 4 => return Ordering::Less,
        (false, true) if rank(a) < 4 => return Ordering::Greater,
        _ => {}
    }
    inside(a, b, &rank)
}

fn inside(a: &Value, b: &Value, rank: &dyn Fn(&Value) -> u8) -> Ordering {
    match (a, b) {
        (Value::String(a), Value::String(b)) => a.cmp(b),
        (Value::Number(a), Value::Number(b)) => a
            .as_f64()
            .partial_cmp(&b.as_f64())
            .unwrap_or(Ordering::Equal),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Array(a), Value::Array(b)) => {
            let members = a.iter().zip(b).map(|(a, b)| inside(a, b, rank));
            a.len()
                .cmp(&b.len())
                .then(members.fold(Ordering::Equal, Ordering::then))
        }
        (Value::Object(a), Value::Object(b)) => {
            let pairs = |of: &serde_json::Map<String, Value>| {
                let mut pairs: Vec<(usize, String, Value)> = of
                    .iter()
                    .map(|(key, of)| (key.len(), key.clone(), of.clone()))
                    .collect();
                pairs.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
                pairs
            };
            let members = pairs(a).into_iter().zip(pairs(b)).map(|(a, b)| {
                // Key by key, and of keys alone not the length first: as the server compares their texts.
                a.1.cmp(&b.1).then_with(|| inside(&a.2, &b.2, rank))
            });
            a.len()
                .cmp(&b.len())
                .then(members.fold(Ordering::Equal, Ordering::then))
        }
        (a, b) => rank(a).cmp(&rank(b)),
    }
}
