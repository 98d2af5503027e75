//! What SQLite's errors do not tell, asked of the connection on which a statement has failed.
//!
//! A question that cannot be asked, since the time is over or the file is busy, has no answer.

use std::panic::Location;

use orm_core::diagnosis::{KeyActions, Witness};
use orm_core::dialect::{SqlDialect, SqliteDialect};
use orm_core::schema::OnDelete;
use orm_core::value::Value;
use rusqlite::Row;

use super::bind;
use super::connection::Conn;
use crate::driver::own_command;

impl Conn {
    /// The rows of a question about the schema.
    fn ask<T>(
        &self,
        sql: &str,
        params: &[&str],
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Vec<T> {
        let asked = || -> rusqlite::Result<Vec<T>> {
            let mut statement = self.raw().prepare(sql)?;
            let rows = statement.query_map(rusqlite::params_from_iter(params), read)?;
            rows.collect()
        };
        asked().unwrap_or_default()
    }
}

impl Witness for Conn {
    fn dialect(&self) -> &'static dyn SqlDialect {
        &SqliteDialect
    }

    fn finds(&self, sql: &str, params: &[Value]) -> Option<bool> {
        let mut statement = self.raw().prepare(sql).ok()?;
        let command = own_command(sql, Location::caller());
        bind::bind(&mut statement, &command, params).ok()?;
        let mut rows = statement.raw_query();
        Some(rows.next().ok()?.is_some())
    }

    fn has_constraint(&self, table: &str, name: &str) -> bool {
        let mut quoted = String::new();
        SqliteDialect.push_identifier(&mut quoted, name);
        let sql = "SELECT 1 FROM sqlite_schema WHERE tbl_name = ?1 COLLATE NOCASE \
                   AND (type = 'index' AND name = ?2 OR type = 'table' AND instr(sql, ?3))";
        !self
            .ask(sql, &[table, name, &quoted], |_| Ok(()))
            .is_empty()
    }

    fn unique_index(&self, table: &str, columns: &[String]) -> Option<String> {
        let sql = "SELECT list.name, list.origin, info.name FROM pragma_index_list(?1) AS list, \
                   pragma_index_info(list.name) AS info WHERE list.\"unique\" ORDER BY list.seq, info.seqno";
        type Part = (String, String, Option<String>);
        let parts: Vec<Part> = self.ask(sql, &[table], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        });
        let mut fitting = parts.chunk_by(|a, b| a.0 == b.0).filter(|parts| {
            let names = parts.iter().map(|part| part.2.as_deref());
            names.eq(columns.iter().map(|column| Some(column.as_str())))
        });
        // Of several over the same columns any may have been in the way.
        match (fitting.next(), fitting.next()) {
            (Some([(name, origin, _), ..]), None) if origin == "c" => Some(name.clone()),
            _ => None,
        }
    }

    fn table_of_index(&self, index: &str) -> Option<String> {
        let sql = "SELECT tbl_name FROM sqlite_schema WHERE type = 'index' AND name = ?1";
        self.ask(sql, &[index], |row| row.get(0)).pop()
    }

    fn table_of_check(&self, name: &str) -> Option<String> {
        let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND instr(sql, ?1) \
                   UNION ALL SELECT name FROM sqlite_temp_schema WHERE type = 'table' AND instr(sql, ?1)";
        let mut tables = self.ask(sql, &[name], |row| row.get(0)).into_iter();
        tables.next().filter(|_| tables.next().is_none())
    }

    fn foreign_key(&self, table: &str, column: &str, references: &str) -> Option<KeyActions> {
        let sql = "SELECT on_delete, on_update FROM pragma_foreign_key_list(?1) AS key \
                   WHERE \"from\" = ?2 COLLATE NOCASE AND \"table\" = ?3 COLLATE NOCASE \
                   AND 1 = (SELECT count(*) FROM pragma_foreign_key_list(?1) AS part WHERE part.id = key.id)";
        let keys = self.ask(sql, &[table, column, references], |row| {
            Ok(KeyActions {
                on_delete: action(&row.get::<_, String>(0)?),
                on_update: action(&row.get::<_, String>(1)?),
            })
        });
        keys.into_iter().next()
    }

    fn has_triggers(&self, table: &str) -> bool {
        let sql =
            "SELECT 1 FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?1 COLLATE NOCASE";
        !self.ask(sql, &[table], |_| Ok(())).is_empty()
    }
}

fn action(name: &str) -> OnDelete {
    match name {
        "CASCADE" => OnDelete::Cascade,
        "RESTRICT" => OnDelete::Restrict,
        "SET NULL" => OnDelete::SetNull,
        "SET DEFAULT" => OnDelete::SetDefault,
        _ => OnDelete::NoAction,
    }
}
