//! SQLite: constraints are part of `CREATE TABLE` alone, and keys may point at tables made later.

use orm_core::error::{Error, Result};
use orm_core::schema::FieldSchema;
use orm_core::value::ColumnType;

use super::Editor;

pub(super) struct Sqlite;

const fn unsupported<T>(feature: &'static str) -> Result<T> {
    Err(Error::Unsupported {
        feature,
        backend: "SQLite",
    })
}

impl Editor for Sqlite {
    fn references_ahead(&self) -> bool {
        true
    }

    /// Its `RESTRICT` looks at each row as it goes, so that it would depend on the order of the rows whether a row and one that
    /// points at it can go together.
    fn restrict(&self) -> &'static str {
        "NO ACTION"
    }

    fn limit(&self, column: &str, field: &FieldSchema) -> Option<String> {
        let options = &field.options;
        if let (ColumnType::Text | ColumnType::Enum, Some(most)) =
            (field.column_type, options.max_length)
        {
            return Some(format!("length({column}) <= {most}"));
        }
        // Longer decimals are texts, whose digits are checked before they are sent.
        match (field.column_type, options.max_digits) {
            (ColumnType::Decimal, Some(digits)) if digits <= 15 => {
                let before = digits.saturating_sub(options.decimal_places.unwrap_or(0));
                Some(format!(
                    "abs({column}) < 1{:0<width$}",
                    "",
                    width = before as usize
                ))
            }
            _ => None,
        }
    }

    fn add_constraint(&self, _: &str, _: &str, _: &str) -> String {
        String::new()
    }

    fn index_method(&self, using: Option<&str>) -> Result<String> {
        using.map_or_else(
            || Ok(String::new()),
            |_| unsupported("an index's access method (`using`)"),
        )
    }

    fn index_include(&self, _: &str) -> Result<String> {
        unsupported("columns that an index includes (`include`)")
    }
}
