//! Rows as they are sent: in runs of one statement, and in batches of so many.

use std::collections::HashSet;

use super::BATCH_SIZE;
use crate::ast::{Insert, OnConflict, UpdateMany};
use crate::decode::Row;
use crate::error::{Error, Result};
use crate::executor::{Executor, Flow, GoingOn, Subject};
use crate::query::run::{self, Caller};
use crate::query::write::forward::pointed_at_first;
use crate::query::write::insert::{Merged, NewRow, split_columns};
use crate::schema::ModelSchema;
use crate::value::{ArrayValue, Value};

/// What is done with a row that was inserted, and its place among those that were given.
pub(in crate::query::write) type OnInserted<'a> = dyn FnMut(usize, &dyn Row) -> Result<()> + 'a;

/// Rows, one after the other, that leave the same columns to the database: one statement serves them all.
pub(in crate::query::write) struct Run {
    /// The columns that are given.
    columns: Vec<usize>,
    /// Those that the database fills.
    filled: Vec<usize>,
    /// The given values of each row.
    pub(super) rows: Vec<Vec<Value>>,
}

/// Rows in their order, as runs.
pub(in crate::query::write) fn runs(rows: Vec<NewRow>) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for row in rows {
        let goes_on = runs.last().is_some_and(|run| {
            let given = row.iter().enumerate().filter(|(_, value)| value.is_some());
            given
                .map(|(column, _)| column)
                .eq(run.columns.iter().copied())
        });
        if !goes_on {
            let (columns, filled) = split_columns(&row);
            runs.push(Run {
                columns,
                filled,
                rows: Vec::new(),
            });
        }
        if let Some(run) = runs.last_mut() {
            run.rows.push(row.into_iter().flatten().collect());
        }
    }
    runs
}

/// Rows in the order of their places.
pub(super) fn in_place<M>(rows: Vec<M>, places: &[usize]) -> Vec<M> {
    if places.is_sorted() {
        return rows;
    }
    let mut rows: Vec<_> = places.iter().zip(rows).collect();
    rows.sort_by_key(|(place, _)| **place);
    rows.into_iter().map(|(_, row)| row).collect()
}

/// Into what table rows are inserted, and how.
pub(in crate::query::write) struct Inserting<'a> {
    pub(in crate::query::write) model: &'static ModelSchema,
    pub(in crate::query::write) batch_size: usize,
    pub(in crate::query::write) on_conflict: &'a OnConflict,
    pub(in crate::query::write) caller: Caller,
}

impl Inserting<'_> {
    /// Inserts rows in their order, but those first that others of the same batch point at.
    pub(in crate::query::write) fn insert(
        &self,
        runs: &[Run],
        wants_rows: bool,
        db: &dyn Executor,
        on_inserted: &mut OnInserted<'_>,
    ) -> Result<u64> {
        let (mut written, mut before) = (0, 0);
        let rest = GoingOn(db);
        let mut db = db;
        for run in runs {
            let insert = self.statement(run, wants_rows, db);
            let batches = run
                .rows
                .chunks(self.batch_size)
                .flat_map(|batch| without_repeats(batch, &insert));
            for batch in batches {
                let order = match insert.arrays {
                    // The keys of all rows of a statement are looked at when all are there.
                    true => None,
                    false => pointed_at_first(batch, &insert),
                };
                let moved: Option<Vec<_>> = order
                    .as_ref()
                    .map(|order| order.iter().map(|row| batch[*row].clone()).collect());
                let mut places =
                    (0..batch.len()).map(|row| order.as_ref().map_or(row, |order| order[row]));
                let rows = moved.as_deref().unwrap_or(batch);
                written += insert_batch(rows, &insert, wants_rows, db, self.caller, &mut |row| {
                    on_inserted(before + places.next().unwrap_or(0), row)
                })?;
                before += batch.len();
                db = &rest;
            }
        }
        Ok(written)
    }

    fn statement(&self, run: &Run, wants_rows: bool, db: &dyn Executor) -> Insert {
        let features = db.dialect().features();
        Insert {
            model: self.model,
            arrays: features.insert_arrays && !run.columns.is_empty(),
            on_conflict: self.on_conflict.clone(),
            returning: if wants_rows {
                run.filled.clone()
            } else {
                Vec::new()
            },
            columns: run.columns.clone(),
            row_ids: false,
        }
        .with_row_ids(features.row_ids)
    }
}

fn insert_batch(
    batch: &[Vec<Value>],
    insert: &Insert,
    wants_rows: bool,
    db: &dyn Executor,
    caller: Caller,
    on_inserted: &mut dyn FnMut(&dyn Row) -> Result<()>,
) -> Result<u64> {
    let mut compiled = run::ready_insert(insert, db)?;
    let returning = &insert.returning;
    let mut given = batch.iter();
    let mut on_row = |returned: &dyn Row| {
        if let Some(row) = given.next() {
            on_inserted(&Merged::new(insert, row, Some(returned)))?;
        }
        Ok(Flow::Continue)
    };
    let written = if insert.arrays {
        compiled.params = arrays(insert, batch).into();
        let command = run::command(&compiled, Subject::Insert(insert), caller);
        if returning.is_empty() {
            db.execute(&command)?
        } else {
            db.query(&command, &mut on_row)?
        }
    } else {
        db.query_each(
            &run::command(&compiled, Subject::Insert(insert), caller),
            batch,
            &mut on_row,
        )?
    };
    if wants_rows && returning.is_empty() {
        for row in batch {
            on_inserted(&Merged::new(insert, row, None))?;
        }
    }
    if wants_rows && written != batch.len() as u64 {
        return Err(Error::DoesNotExist {
            model: insert.model.name,
        });
    }
    Ok(written)
}

/// Cuts a batch where a row would update one before it: a statement cannot write a row twice.
fn without_repeats<'a>(batch: &'a [Vec<Value>], insert: &Insert) -> Vec<&'a [Vec<Value>]> {
    let OnConflict::Update { target, .. } = &insert.on_conflict else {
        return vec![batch];
    };
    let (mut parts, mut start, mut seen) = (Vec::new(), 0, HashSet::new());
    for (place, row) in batch.iter().enumerate() {
        let key = format!(
            "{:?}",
            target
                .iter()
                .map(|column| row.get(insert.columns.binary_search(column).ok()?))
                .collect::<Vec<_>>()
        );
        if !seen.insert(key.clone()) {
            parts.push(&batch[start..place]);
            start = place;
            seen.clear();
            seen.insert(key);
        }
    }
    parts.push(&batch[start..]);
    parts
}

/// One array for each given column.
fn arrays(insert: &Insert, batch: &[Vec<Value>]) -> Vec<Value> {
    let column = |(place, index): (usize, &usize)| {
        let values = batch.iter().map(|row| row[place].clone()).collect();
        Value::Array(Box::new(ArrayValue {
            element: insert.model.fields[*index].column_type,
            values,
        }))
    };
    insert.columns.iter().enumerate().map(column).collect()
}

/// Updates rows, each with its new values and its key behind them.
pub(in crate::query::write) fn update_all(
    model: &'static ModelSchema,
    rows: &[Vec<Value>],
    columns: &[usize],
    db: &dyn Executor,
    caller: Caller,
) -> Result<u64> {
    let arrays = db.dialect().features().insert_arrays;
    let update = UpdateMany {
        model,
        columns: columns.to_vec(),
        arrays,
    };
    let mut compiled = run::ready_update_many(&update, db)?;
    let subject = Subject::UpdateMany(&update);
    if !arrays {
        let command = run::command(&compiled, subject, caller);
        return db.query_each(&command, rows, &mut |_| Ok(Flow::Continue));
    }
    let mut written = 0;
    let rest = GoingOn(db);
    let mut db = db;
    for batch in rows.chunks(BATCH_SIZE) {
        let places = columns.iter().chain(model.primary_key).copied().enumerate();
        compiled.params = places
            .map(|(place, field)| {
                let values = batch.iter().map(|row| row[place].clone()).collect();
                Value::Array(Box::new(ArrayValue {
                    element: model.fields[field].column_type,
                    values,
                }))
            })
            .collect();
        written += db.execute(&run::command(&compiled, subject, caller))?;
        db = &rest;
    }
    Ok(written)
}
