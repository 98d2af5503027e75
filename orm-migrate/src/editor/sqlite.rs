//! SQLite: constraints are part of `CREATE TABLE` alone, and keys may point at tables made later.

use orm_core::error::{Error, Result};

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
