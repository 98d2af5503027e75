//! Golden SQL for both databases side by side; SQLite's is prepared, too, on a database that has the tables.

mod aggregates;
mod conditions;
mod ctes;
mod definitions;
mod each;
mod enums;
mod functions;
mod inherited;
mod keys;
mod links;
mod parents;
mod random;
mod rows;
pub(crate) mod schema;
mod select;
mod sets;
mod sqlite;
mod subqueries;
mod windows;
mod wording;
mod write;

use crate::ast::{Delete, Insert, Select, Statement, Update, UpdateMany};
use crate::compile::{Compiled, print};
use crate::dialect::{PostgresDialect, SqliteDialect};
use crate::error::Error;

impl From<Select> for Statement {
    fn from(select: Select) -> Self {
        Self::Select(select)
    }
}

impl From<Insert> for Statement {
    fn from(insert: Insert) -> Self {
        Self::Insert(insert)
    }
}

impl From<Update> for Statement {
    fn from(update: Update) -> Self {
        Self::Update(update)
    }
}

impl From<UpdateMany> for Statement {
    fn from(update: UpdateMany) -> Self {
        Self::UpdateMany(update)
    }
}

impl From<Delete> for Statement {
    fn from(delete: Delete) -> Self {
        Self::Delete(delete)
    }
}

fn sqlite(statement: impl Into<Statement>) -> Compiled {
    print(statement.into(), &SqliteDialect).unwrap()
}

fn postgres(statement: impl Into<Statement>) -> Compiled {
    print(statement.into(), PostgresDialect::standard()).unwrap()
}

/// Both databases' SQL.
#[track_caller]
fn both(statement: impl Into<Statement>, in_sqlite: &str, in_postgres: &str) {
    let statement = statement.into();
    let printed = sqlite(statement.clone()).sql;
    assert_eq!(printed, in_sqlite);
    sqlite::prepare(&printed);
    let printed = postgres(statement).sql;
    assert_eq!(printed, in_postgres);
}

/// Both databases' SQL, which differs by the placeholders alone.
#[track_caller]
fn same(statement: impl Into<Statement>, in_sqlite: &str) {
    both(statement, in_sqlite, &in_sqlite.replace('?', "$"));
}

/// The errors of both databases.
#[track_caller]
fn refused(statement: impl Into<Statement>, in_sqlite: &str, in_postgres: &str) {
    let statement = statement.into();
    let message = |result: Result<Compiled, Error>| result.unwrap_err().to_string();
    assert_eq!(message(print(statement.clone(), &SqliteDialect)), in_sqlite);
    assert_eq!(
        message(print(statement, PostgresDialect::standard())),
        in_postgres
    );
}
