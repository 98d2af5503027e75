//! From a query tree to the database: printed, sent, and each row handed on.

use std::panic::Location;

use crate::ast::shape::{self, Shape};
use crate::ast::{Delete, Distinct, Insert, Order, Select, Statement, UpdateMany, Updating};
use crate::compile::{self, Ready};
use crate::decode::{Row, column};
use crate::dialect::SqlDialect;
use crate::error::{Error, Result};
use crate::executor::{Command, Executor, Flow, Subject};
use crate::model::{KeyType as _, Model};
use crate::query::{RowShape, Whole};
use crate::schema::RelationSchema;
use crate::value::Value;

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

/// Runs a query whose one value is a number of rows.
pub(crate) fn count(select: &Select, db: &dyn Executor, caller: Caller) -> Result<u64> {
    let mut count = 0;
    for_each(select, db, caller, &mut |row| {
        count = column::<i64>(row, 0, select)?;
        Ok(Flow::Stop)
    })?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// Runs the query of one primary key among all rows of a model: its SQL is found by the model.
pub(crate) fn fetch_by_key<R: RowShape>(
    all: &Select,
    key: &Value,
    of: Option<&'static RelationSchema>,
    db: &dyn Executor,
    caller: Caller,
) -> Result<Option<R::Output>> {
    let by_key = compile::by_key(all.model, key, db.dialect())?;
    let command = Command {
        sql: by_key.sql(),
        params: by_key.params(),
        statement: by_key.statement(),
        row_ids: None,
        writes: false,
        model: all.model.name,
        subject: Subject::ByKey(all.model, of),
        goes_on: false,
        caller,
    };
    let mut found = None;
    db.query(&command, &mut |row| {
        found = Some(R::decode(row, all)?);
        Ok(Flow::Stop)
    })?;
    Ok(found)
}

/// The row of a primary key, whatever the model's default filter says; of the key of an instance, where that asks for it.
pub(crate) fn row_of<M: Model>(
    key: &Value,
    of: Option<&'static RelationSchema>,
    db: &dyn Executor,
    caller: Caller,
) -> Result<M> {
    let all = Select::from_model(M::SCHEMA, &[]);
    let row = fetch_by_key::<Whole<M>>(&all, key, of, db, caller)?;
    row.ok_or(Error::DoesNotExist {
        model: M::SCHEMA.name,
    })
}

/// The row of a primary key of any kind, whatever the model's default filter says.
pub(crate) fn row_again<M: Model>(key: M::Key, db: &dyn Executor, caller: Caller) -> Result<M> {
    if !M::SCHEMA.has_composite_key() {
        return row_of(&key.into_values().as_ref()[0], None, db, caller);
    }
    let mut select = Select::from_model(M::SCHEMA, &[]);
    select.order = Order::By(Vec::new());
    select.filters.extend(crate::expr::key_is::<M>(key));
    let row = fetch_first::<Whole<M>>(&select, db, caller)?;
    row.ok_or(Error::DoesNotExist {
        model: M::SCHEMA.name,
    })
}

/// Runs a query, row by row.
pub(crate) fn for_each(
    select: &Select,
    db: &dyn Executor,
    caller: Caller,
    on_row: &mut dyn FnMut(&dyn Row) -> Result<Flow>,
) -> Result<u64> {
    let ready = ready_select(select, db.dialect())?;
    if select.empty {
        // What the database lacks is refused all the same.
        return Ok(0);
    }
    db.query(&command(&ready, Subject::Select(select), caller), on_row)
}

/// A query in the words of a database, printed only if none of its shape was before.
pub(crate) fn ready_select(select: &Select, dialect: &'static dyn SqlDialect) -> Result<Ready> {
    if select.distinct != Distinct::No || select.combined.is_some() {
        // Whether an ordering is among what is selected depends on the values themselves.
        return compile::print(Statement::Select(select.clone()), dialect).map(Ready::from);
    }
    compile::ready(Shape::of_select(select), select.model.name, dialect, || {
        let mut numbered = select.clone();
        shape::number_select(&mut numbered);
        Statement::Select(numbered)
    })
}

/// An update in the words of a database.
pub(crate) fn ready_update(update: Updating<'_>, db: &dyn Executor) -> Result<Ready> {
    compile::ready(
        Shape::of_update(update),
        update.rows.model.name,
        db.dialect(),
        || {
            let mut numbered = update.to_owned();
            shape::number_update(&mut numbered);
            Statement::Update(numbered)
        },
    )
}

/// A delete in the words of a database.
pub(crate) fn ready_delete(rows: &Select, db: &dyn Executor) -> Result<Ready> {
    compile::ready(
        Shape::of_delete(rows),
        rows.model.name,
        db.dialect(),
        || {
            let mut rows = rows.clone();
            shape::number_select(&mut rows);
            Statement::Delete(Delete { rows })
        },
    )
}

/// An insert in the words of a database; its parameters are to be filled in.
pub(crate) fn ready_insert(insert: &Insert, db: &dyn Executor) -> Result<Ready> {
    compile::ready(
        Shape::of_insert(insert),
        insert.model.name,
        db.dialect(),
        || Statement::Insert(insert.clone()),
    )
}

/// An update of many rows in the words of a database; its parameters are to be filled in.
pub(crate) fn ready_update_many(update: &UpdateMany, db: &dyn Executor) -> Result<Ready> {
    compile::ready(
        Shape::of_update_many(update),
        update.model.name,
        db.dialect(),
        || Statement::UpdateMany(update.clone()),
    )
}

/// A printed statement with its parameters.
pub(crate) fn command<'a>(ready: &'a Ready, subject: Subject<'a>, caller: Caller) -> Command<'a> {
    Command {
        sql: ready.sql(),
        params: &ready.params,
        statement: ready.statement(),
        row_ids: match subject {
            Subject::Insert(insert) if insert.row_ids => Some(insert.model),
            _ => None,
        },
        writes: !matches!(subject, Subject::Select(_)),
        model: subject.model().map_or("", |model| model.name),
        subject,
        goes_on: false,
        caller,
    }
}
