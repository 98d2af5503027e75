//! JSON documents.

use orm::prelude::*;

use crate::case::{
    Expected::{Ours, Postgres},
    cases,
};
use crate::models::lab::Document;

cases! { "json",
    // Section 12, JSON: JSON null is a value, which the cases show as NULL is shown.
    fn whole_values(db) {
        let rows = Document::objects().order_by(Document::id).values_list((Document::slug, Document::body)).all(db)?;
        let null = |slug: &str| rows.iter().find(|row| row.0 == slug).map(|row| row.1.clone());
        assert_eq!(null("json-null"), Some(Some(serde_json::Value::Null)));
        assert_eq!(null("sql-null"), Some(None));
        rows
    }

    fn whole_equals(db) {
        let slugs = |body: serde_json::Value| {
            let equal = Document::objects().filter(Document::body.eq(body));
            equal.values_list(Document::slug).all(db)
        };
        [
            ("object", slugs(json!({}))?),
            ("list", slugs(json!([]))?),
            ("text", slugs(json!("a bare string"))?),
            ("number", slugs(json!(42))?),
            ("boolean", slugs(json!(true))?),
        ]
    }

    fn key_equals_list_or_object(db) {
        let slugs = |condition: Condition<Document>| Document::objects().filter(condition).values_list(Document::slug).all(db);
        let tags = |list| slugs(Document::body.key("tags").eq(list));
        [
            ("list", tags(json!(["a", "b"]))?),
            ("empty list", tags(json!([]))?),
            ("object", slugs(Document::body.key("nested").key("x").eq(json!({"y": [1]})))?),
            ("other order", tags(json!(["b", "a"]))?),
        ]
    }

    fn key_text_lookups(db) {
        let title = Document::body.key("title").as_text();
        let slugs = |condition: Condition<Document>| Document::objects().filter(condition).order_by(Document::id).values_list(Document::slug).all(db);
        [
            ("icontains", slugs(title.icontains("A"))?),
            ("startswith", slugs(title.startswith("Al"))?),
            ("endswith", slugs(title.endswith("a"))?),
            ("istartswith", slugs(title.istartswith("GA"))?),
            ("iendswith", slugs(title.iendswith("TA"))?),
            ("iexact", slugs(title.iexact("GAMMA"))?),
            ("regex", slugs(title.regex("^[A-B]"))?),
            ("iregex", slugs(title.iregex("^g.*A$"))?),
        ]
    }

    fn key_comparisons(db) {
        let n = Document::body.key("n");
        let numbers = Document::objects().filter(Document::slug.is_in(["alpha", "beta", "ten"])).order_by(Document::id);
        let slugs = |condition: Condition<Document>| numbers.clone().filter(condition).values_list(Document::slug).all(db);
        [
            ("gt", slugs(n.gt(json!(1)))?),
            ("gte", slugs(n.gte(json!(1)))?),
            ("lt", slugs(n.lt(json!(10)))?),
            ("lte", slugs(n.lte(json!(2.5)))?),
        ]
    }

    fn key_comparison_with_mixed_types(db, Postgres("section 11: a text of digits stays a text")) {
        let greater = Document::objects().filter(Document::body.key("n").gt(json!(1)));
        greater.order_by(Document::id).values_list(Document::slug).all(db)?
    }

    fn odd_keys(db, Ours(json!({"a key": ["odd-keys"], "dot.ted": ["odd-keys"], "1": ["odd-keys"], "%": ["odd-keys"]}), "section 4: `.key(..)` is a key, `.at(..)` an index")) {
        let slugs = |key: &str, value: serde_json::Value| {
            Document::objects().filter(Document::body.key(key).eq(value)).values_list(Document::slug).all(db)
        };
        [
            ("a key", slugs("a key", json!(1))?),
            ("dot.ted", slugs("dot.ted", json!(3))?),
            ("1", slugs("1", json!("one"))?),
            ("%", slugs("%", json!("percent"))?),
        ]
    }

    fn key_with_a_quote(db, Postgres("section 11: all JSON lookups exist on both")) {
        Document::objects().filter(Document::body.key("quo\"te").eq(json!(2))).values_list(Document::slug).all(db)?
    }

    fn json_contains(db, Postgres("section 11: all JSON lookups exist on both")) {
        let slugs = |condition: Condition<Document>| Document::objects().filter(condition).order_by(Document::id).values_list(Document::slug).all(db);
        [
            ("object", slugs(Document::body.contains(json!({"title": "Alpha"})))?),
            ("nested", slugs(Document::body.contains(json!({"nested": {"x": {"y": [1]}}})))?),
            ("list", slugs(Document::body.key("tags").contains(json!(["b"])))?),
            ("scalar in list", slugs(Document::body.contains(json!(1)))?),
        ]
    }

    fn json_contained_by(db, Postgres("section 11: all JSON lookups exist on both")) {
        let whole = json!({"title": "École", "city": "São Paulo", "more": 1});
        Document::objects().filter(Document::body.contained_by(whole)).order_by(Document::id).values_list(Document::slug).all(db)?
    }

    fn values_of_paths(db) {
        let body = Document::body;
        let paths = (Document::slug, body.key("title"), body.key("n"), body.key("nested").key("x"), body.key("tags"), body.key("amount"));
        Document::objects().filter(Document::slug.is_in(["alpha", "beta", "order"])).order_by(Document::id).values_list(paths).all(db)?
    }

    fn key_as_text(db, Postgres("section 4: `as_text` is a text")) {
        let text = |key: &str| Document::body.key(key).as_text();
        let some = Document::objects().filter(Document::slug.is_in(["alpha", "gamma", "order", "ten"])).order_by(Document::id);
        some.values_list((Document::slug, text("title"), text("n"), text("price"))).all(db)?
    }

    fn order_by_key(db) {
        let titled = Document::objects().filter(Document::body.has_key("title"));
        titled.order_by((Document::body.key("title").as_text(), Document::id)).values_list(Document::slug).all(db)?
    }

    fn json_filter_with_f(db) {
        let same = Document::body.key("title").as_text().lower().eq(Document::slug);
        Document::objects().filter(same).order_by(Document::id).values_list(Document::slug).all(db)?
    }

    fn unicode_in_json(db) {
        let slugs = |condition: Condition<Document>| Document::objects().filter(condition).values_list(Document::slug).all(db);
        [
            ("exact", slugs(Document::body.key("title").eq(json!("École")))?),
            ("contains", slugs(Document::body.key("city").as_text().icontains("ão p"))?),
            ("startswith", slugs(Document::body.key("title").as_text().startswith("É"))?),
        ]
    }
}
