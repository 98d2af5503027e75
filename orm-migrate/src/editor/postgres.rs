//! PostgreSQL: a key needs the table that it points at, so keys of a cycle are added at the end.

use orm_core::error::Result;
use orm_core::schema::FieldSchema;

use super::Editor;

pub(super) struct Postgres;

fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

impl Editor for Postgres {
    fn references_ahead(&self) -> bool {
        false
    }

    /// It looks behind the statement, as `NO ACTION`, but can be put off no further.
    fn restrict(&self) -> &'static str {
        "RESTRICT"
    }

    fn limit(&self, _: &str, _: &FieldSchema) -> Option<String> {
        None
    }

    fn add_constraint(&self, table: &str, name: &str, definition: &str) -> String {
        let (table, quoted) = (identifier(table), identifier(name));
        let statement = format!("ALTER TABLE {table} ADD CONSTRAINT {quoted} {definition}");
        // `ADD CONSTRAINT` knows no IF NOT EXISTS.
        format!(
            "DO {} ",
            dollar_quoted(&format!(
                "BEGIN IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = {} AND conrelid = {}::regclass) \
                 THEN {statement}; END IF; END",
                literal(name),
                literal(&table),
            ))
        )
    }

    fn index_method(&self, using: Option<&str>) -> Result<String> {
        Ok(using
            .map(|method| format!(" USING {}", identifier(method)))
            .unwrap_or_default())
    }

    fn index_include(&self, columns: &str) -> Result<String> {
        Ok(format!(" INCLUDE ({columns})"))
    }
}

/// A body in dollar quotes that it does not contain.
fn dollar_quoted(body: &str) -> String {
    let mut tag = "$do$".to_owned();
    while body.contains(&tag) {
        tag.insert(1, '_');
    }
    format!("{tag}{body}{tag}")
}
