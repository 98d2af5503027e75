//! JSON documents: deep, long, with keys and numbers of every kind.

use orm::prelude::*;
use serde_json::Value as Json;

use crate::support::{dialect, suite};
use crate::vault::{Fate, Vault, ids, tries};

mod tried {
    use super::*;

    tries!(json: Json, |v| v.clone());
}

/// Arrays, or objects, in each other.
fn nested(depth: usize, objects: bool) -> Json {
    (0..depth).fold(json!(1), |inner, _| {
        if objects {
            json!({ "a": inner })
        } else {
            json!([inner])
        }
    })
}

suite! {
    fn documents_come_back(db) {
        for document in [
            json!(null), json!(true), json!(0), json!(""), json!([]), json!({}),
            json!({"": 1}), json!({"a'\"\\b": {"$": ["%", "_"]}}), json!("' OR 1=1 --"), json!("\u{202e}😀e\u{301}"),
            json!("\\u0000"), json!("\\"), json!({"\\u0000": "\\\\"}), json!("\u{1}\u{7f}\u{2028}\u{feff}"),
            json!(i64::MIN), json!(i64::MAX), json!(u64::MAX), json!(0.1), json!(1.0 / 3.0), json!(1e300), json!(-1e-300),
            json!(f64::MAX), json!(5e-324), json!([1, 1.0, -0.0, 1e2]), json!(9_007_199_254_740_993_i64), json!(1.0715660391465826e-75), json!(-1.81996730402717e-179), json!(-1.603964615428183e143),
            json!({"b": 1, "a": 2, "aa": 3, "": 4, "é": 5}),
            json!("x".repeat(100_000)), json!(vec![0; 10_000]),
            Json::Object((0..1_000).map(|n| (format!("key {n}"), json!(n))).collect()),
        ] {
            let same = |found: &Json| same(found, &document);
            assert_eq!(tried::json(db, &document, &same)?, Fate::Kept, "{document}");
        }
    }

    fn deep_documents_come_back_or_are_refused(db) {
        for objects in [false, true] {
            for depth in [1, 10, 100, 126, 127] {
                let document = nested(depth, objects);
                assert_eq!(tried::json(db, &document, &|found| *found == document)?, Fate::Kept, "{depth}");
            }
            for depth in [128, 129, 500] {
                let document = nested(depth, objects);
                assert_eq!(tried::json(db, &document, &|_| true)?, Fate::Refused, "{depth}");
            }
        }
    }

    fn a_nul_is_refused_where_it_cannot_be_held(db) {
        for document in [json!("\0"), json!({"\0": 1}), json!([["a\0b"]])] {
            let expected = match dialect(db) {
                Dialect::Postgres => Fate::Refused,
                _ => Fate::Kept,
            };
            assert_eq!(tried::json(db, &document, &|found| *found == document)?, expected, "{document}");
        }
    }

    fn ten_megabytes_of_a_document(db) {
        for document in [json!("é'\\".repeat(2 << 20)), json!(vec!["x".repeat(1_000); 10_000])] {
            let row = Vault::draft().json(document.clone()).save(db)?;
            assert!(Vault::objects().get(db, Vault::id.eq(row.id))?.json.as_ref() == Some(&document));
            assert_eq!(ids(db, Vault::json.eq(document.clone()))?, [row.id]);
        }
    }
}

/// Whether two documents are equal by the value of their numbers.
fn same(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::Number(a), Json::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Json::Array(a), Json::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Json::Object(a), Json::Object(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|((k, a), (l, b))| k == l && same(a, b))
        }
        _ => a == b,
    }
}
