//! Functions of the database: every row of the tables of functions and lookups runs, and each means the same on both.

use orm::prelude::*;
use orm_core::ast::{Arity, Expr as Node, builtin};
use orm_core::value::{ColumnType, Value};

use crate::models::Word;
use crate::support::{day, suite};

/// Any node as an expression of a type: what the tests of single functions are made of.
struct Untyped<T>(Node, std::marker::PhantomData<T>);

impl<T: SqlType> Expression for Untyped<T> {
    type Scope = Word;
    type Type = T;
    type Kind = orm::expr::OneRow;

    fn node(&self) -> Node {
        self.0.clone()
    }
}

fn untyped<T: SqlType>(node: Node) -> Expr<Word, T> {
    Untyped(node, std::marker::PhantomData).expr()
}

/// A value of a type, which the statement names.
fn argument(of: ColumnType) -> Node {
    let at = day(2020, 2, 29).and_hms_opt(12, 30, 1).expect("a time");
    let value = match of {
        ColumnType::I16 => Value::I16(2),
        ColumnType::I32 => Value::I32(2),
        ColumnType::I64 => Value::I64(2),
        ColumnType::F64 => Value::F64(0.5),
        ColumnType::Decimal => Value::Decimal(dec!(2.5)),
        ColumnType::Date => Value::Date(at.date()),
        ColumnType::Time => Value::Time(at.time()),
        ColumnType::DateTime => Value::DateTime(at),
        ColumnType::Timestamp => Value::Timestamp(at.and_utc()),
        ColumnType::Duration => Value::Duration(TimeDelta::seconds(3723)),
        ColumnType::Json => Value::Json(Box::new(json!({"a": [1, {"b": "c"}]}))),
        ColumnType::Bool => Value::Bool(true),
        _ => Value::Text("a".into()),
    };
    Node::Cast(Box::new((Node::Bind(value), of)))
}

/// What a function takes: the types of its arguments, the last of which stands for all that follow.
fn arguments(name: &str) -> Vec<ColumnType> {
    use ColumnType::*;
    match name {
        "now" | "pi" | "random" => vec![],
        "add_date" | "sub_date" => vec![Date, Duration],
        "add_datetime" | "sub_datetime" => vec![DateTime, Duration],
        "add_utc" | "sub_utc" => vec![Timestamp, Duration],
        "add_time" | "sub_time" => vec![Time, Duration],
        "diff_date" => vec![Date],
        "microseconds" => vec![Duration],
        name if name.ends_with("_duration") => vec![Duration],
        "in_tz" => vec![Timestamp, Text],
        name if name.ends_with("_in") => vec![Timestamp, Text],
        "trunc_year" | "trunc_quarter" | "trunc_month" | "trunc_week" => vec![Date],
        name if name.ends_with("_datetime") => vec![DateTime],
        "json_key" | "json_without_key" => vec![Json, Text],
        "json_with_key" => vec![Json, Text, Json],
        "json_at" => vec![Json, I32],
        "json_object" => vec![Text, Json],
        "json_of_text" => vec![Text],
        "json_of_integer" => vec![I32],
        "json_of_single" | "json_of_double" => vec![F64],
        "json_of_bool" => vec![Bool],
        name if name.starts_with("json_") && !name.ends_with("_decimal") => vec![Json],
        "substr" => vec![Text, I32, I32],
        "substr_from" | "left" | "right" | "repeat" => vec![Text, I32],
        "lpad" | "rpad" => vec![Text, I32, Text],
        "chr" => vec![I32],
        "abs" | "sign" | "bit_and" | "bit_or" | "bit_xor" => vec![I64],
        "round_decimal" => vec![Decimal, I32],
        "round_i16" | "shl_i16" | "shr_i16" => vec![I16, I32],
        "round_i32" | "shl_i32" | "shr_i32" => vec![I32, I32],
        "round_i64" | "shl_i64" | "shr_i64" => vec![I64, I32],
        "round" => vec![F64, I32],
        "abs_i16" => vec![I16],
        "abs_i32" => vec![I32],
        name if !name.ends_with("decimal") && builtin::math::ALL.iter().any(|f| f.name == name) => {
            vec![F64]
        }
        name if name.ends_with("_decimal") => vec![Decimal],
        name if name.ends_with("_json") => vec![Json],
        name if name.ends_with("_utc") => vec![Timestamp],
        name if name.ends_with("_time") => vec![Time],
        name if builtin::dates::ALL.iter().any(|f| f.name == name) => vec![DateTime],
        _ => vec![Text],
    }
}

suite! {
    fn every_function_runs(db) {
        Word::draft().text("a").save(db)?;
        for function in builtin::FUNCTIONS.iter().copied().flatten() {
            let types = arguments(function.name);
            let (Arity::Exactly(count) | Arity::AtLeast(count)) = function.arity;
            let args = (0..count).map(|index| match (function.name, index) {
                (name, 1) if name.ends_with("_in") || name == "in_tz" => Node::Bind(Value::Text("Asia/Kathmandu".into())),
                _ => argument(types[index.min(types.len() - 1)]),
            });
            let result = untyped::<bool>(Node::call(function, args.collect()).is_null());
            let rows = Word::objects().values_list(result).all(db);
            assert!(rows.is_ok(), "{}: {rows:?}", function.name);
        }
    }

    fn every_lookup_runs(db) {
        Word::draft().text("a").other("a").save(db)?;
        for lookup in builtin::LOOKUPS.iter().copied() {
            let is_regex = lookup.name.ends_with("regex");
            if lookup.name.starts_with("json_") {
                let document = argument(ColumnType::Json);
                let operand = match lookup.name {
                    "json_has_key" => argument(ColumnType::Text),
                    name if name.ends_with("keys") => Node::Bind(Value::Array(Box::new(orm_core::value::ArrayValue {
                        element: ColumnType::Text,
                        values: vec![Value::Text("a".into())],
                    }))),
                    _ => document.clone(),
                };
                let found = untyped::<bool>(Node::lookup(lookup, document, operand));
                let rows = Word::objects().values_list(found).all(db)?;
                assert_eq!(rows, [true], "{}", lookup.name);
                continue;
            }
            for operand in [Node::Bind(Value::Text("a".into())), Word::other.node()] {
                let literal = matches!(operand, Node::Bind(_));
                let found = untyped::<bool>(Node::lookup(lookup, Word::text.node(), operand));
                let rows = Word::objects().values_list(found).all(db);
                // PostgreSQL's regular expressions are translated, so that they must be values.
                let refused = is_regex && !literal && matches!(rows, Err(Error::Unsupported { .. }));
                assert!(refused || rows.is_ok_and(|rows| rows == [true]), "{}", lookup.name);
            }
        }
    }

    fn parts_of_texts(db) {
        Word::draft().text("añb😀").save(db)?;
        let parts = (
            Word::text.substr(2, 2), Word::text.substr(0, 2), Word::text.substr(-1, 3), Word::text.substr(2, -1),
            Word::text.substr(5, 9), Word::text.substr(2, i32::MAX), Word::text.substr_from(3), Word::text.substr_from(-3),
        );
        let text = |texts: [&str; 8]| texts.map(str::to_owned);
        let (a, b, c, d, e, f, g, h) = Word::objects().values_list(parts).one(db)?;
        assert_eq!([a, b, c, d, e, f, g, h], text(["ñb", "a", "a", "", "", "ñb😀", "b😀", "añb😀"]));
        let ends = (
            Word::text.left(2), Word::text.left(0), Word::text.left(-1), Word::text.left(9),
            Word::text.right(2), Word::text.right(0), Word::text.right(-1), Word::text.right(9),
        );
        let (a, b, c, d, e, f, g, h) = Word::objects().values_list(ends).one(db)?;
        assert_eq!([a, b, c, d, e, f, g, h], text(["añ", "", "", "añb😀", "b😀", "", "", "añb😀"]));
        // Their bounds may be expressions, and NULL makes them NULL.
        let by_column: Option<String> = Word::objects().values_list(Word::text.left(Word::other.length())).one(db)?;
        assert_eq!(by_column, None);
        let half: String = Word::objects().values_list(Word::text.left(Word::text.length() - 2)).one(db)?;
        assert_eq!(half, "añ");
    }

    fn a_text_in_place_of_an_empty_one(db) {
        Word::draft().text("a").save(db)?;
        Word::draft().text("b").other("c").save(db)?;
        let replaced = Word::text.replace("", Word::other);
        assert_eq!(Word::objects().order_by(Word::id).values_list(replaced).all(db)?, [None, Some("b".to_owned())]);
    }

    fn changed_texts(db) {
        Word::draft().text("  pad\t ").other("aXbXX").save(db)?;
        let trimmed = (Word::text.trim(), Word::text.ltrim(), Word::text.rtrim());
        let rows: (String, String, String) = Word::objects().values_list(trimmed).one(db)?;
        assert_eq!(rows, ("pad\t".into(), "pad\t ".into(), "  pad\t".into()));
        let changed = (
            Word::other.replace("X", ".."), Word::other.replace("", "."), Word::other.replace("x", "."),
            Word::other.reverse(), Word::other.repeat(2), Word::other.repeat(0), Word::other.repeat(-1),
        );
        let (a, b, c, d, e, f, g) = Word::objects().values_list(changed).one(db)?;
        let expected = ["a..b....", "aXbXX", "aXbXX", "XXbXa", "aXbXXaXbXX", "", ""];
        assert_eq!([a, b, c, d, e, f, g], expected.map(|text| Some(text.to_owned())));
        let padded = (
            Word::other.lpad(7, "xyz"), Word::other.rpad(9, "é"), Word::other.lpad(2, "x"), Word::other.rpad(2, "x"),
            Word::other.lpad(9, ""), Word::other.rpad(-1, "x"), Word::other.rpad(6, Word::other),
        );
        let (a, b, c, d, e, f, g) = Word::objects().values_list(padded).one(db)?;
        let expected = ["xyaXbXX", "aXbXXéééé", "aX", "aX", "aXbXX", "", "aXbXXa"];
        assert_eq!([a, b, c, d, e, f, g], expected.map(|text| Some(text.to_owned())));
        let places = (Word::other.str_index("X"), Word::other.str_index("x"), Word::other.str_index(""));
        assert_eq!(Word::objects().values_list(places).one(db)?, (Some(2), Some(0), Some(1)));
        assert!(Word::objects().values_list(Word::text.repeat(i32::MAX)).all(db).is_err());
        assert_eq!(Word::objects().filter(Word::text.is_empty() | Word::other.is_empty()).count(db)?, 0);
    }

    fn characters_and_their_numbers(db) {
        for text in ["ñandú", "", "😀"] {
            Word::draft().text(text).save(db)?;
        }
        let codes: Vec<i32> = Word::objects().order_by(Word::id).values_list(Word::text.ord()).all(db)?;
        assert_eq!(codes, [241, 0, 128_512]);
        let first = |code: i32| -> Result<Option<String>> {
            Word::objects().limit(1).values_list((Word::text.length() * 0 + code).chr()).one(db)
        };
        assert_eq!(first(241)?.as_deref(), Some("ñ"));
        assert_eq!(first(128_512)?.as_deref(), Some("😀"));
        for none in [0, -1, 0xD800, 0xDFFF, 0x0011_0000, i32::MAX] {
            assert_eq!(first(none)?, None, "{none}");
        }
        let large: Option<String> = Word::objects().limit(1).values_list((Word::id * 0 + (1_i64 << 40)).chr()).one(db)?;
        assert_eq!(large, None);
    }

    fn hashes(db) {
        let long = "é".repeat(200);
        for text in ["", "abc", &long] {
            Word::draft().text(text).save(db)?;
        }
        let all = (Word::text.md5(), Word::text.sha1(), Word::text.sha224(), Word::text.sha256(), Word::text.sha384(), Word::text.sha512());
        let rows = Word::objects().order_by(Word::id).values_list(all).all(db)?;
        assert_eq!(rows[1].0, "900150983cd24fb0d6963f7d28e17f72");
        assert_eq!(rows[1].1, "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(rows[0].1, "da39a3ee5e6b4b0d3255bfef95601890afd80709");
        assert_eq!(rows[2].1, "41f11f3d6e8d2ed79e405deb6f43b2387170f7ee");
        assert_eq!(rows[1].2, "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7");
        assert_eq!(rows[1].3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert!(rows[1].4.starts_with("cb00753f45a35e8bb5a03d699ac65007") && rows[1].4.len() == 96);
        assert!(rows[1].5.starts_with("ddaf35a193617abacc417349ae204131") && rows[1].5.len() == 128);
        assert_eq!(Word::objects().filter(Word::text.sha1().eq(Word::text.sha1())).count(db)?, 3);
    }

    fn collations(db) {
        for text in ["b", "B", "a", "ä", "Z"] {
            Word::draft().text(text).save(db)?;
        }
        let texts = Word::objects().order_by(Word::text.collate("C").desc()).values_list(Word::text).all(db)?;
        assert_eq!(texts, ["ä", "b", "a", "Z", "B"]);
        assert_eq!(Word::objects().filter(Word::text.collate("C").lt("a")).count(db)?, 2);
        assert_eq!(Word::objects().filter(Word::text.lower().collate("C").eq("b")).count(db)?, 2);
        // The name is an identifier, whatever is in it.
        assert!(Word::objects().order_by(Word::text.collate("no\"such")).all(db).is_err());
    }
}
