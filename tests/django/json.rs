//! JSON documents.

use orm::prelude::*;

use crate::case::cases;
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
}
