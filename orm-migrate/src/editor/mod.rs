//! What the databases' definitions of tables do not share.

mod postgres;
mod sqlite;

use orm_core::dialect::{Dialect, SqlDialect};
use orm_core::error::Result;
use orm_core::schema::FieldSchema;

/// How a database defines what the others define otherwise, or not at all.
pub(crate) trait Editor {
    /// Whether a key may point at a table that is made later.
    fn references_ahead(&self) -> bool;

    /// The action of a key with `on_delete = restrict`: a row that goes by the same statement is in nobody's way.
    fn restrict(&self) -> &'static str;

    /// The condition by which a column keeps within its length and digits, where its type does not.
    fn limit(&self, column: &str, field: &FieldSchema) -> Option<String>;

    /// Adds a constraint to a table that is there, unless it has it.
    fn add_constraint(&self, table: &str, name: &str, definition: &str) -> String;

    /// ` USING method`.
    fn index_method(&self, using: Option<&str>) -> Result<String>;

    /// ` INCLUDE (columns)`.
    fn index_include(&self, columns: &str) -> Result<String>;
}

/// The editor of a database.
pub(crate) fn of(dialect: &dyn SqlDialect) -> &'static dyn Editor {
    match dialect.dialect() {
        Dialect::Postgres => &postgres::Postgres,
        _ => &sqlite::Sqlite,
    }
}
