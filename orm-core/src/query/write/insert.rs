//! `INSERT` of one row.

use std::panic::Location;

use chrono::Utc;

use super::inherited;
use super::links::Links;
use super::validate::Problems;
use crate::ast::{Insert, OnConflict};
use crate::decode::Row;
use crate::draft::{Draft, NewLink};
use crate::error::{Error, Result};
use crate::executor::{Executor, Flow, Subject};
use crate::model::Model;
use crate::query::run::{self, Caller};
use crate::schema::{FieldSchema, ModelSchema};
use crate::types::{Mismatch, SqlType};
use crate::value::{Value, ValueRef};

/// A row ready to be written: the value of each column, `None` where the database fills it in.
pub(super) type NewRow = Vec<Option<Value>>;

/// Fills in what the draft left out, and checks every value.
pub(super) fn complete<M: Model>(draft: Draft<M>) -> Result<NewRow> {
    draft.check_parent()?;
    let mut row = draft.into_values();
    complete_own(M::SCHEMA, M::default_value, &mut row)?;
    if M::SCHEMA.parent.is_some() {
        inherited::complete(M::SCHEMA, &mut row)?;
    }
    Ok(row)
}

/// The same of the columns of a model's own table.
pub(super) fn complete_own(
    model: &'static ModelSchema,
    default_value: impl Fn(usize) -> Option<Value>,
    row: &mut [Option<Value>],
) -> Result<()> {
    let mut problems = Problems::default();
    for (field, slot) in model.fields.iter().zip(row) {
        if slot.is_none() {
            *slot = left_out(field, &default_value);
        }
        match slot {
            Some(value) => problems.fit(field, value),
            None if field.database_fills() => {}
            // The key of the parent's row, once that is there.
            None if model.parent.is_some() && field.options.primary_key => {}
            None => problems.add(field, "it has no value"),
        }
    }
    problems.into_result(model)
}

/// The value of a column that nobody set, if it is not left to the database.
fn left_out(
    field: &'static FieldSchema,
    default_value: impl Fn(usize) -> Option<Value>,
) -> Option<Value> {
    if field.options.auto_now || field.options.auto_now_add {
        return Some(time_of(field));
    }
    default_value(field.index)
        .or_else(|| (field.nullable && !field.database_fills()).then_some(Value::Null))
}

/// The time now, as the field holds it.
pub(super) fn time_of(field: &FieldSchema) -> Value {
    use crate::value::ColumnType;
    let now = Utc::now();
    match field.column_type {
        ColumnType::Date => now.date_naive().into_value(),
        ColumnType::Time => now.time().into_value(),
        ColumnType::DateTime => now.naive_utc().into_value(),
        _ => now.into_value(),
    }
}

/// The columns that are given and those that the database fills in, by their index in the schema.
pub(super) fn split_columns(row: &[Option<Value>]) -> (Vec<usize>, Vec<usize>) {
    (0..row.len()).partition(|index| row[*index].is_some())
}

/// Inserts a row and returns it as it is in the database.
#[track_caller]
pub(crate) fn insert<M: Model>(draft: Draft<M>, db: &dyn Executor) -> Result<M> {
    insert_at(draft, db, Location::caller())
}

/// The same for a caller elsewhere.
pub(crate) fn insert_at<M: Model>(draft: Draft<M>, db: &dyn Executor, caller: Caller) -> Result<M> {
    let inserted = match draft.link() {
        None => insert_row(complete(draft)?, OnConflict::Error, db, caller)?,
        Some(_) => Ready::new(draft, caller)?.insert(OnConflict::Error, db)?,
    };
    inserted.ok_or(Error::DoesNotExist {
        model: M::SCHEMA.name,
    })
}

/// A row ready to be written, with the link that it gets.
pub(super) struct Ready {
    row: NewRow,
    link: Option<NewLink>,
    caller: Caller,
}

impl Ready {
    pub(super) fn new<M: Model>(draft: Draft<M>, caller: Caller) -> Result<Self> {
        let link = draft.link().cloned();
        if let Some(link) = &link {
            links::<M>(link, caller)?.check(&link.values)?;
        }
        let row = complete(draft)?;
        Ok(Self { row, link, caller })
    }

    /// Inserts the row and its link, both or neither; `None` where a conflict was ignored.
    pub(super) fn insert<M: Model>(
        &self,
        on_conflict: OnConflict,
        db: &dyn Executor,
    ) -> Result<Option<M>> {
        let Self { row, link, caller } = self;
        let Some(link) = link else {
            return insert_row(row.clone(), on_conflict, db, caller);
        };
        let mut inserted = None;
        db.atomic(&mut |db| {
            inserted = insert_row::<M>(row.clone(), on_conflict.clone(), db, caller)?;
            if let Some(row) = &inserted {
                let key = row.value(M::SCHEMA.key().index);
                links::<M>(link, caller)?.add(vec![key], &link.values, db)?;
            }
            Ok(())
        })?;
        Ok(inserted)
    }
}

fn links<M: Model>(link: &NewLink, caller: Caller) -> Result<Links<'_>> {
    let (link, owner) = link.to(M::SCHEMA.name)?;
    Ok(Links {
        link,
        owner,
        caller,
    })
}

/// Inserts a row; `None` where a conflict was ignored.
pub(super) fn insert_row<M: Model>(
    row: NewRow,
    on_conflict: OnConflict,
    db: &dyn Executor,
    caller: Caller,
) -> Result<Option<M>> {
    if M::SCHEMA.parent.is_some() {
        return inherited::insert(&row, &on_conflict, db, caller);
    }
    let insert = insert_of(M::SCHEMA, &row, on_conflict, db);
    let mut compiled = run::ready_insert(&insert, db)?;
    compiled.params = row.into_iter().flatten().collect();
    let command = run::command(&compiled, Subject::Insert(&insert), caller);
    let given = command.params;
    if insert.returning.is_empty() {
        let written = db.execute(&command)?;
        return if written == 0 {
            Ok(None)
        } else {
            M::decode(&Merged::new(&insert, given, None), 0).map(Some)
        };
    }
    let mut inserted = None;
    db.query(&command, &mut |returned| {
        inserted = Some(M::decode(&Merged::new(&insert, given, Some(returned)), 0)?);
        Ok(Flow::Continue)
    })?;
    Ok(inserted)
}

/// The statement that inserts a row of a model's own table.
pub(super) fn insert_of(
    model: &'static ModelSchema,
    row: &[Option<Value>],
    on_conflict: OnConflict,
    db: &dyn Executor,
) -> Insert {
    let (columns, returning) = split_columns(row);
    Insert {
        model,
        columns,
        arrays: false,
        on_conflict,
        returning,
        row_ids: false,
    }
    .with_row_ids(db.dialect().features().row_ids)
}

/// A row of which a part was given and the rest returned.
pub(super) struct Merged<'a> {
    insert: &'a Insert,
    /// A value for each of the columns that the statement gives.
    given: &'a [Value],
    returned: Option<&'a dyn Row>,
}

impl<'a> Merged<'a> {
    pub(super) const fn new(
        insert: &'a Insert,
        given: &'a [Value],
        returned: Option<&'a dyn Row>,
    ) -> Self {
        Self {
            insert,
            given,
            returned,
        }
    }
}

impl Row for Merged<'_> {
    fn value(&self, index: usize) -> std::result::Result<ValueRef<'_>, Mismatch> {
        // Both lists are in the schema's order.
        if let Ok(place) = self.insert.columns.binary_search(&index) {
            let given = self.given.get(place);
            return given.map(Value::as_ref).ok_or(Mismatch::missing_column());
        }
        match (self.insert.returning.binary_search(&index), self.returned) {
            (Ok(place), Some(row)) => row.value(place),
            _ => Err(Mismatch::missing_column()),
        }
    }
}
