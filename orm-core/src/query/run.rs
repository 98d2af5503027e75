//! From a query tree to the database: printed, sent, and each row handed on.

use std::panic::Location;

use crate::ast::{Select, Statement};
use crate::compile::{self, Compiled};
use crate::decode::Row;
use crate::error::Result;
use crate::executor::{Command, Executor, Flow};
use crate::query::RowShape;

/// Where the user's code asked for a query.
pub(crate) type Caller = &'static Location<'static>;

/// Runs a query and collects its rows.
pub(crate) fn fetch<R: RowShape>(
    select: &Select,
    db: &dyn Executor,
    caller: Caller,
) -> Result<Vec<R::Output>> {
    let mut rows = Vec::new();
    for_each(select, db, caller, &mut |row| {
        rows.push(R::decode(row, select)?);
        Ok(Flow::Continue)
    })?;
    Ok(rows)
}

/// Runs a query and returns its first row.
pub(crate) fn fetch_first<R: RowShape>(
    select: &Select,
    db: &dyn Executor,
    caller: Caller,
) -> Result<Option<R::Output>> {
    let mut first = None;
    for_each(select, db, caller, &mut |row| {
        first = Some(R::decode(row, select)?);
        Ok(Flow::Stop)
    })?;
    Ok(first)
}

/// Runs a query, row by row.
pub(crate) fn for_each(
    select: &Select,
    db: &dyn Executor,
    caller: Caller,
    on_row: &mut dyn FnMut(&dyn Row) -> Result<Flow>,
) -> Result<u64> {
    if select.empty {
        return Ok(0);
    }
    let compiled = print(Statement::Select(select.clone()), db)?;
    db.query(
        &command(&compiled, false, select.model.name, caller),
        on_row,
    )
}

/// Prints a statement in the words of a database.
pub(crate) fn print(statement: Statement, db: &dyn Executor) -> Result<Compiled> {
    compile::print(statement, db.dialect())
}

/// A printed statement with its parameters.
pub(crate) const fn command<'a>(
    compiled: &'a Compiled,
    writes: bool,
    model: &'static str,
    caller: Caller,
) -> Command<'a> {
    Command {
        sql: compiled.sql.as_str(),
        params: compiled.params.as_slice(),
        writes,
        model,
        caller,
    }
}
