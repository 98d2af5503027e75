//! JSON documents: paths, lookups, parts as other types, changes; and pieces of one's own. The same on both databases.

use orm::custom::{self, Function, Lookup};
use orm::expr::{BaseOf, Operand};
use orm::path::{About, Scope};
use orm::prelude::*;
use orm::types::Text;
use orm::value::ColumnType;
use serde_json::Value as Document;

use crate::models::{Book, Everything, Number, Paper, Word, library};
use crate::support::{day, suite};

/// A document with everything that a key may hold, under keys that mean something elsewhere.
fn odd() -> Document {
    json!({
        "title": "École", "n": 1, "float": 2.5, "whole": 2.0, "large": 9_007_199_254_740_993_i64, "digits": "12.50", "yes": true, "no": false,
        "null": null, "list": [1, "two", [3], {"four": 4}], "empty": [], "nested": {"x": {"y": [1, 2, 3]}},
        "a key": 1, "quo\"te": 2, "dot.ted": 3, "1": "one", "%": "percent", "back\\slash": 5, "$": 6, "[0]": 7, "": 8, "é\u{1F600}": 9, "?": 10,
        "new\nline": 11, "'": 12, "$.title": 13, "#-1": 14,
    })
}

fn papers(db: &Database) -> Result<()> {
    let bodies = [
        Some(odd()),
        None,
        Some(json!(null)),
        Some(json!([1, {"k": "v"}, [2, 3], "end"])),
        Some(json!("text")),
        Some(json!(42)),
        Some(json!({})),
    ];
    for body in bodies {
        let draft = Paper::draft();
        match body {
            Some(body) => draft.body(body).save(db)?,
            None => draft.save(db)?,
        };
    }
    Ok(())
}

static INITIAL: Function = Function::custom("initial", 1, "substr({0}, 1, 1)", ColumnType::Text)
    .on_sqlite("my_initial({0})");
static MULTIPLIED: Function = Function::custom("left", 2, "({0} * {1})", ColumnType::I32);
static LONGER: Lookup = Lookup::custom("contains", "char_length({0}) > char_length({1})")
    .on_sqlite("length({0}) > length({1})");

fn initial<E: Expression>(of: E) -> custom::Of<E, String>
where
    BaseOf<E>: Text,
{
    custom::function(&INITIAL, [of.node()])
}

fn longer<E: Expression, R>(of: E, than: R) -> Condition<E::Scope>
where
    BaseOf<E>: Text,
    R: Operand<E::Scope, String, Base: Text>,
    Scope: About<R::Scope, E::Scope>,
{
    custom::lookup(&LONGER, of.node(), than.into_node())
}

suite! {
    fn a_decimal_in_a_document_is_a_number(db) {
        library(db)?;
        let long = dec!(123456789012345678.0123456789);
        let number = case().when(Book::id.gt(0), long).otherwise(0);
        let made = (json_array((&number, dec!(0.10))), json_object((("one", number.cast::<String>()),)), &number);
        let made = Book::objects().limit(1).values_list(made).one(db)?;
        let text = "123456789012345678.0123456789";
        assert_eq!(made, (json!([123_456_789_012_345_678.0, 0.1]), json!({"one": text}), long));
    }

    fn groups_by_a_part_of_a_document(db) {
        for body in [json!({"a": {"b": 1}}), json!({"a": {"b": 1.0}, "c": 2}), json!({"a": {"b": "1"}}), json!({"c": 3}), json!({"a": {"b": "1"}})] {
            Paper::draft().body(body).save(db)?;
        }
        Paper::draft().save(db)?;
        let part = Paper::body.key("a").key("b");
        let n = Paper::id.count();
        let groups = Paper::objects().values_list(&part).annotate(&n).filter(n.gt(1)).order_by((n.desc(), part.is_null(), part.as_i64()));
        assert_eq!(groups.all(db)?, [(Some(json!(1)), 2), (Some(json!("1")), 2), (None, 2)]);
        let mut groups = Paper::objects().values_list(&part).annotate(&n).all(db)?;
        groups.sort_by_key(|(part, n)| (part.is_some(), part.as_ref().is_some_and(|part| part.is_string()), *n));
        assert_eq!(groups, [(None, 2), (Some(json!(1)), 2), (Some(json!("1")), 2)]);
        // As a text it is ordered, filtered and counted, behind groups too.
        let text = part.as_text();
        let texts = Paper::objects().values_list(&text).annotate(&n).filter(n.gt(1)).filter(text.is_not_null()).order_by(&text);
        assert_eq!(texts.all(db)?, [(Some("1".to_owned()), 3)]);
        let having = Paper::objects().values_list(&text).annotate(&n).filter(n.gt(1) & text.eq("1") | n.gt(10)).all(db)?;
        assert_eq!(having, [(Some("1".to_owned()), 3)]);
        let most = Paper::objects().values_list(&text).annotate(Paper::body.key("c").as_i64().max()).order_by(&text).all(db)?;
        assert_eq!(most, [(Some("1".to_owned()), None), (Some("1.0".to_owned()), Some(2)), (None, Some(3))]);
        let different = Paper::objects().values_list(&text).distinct().order_by(&text);
        assert_eq!((different.all(db)?, different.count(db)?), (vec![Some("1".to_owned()), Some("1.0".to_owned()), None], 3));
        let shared = Paper::objects().aggregate(db, (text.count_distinct(), text.string_agg(",").distinct(), part.count().filter(Paper::body.key("c").is_null())))?;
        assert_eq!(shared, (2, Some("1,1.0".to_owned()), 3));
    }

    fn every_key_is_found_by_its_name(db) {
        papers(db)?;
        let Document::Object(entries) = odd() else { return Ok(()) };
        for (key, value) in entries {
            let found = Paper::objects().filter(Paper::id.eq(1)).values_list((Paper::body.key(&key), Paper::body.key(&key).is_null())).one(db)?;
            assert_eq!(found, (Some(value.clone()), false), "{key:?}");
            assert_eq!(Paper::objects().filter(Paper::body.has_key(&key)).count(db)?, 1, "{key:?}");
            assert_eq!(Paper::objects().filter(Paper::body.key(&key).eq(value)).count(db)?, 1, "{key:?}");
        }
        for none in ["titl", "Title", "nested.x", "0", "e\u{301}"] {
            assert_eq!(Paper::objects().filter(Paper::body.key(none).is_not_null() | Paper::body.has_key(none)).count(db)?, 0, "{none:?}");
        }
    }

    fn paths_lead_into_documents(db) {
        papers(db)?;
        let first = || Paper::objects().order_by(Paper::id).limit(1);
        let paths = (
            Paper::body.key("nested").key("x").key("y").at(2), Paper::body.key("list").at(-1).key("four"), Paper::body.key("list").at(-2).at(0),
            Paper::body.key("list").at(9), Paper::body.key("list").key("0"), Paper::body.key("n").at(0), Paper::body.at(0), Paper::body.key("title").key("x"),
        );
        let row = first().values_list(paths).one(db)?;
        assert_eq!(row, (Some(json!(3)), Some(json!(4)), Some(json!(3)), None, None, None, None, None));
        let rows: Vec<Option<Document>> = Paper::objects().order_by(Paper::id).values_list(Paper::body.at(1).key("k")).all(db)?;
        assert_eq!(rows.iter().flatten().collect::<Vec<_>>(), [&json!("v")]);
        // Without a key there is NULL; JSON's null is a value.
        assert_eq!(Paper::objects().filter(Paper::body.key("null").is_json_null()).count(db)?, 1);
        assert_eq!(Paper::objects().filter(Paper::body.key("null").is_null()).count(db)?, 6);
        assert_eq!(Paper::objects().filter(Paper::body.is_json_null()).count(db)?, 1);
        assert_eq!(Paper::objects().filter(!Paper::body.is_json_null()).count(db)?, 6);
        assert_eq!(Paper::objects().filter(!Paper::body.key("n").eq(json!(1))).count(db)?, 6);
        assert_eq!(Paper::objects().filter(Paper::body.key("n").eq(json!(1.0)) & Paper::body.key("nested").eq(json!({"x": {"y": [1, 2, 3]}}))).count(db)?, 1);
        assert_eq!(Paper::objects().filter(Paper::body.key("list").at(0).eq(Paper::body.key("n"))).count(db)?, 1);
        assert_eq!(Paper::objects().filter(Paper::body.key("n").is_in([json!(1), json!("x")])).count(db)?, 1);
    }

    fn parts_as_types_of_rust(db) {
        papers(db)?;
        let first = || Paper::objects().filter(Paper::id.eq(1));
        let key = |key: &str| Paper::body.key(key);
        let texts = (key("title").as_text(), key("n").as_text(), key("digits").as_text(), key("yes").as_text(), key("null").as_text(), key("list").as_text(), key("nested").as_text(), key("lost").as_text());
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(first().values_list(texts).one(db)?, (some("École"), some("1"), some("12.50"), some("true"), None, None, None, None));
        let whole = (key("n").as_i64(), key("whole").as_i64(), key("large").as_i64(), key("float").as_i64(), key("digits").as_i64(), key("yes").as_i64(), key("null").as_i64(), key("list").as_i64());
        assert_eq!(first().values_list(whole).one(db)?, (Some(1), Some(2), Some(9_007_199_254_740_993), None, None, None, None, None));
        let floats = (key("n").as_f64(), key("float").as_f64(), key("digits").as_f64(), key("yes").as_f64());
        assert_eq!(first().values_list(floats).one(db)?, (Some(1.0), Some(2.5), None, None));
        let truths = (key("yes").as_bool(), key("no").as_bool(), key("n").as_bool(), key("null").as_bool(), key("lost").as_bool());
        assert_eq!(first().values_list(truths).one(db)?, (Some(true), Some(false), None, None, None));
        // What they give is what it says: lookups, functions and arithmetic are those of its type.
        let found = key("title").as_text().icontains("éC") & key("n").as_i64().between(0, 1) & (key("float").as_f64() * 2.0).gt(4.9) & key("yes").as_bool();
        assert_eq!(Paper::objects().filter(found).count(db)?, 1);
        assert_eq!(Paper::objects().filter(!key("no").as_bool()).count(db)?, 7);
        let named: Vec<String> = Paper::objects().order_by(Paper::id).values_list(key("title").as_text().upper().unwrap_or("-")).all(db)?;
        assert_eq!((named[0].as_str(), named[1].as_str()), ("ÉCOLE", "-"));
        // The document itself may be a scalar.
        let scalars: Vec<(Option<String>, Option<i64>)> = Paper::objects().order_by(Paper::id).values_list((Paper::body.as_text(), Paper::body.as_i64())).all(db)?;
        assert_eq!((&scalars[4], &scalars[5], &scalars[2]), (&(some("text"), None), &(some("42"), Some(42)), &(None, None)));
    }

    fn documents_in_order(db) {
        for body in [json!({"n": 10}), json!({"n": "10"}), json!({"n": 9}), json!({"n": null}), json!({"n": [1]}), json!({}), json!({"n": true})] {
            Paper::draft().body(body).save(db)?;
        }
        let n = Paper::body.key("n");
        let order = |ascending: bool| {
            let papers = if ascending { Paper::objects().order_by((n.asc(), Paper::id)) } else { Paper::objects().order_by((n.desc(), Paper::id)) };
            papers.values_list(Paper::id).all(db)
        };
        assert_eq!(order(true)?, [4, 2, 3, 1, 7, 5, 6]);
        assert_eq!(order(false)?, [6, 5, 7, 1, 3, 2, 4]);
        assert_eq!(Paper::objects().filter(n.gt(json!(9))).order_by(Paper::id).values_list(Paper::id).all(db)?, [1, 5, 7]);
        assert_eq!(Paper::objects().filter(n.lte(json!("10"))).order_by(Paper::id).values_list(Paper::id).all(db)?, [2, 4]);
        assert_eq!(Paper::objects().order_by(n.as_i64().desc().nulls_last()).limit(1).values_list(n.as_i64()).one(db)?, Some(10));
        assert_eq!(Paper::objects().values_list(&n).distinct().count(db)?, 7);
    }

    fn keys_and_parts(db) {
        papers(db)?;
        let count = |condition: Condition<Paper>| Paper::objects().filter(condition).count(db);
        assert_eq!(count(Paper::body.has_keys(["title", "quo\"te"]))?, 1);
        assert_eq!(count(Paper::body.has_keys(["title", "lost"]))?, 0);
        assert_eq!(count(Paper::body.has_any_keys(["lost", "dot.ted"]))?, 1);
        assert_eq!(count(Paper::body.has_any_keys(["lost"]))?, 0);
        // Of objects alone: neither a member of a list nor a text is a key.
        assert_eq!(count(Paper::body.has_key("end") | Paper::body.has_key("text") | Paper::body.has_any_keys(["end", "text"]))?, 0);
        assert_eq!(count(Paper::body.has_keys(Vec::<String>::new()))?, 2);
        assert_eq!(count(Paper::body.has_any_keys(Vec::<String>::new()))?, 0);
        assert_eq!(count(!Paper::body.has_key("title"))?, 6);
        assert_eq!(count(!Paper::body.has_keys(["title"]))?, 6);
        assert_eq!(count(Paper::body.contains(json!({"title": "École"})))?, 1);
        assert_eq!(count(Paper::body.contains(json!({"nested": {"x": {"y": [3, 1]}}, "whole": 2})))?, 1);
        assert_eq!(count(Paper::body.contains(json!({"nested": {"x": {"y": 1}}})))?, 0);
        assert_eq!(count(Paper::body.contains(json!({})))?, 2);
        assert_eq!(count(Paper::body.contains(json!([[3]])))?, 1);
        assert_eq!(count(Paper::body.contains(json!(1)))?, 1);
        assert_eq!(count(Paper::body.contains(json!(42)))?, 1);
        assert_eq!(count(!Paper::body.contains(json!({})))?, 5);
        assert_eq!(count(Paper::body.key("list").contains(json!(["two", {"four": 4}])))?, 1);
        assert_eq!(count(Paper::body.key("nested").contained_by(json!({"x": {"y": [3, 2, 1, 0]}, "z": 1})))?, 1);
        assert_eq!(count(Paper::body.contained_by(json!([1, 2])))?, 0);
        assert_eq!(count(Paper::body.contained_by(json!({"a": 1})))?, 1);
        assert_eq!(count(Paper::body.contains(Paper::body))?, 6);
        assert_eq!(count(Paper::body.key("title").as_text().contains("col"))?, 1);
    }

    fn documents_of_values(db) {
        library(db)?;
        let books = || Book::objects().filter(Book::title.is_in(["Joins", "dragonflies"])).order_by(Book::title.collate("C"));
        let object = json_object((
            ("title", Book::title), ("subtitle", Book::subtitle), ("price", Book::price), ("stock", Book::stock_level), ("out", Book::is_published),
            ("by", json_object((("name", Book::author.name), ("since", Book::author.joined_date)))), ("both", json_array((1, "x", 2.5, true, json!(null), Book::sales_count / 2))),
        ));
        let rows: Vec<Document> = books().values_list(&object).all(db)?;
        let expected = [
            json!({"title": "Joins", "subtitle": null, "price": 39.9, "stock": 12, "out": true, "by": {"name": "Ann", "since": "2019-05-01"}, "both": [1, "x", 2.5, true, null, 2]}),
            json!({"title": "dragonflies", "subtitle": null, "price": 8.5, "stock": 0, "out": false, "by": {"name": "Bob", "since": "2021-02-03"}, "both": [1, "x", 2.5, true, null, 0]}),
        ];
        let same = |a: &Document, b: &Document| orm_core::json_order::compare(a, b).is_eq();
        assert!(rows.len() == 2 && rows.iter().zip(&expected).all(|(a, b)| same(a, b)), "{rows:?}");
        assert_eq!(Book::objects().filter(object.key("by").key("name").as_text().eq("Ann")).count(db)?, 2);
        let float: Document = Number::draft().small(1).medium(1).large(1).float(0.1).exact(dec!(1.10)).save(db)
            .and_then(|_| Number::objects().values_list(json_array((Number::float, Number::exact, Number::maybe, dec!(2.50), "q\"'"))).one(db))?;
        assert!(same(&float, &json!([0.1, 1.1, null, 2.5, "q\"'"])), "{float}");
    }

    fn parts_are_changed_in_the_database(db) {
        papers(db)?;
        let body = |id: i64| Paper::objects().filter(Paper::id.eq(id)).values_list(Paper::body).one(db);
        Paper::objects().update(db, Paper::body.set(Paper::body.with_key("n", 5)))?;
        assert_eq!(body(1)?.map(|body| body["n"].clone()), Some(json!(5)));
        assert_eq!((body(2)?, body(3)?, body(5)?, body(7)?), (None, Some(json!(null)), Some(json!("text")), Some(json!({"n": 5}))));
        assert_eq!(body(4)?, Some(json!([1, {"k": "v"}, [2, 3], "end"])));
        // Deeper parts from the inside; odd keys, old and new; values from columns.
        let x = Paper::body.key("nested").unwrap_or(json!({})).with_key("x", json!([true]));
        Paper::objects().filter(Paper::id.eq(1)).update(db, Paper::body.set(Paper::body.with_key("nested", x).with_key("quo\"te", "é").with_key("new \"key\" \\ é", Paper::id)))?;
        let changed = body(1)?.unwrap_or_default();
        assert_eq!((&changed["nested"], &changed["quo\"te"], &changed["new \"key\" \\ é"]), (&json!({"x": [true]}), &json!("é"), &json!(1)));
        assert_eq!(changed.as_object().map(serde_json::Map::len), odd().as_object().map(|entries| entries.len() + 1));
        Paper::objects().update(db, Paper::body.set(Paper::body.without_key("quo\"te").without_key("lost").without_key("dot.ted")))?;
        let changed = body(1)?.unwrap_or_default();
        assert!(changed.get("quo\"te").is_none() && changed.get("dot.ted").is_none() && changed["title"] == "École");
        assert_eq!((body(4)?, body(6)?), (Some(json!([1, {"k": "v"}, [2, 3], "end"])), Some(json!(42))));
        Paper::objects().update(db, Paper::body.set(Paper::body.with_key("title", Paper::body.key("lost"))))?;
        assert_eq!(Paper::objects().filter(Paper::body.key("title").is_json_null()).count(db)?, 2);
    }

    fn a_part_deep_inside_is_changed_in_the_database(db) {
        papers(db)?;
        let body = |id: i64| Paper::objects().filter(Paper::id.eq(id)).values_list(Paper::body).one(db);
        let before = body(1)?.unwrap_or_default();
        // Members on the way that are not there are made; the others stay.
        Paper::objects().update(db, Paper::body.set(Paper::body.with_path(["made", "b", "c\"d"], Paper::id)))?;
        Paper::objects().update(db, Paper::body.set(Paper::body.with_path(["made", "b", "e"], json!([1]))))?;
        let changed = body(1)?.unwrap_or_default();
        assert_eq!(changed["made"], json!({"b": {"c\"d": 1, "e": [1]}}));
        assert_eq!(changed["title"], before["title"]);
        // What is no object is no place for a member: NULL, JSON null, lists, texts.
        assert_eq!((body(2)?, body(3)?, body(5)?), (None, Some(json!(null)), Some(json!("text"))));
        assert_eq!(body(4)?, Some(json!([1, {"k": "v"}, [2, 3], "end"])));
        Paper::objects().update(db, Paper::body.set(Paper::body.with_path(["made", "b", "e", "f"], 1)))?;
        assert_eq!(body(1)?.unwrap_or_default()["made"]["b"]["e"], json!([1]));
        // Without a path nothing changes.
        Paper::objects().update(db, Paper::body.set(Paper::body.with_path([], 1)))?;
        assert_eq!(body(1)?.unwrap_or_default()["title"], before["title"]);
    }

    fn typed_documents_have_paths_too(db) {
        let settings = crate::models::Settings { theme: "dark".into(), sizes: vec![1, 2] };
        let at = day(2020, 2, 29).and_time(NaiveTime::MIN);
        Everything::draft()
            .a_bool(true).an_i16(1).an_i32(1).an_i64(1).an_f32(0.5).an_f64(0.5).a_text("").some_bytes(vec![]).a_decimal(1).a_uuid(Uuid::nil())
            .a_date(at.date()).a_time(at.time()).a_date_time(at).a_moment(at.and_utc()).a_duration(Duration::zero()).some_json(json!(null))
            .some_settings(Json(settings)).a_mood(crate::models::Mood::Happy).a_size(crate::models::Size::Small)
            .an_email(crate::models::Email("a".into())).save(db)?;
        let found = Everything::objects().filter(Everything::some_settings.key("theme").as_text().eq("dark") & Everything::some_settings.contains(json!({"sizes": [2]})));
        assert_eq!(found.values_list(Everything::some_settings.key("sizes").at(-1).as_i64()).all(db)?, [Some(2)]);
        Everything::objects().update(db, Everything::some_settings.set(Everything::some_settings.with_key("theme", "light")))?;
        assert_eq!(Everything::objects().one(db)?.some_settings.theme, "light");
        let values = json_array((Everything::a_uuid, Everything::a_moment, Everything::a_time, Everything::an_f32, Everything::a_mood));
        assert_eq!(Everything::objects().values_list(values).one(db)?, json!(["00000000-0000-0000-0000-000000000000", "2020-02-29 00:00:00", "00:00:00", 0.5, "happy"]));
    }

    fn functions_and_lookups_of_ones_own(db) {
        // The database of the test knows no function in Rust; another one does.
        let own = Database::builder("sqlite::memory:").sqlite_function("my_initial", 1, |args| {
            Ok(match args {
                [orm::value::ValueRef::Text(text)] => orm::value::Value::Text(text.chars().take(1).collect::<String>().into()),
                _ => orm::value::Value::Null,
            })
        });
        let own = own.connect()?;
        own.create_tables()?;
        let db = if crate::support::dialect(db) == Dialect::Sqlite { &own } else { db };
        for (text, other) in [("Éa", Some("x")), ("", Some("yy")), ("abc", None)] {
            let draft = Word::draft().text(text);
            match other {
                Some(other) => draft.other(other).save(db)?,
                None => draft.save(db)?,
            };
        }
        let words = || Word::objects().order_by(Word::id);
        let rows: Vec<(String, Option<String>)> = words().values_list((initial(Word::text), initial(Word::other).upper())).all(db)?;
        assert_eq!(rows, [("É".into(), Some("X".into())), (String::new(), Some("Y".into())), ("a".into(), None)]);
        assert_eq!(words().filter(longer(Word::text, Word::other)).values_list(Word::id).all(db)?, [1]);
        assert_eq!(words().filter(!longer(Word::text, Word::other)).values_list(Word::id).all(db)?, [2, 3]);
        assert_eq!(words().filter(longer(Word::text, "ab") & initial(Word::text).eq("a")).count(db)?, 1);
        // Neither name is mistaken for that of one of the crate's own.
        let product: Expr<Word, i32> = custom::function(&MULTIPLIED, [Word::text.length().node(), Word::text.length().node()]);
        assert_eq!(words().values_list(product + 1).all(db)?, [5, 1, 10]);
        let wrong: Expr<Word, i32> = custom::function(&MULTIPLIED, [Word::text.node()]);
        assert!(matches!(words().values_list(wrong).all(db), Err(Error::InvalidQuery { .. })));
        let failing = Database::builder("sqlite::memory:").sqlite_function("fails", 0, |_| Err("no reason".into())).connect()?;
        assert!(failing.query::<(i64,)>("SELECT fails()", ()).is_err());
    }

    fn expressions_in_sql(db) {
        library(db)?;
        let reduced = raw_expr::<Book, Decimal>("price * 2");
        assert_eq!(Book::objects().filter(reduced.gt(dec!(28))).order_by(&reduced).values_list(reduced.round(0)).all(db)?, [dec!(80)]);
        let with = raw_expr_with::<Book, bool>("price > ? OR title = '?'", (dec!(10),));
        assert_eq!(Book::objects().filter(with).count(db)?, 2);
        let text = raw_expr::<Book, Option<String>>("subtitle");
        assert_eq!(Book::objects().filter(text.is_null() | text.icontains("GUIDE")).count(db)?, 4);
        Book::objects().update(db, Book::stock_level.set(raw_expr_with::<Book, i32>("stock_level + ?", (1_i32,))))?;
        assert_eq!(Book::objects().order_by(-Book::stock_level).limit(1).values_list(Book::stock_level).one(db)?, 13);
        let short = raw_expr_with::<Book, i32>("? + ?", (1_i32,));
        assert!(matches!(Book::objects().values_list(short).all(db), Err(Error::InvalidQuery { .. })));
    }
}
