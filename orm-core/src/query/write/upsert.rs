//! `get_or_create` and `update_or_create`.

use std::panic::Location;

use super::insert::Ready;
use super::instance::update_by_key;
use super::links::linked_to;
use crate::ast::{CompareOp, Expr as Node, OnConflict, row_column};
use crate::draft::Draft;
use crate::error::{Error, Result};
use crate::executor::Executor;
use crate::expr::{IntoCondition, PerRow};
use crate::model::Model;
use crate::path::{About, Scope};
use crate::query::QuerySet;
use crate::query::run::Caller;
use crate::types::Bool;
use crate::value::Value;

/// How often a row that was there and gone again is looked for before that is an error.
const ROUNDS: usize = 5;

/// The row with the same match fields, or this one, inserted.
#[track_caller]
pub(crate) fn get_or_create<M: Model>(
    draft: Draft<M>,
    fields: &[usize],
    db: &dyn Executor,
) -> Result<(M, bool)> {
    let matching = matching(&draft, &draft.matched_by(fields))?;
    find_or_insert(&matching, draft, db, Location::caller())
}

/// The row that meets the condition, or this one, inserted.
#[track_caller]
pub(crate) fn get_or_create_by<M: Model, C>(
    draft: Draft<M>,
    condition: C,
    db: &dyn Executor,
) -> Result<(M, bool)>
where
    C: IntoCondition<M, Type: Bool, Kind: PerRow>,
    Scope: About<C::Scope, M>,
{
    let matching = matching(&draft, &draft.matched_by(&[]))?.filter(condition);
    find_or_insert(&matching, draft, db, Location::caller())
}

/// Updates the row with the same match fields, or inserts this one.
#[track_caller]
pub(crate) fn update_or_create<M: Model>(
    draft: Draft<M>,
    fields: &[usize],
    update: Option<Vec<(usize, Node)>>,
    db: &dyn Executor,
) -> Result<(M, bool)> {
    let caller = Location::caller();
    let fields = draft.matched_by(fields);
    let matching = matching(&draft, &fields)?;
    let update = update.unwrap_or_else(|| {
        let is_key = |field: &usize| M::SCHEMA.field_at(*field).options.primary_key;
        let written = draft
            .set_fields()
            .filter(|field| !fields.contains(field) && !is_key(field));
        written
            .filter_map(|field| Some((field, Node::Bind(draft.value(field)?.clone()))))
            .collect()
    });
    let row = Ready::new(draft, caller)?;
    for _ in 0..ROUNDS {
        if let Some(mut found) = find(&matching, db, caller)? {
            match update_by_key(&mut found, update.clone(), true, db, caller) {
                // Somebody deleted it in between: then it is to be created.
                Err(Error::DoesNotExist { .. }) => continue,
                done => return done.map(|()| (found, false)),
            }
        }
        if let Some(created) = row.insert(OnConflict::Ignore, db)? {
            return Ok((created, true));
        }
    }
    insert_loudly(&row, db)
}

fn find_or_insert<M: Model>(
    matching: &QuerySet<M>,
    draft: Draft<M>,
    db: &dyn Executor,
    caller: Caller,
) -> Result<(M, bool)> {
    if let Some(found) = find(matching, db, caller)? {
        return Ok((found, false));
    }
    let row = Ready::new(draft, caller)?;
    for _ in 0..ROUNDS {
        if let Some(created) = row.insert(OnConflict::Ignore, db)? {
            return Ok((created, true));
        }
        // The insert was refused by a row that somebody else has just made, or by another constraint.
        if let Some(found) = find(matching, db, caller)? {
            return Ok((found, false));
        }
    }
    insert_loudly(&row, db)
}

/// Inserts where an ignored conflict was none of the match fields': the database's error names it.
fn insert_loudly<M: Model>(row: &Ready, db: &dyn Executor) -> Result<(M, bool)> {
    row.insert(OnConflict::Error, db)?
        .map(|created| (created, true))
        .ok_or(Error::DoesNotExist {
            model: M::SCHEMA.name,
        })
}

fn find<M: Model>(matching: &QuerySet<M>, db: &dyn Executor, caller: Caller) -> Result<Option<M>> {
    match matching.one_at(db, caller) {
        Ok(row) => Ok(Some(row)),
        Err(Error::DoesNotExist { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The query of the rows with the draft's values in some fields.
fn matching<M: Model>(draft: &Draft<M>, fields: &[usize]) -> Result<QuerySet<M>> {
    let mut query = QuerySet::<M>::all_rows();
    if let Some(link) = draft.link() {
        let (link, owner) = link.to(M::SCHEMA.name)?;
        query.push_filter(linked_to(link, owner));
    }
    for field in fields {
        let column = row_column(M::SCHEMA, *field);
        let place = *field;
        let value = match_value(draft, place)?;
        let column = Node::Column(column);
        query.push_filter(Node::compare(CompareOp::Eq, column, Node::Bind(value)));
    }
    Ok(query)
}

/// The value of a match field in a draft.
fn match_value<M: Model>(draft: &Draft<M>, place: usize) -> Result<Value> {
    if let Some(value) = draft.value(place) {
        return Ok(value.clone());
    }
    let field = M::SCHEMA.field_at(place);
    let refused = |message: String| {
        Err(Error::InvalidQuery {
            model: M::SCHEMA.name,
            message,
        })
    };
    match draft.key_of_parent_of(place) {
        Some(key) if field.options.primary_key => Ok(key.clone()),
        Some(_) => refused(format!(
            "the match field `{}` is one of a parent that is there, whose values the draft does not have: match by its key",
            field.name
        )),
        // What a draft leaves out of an optional field is NULL, here as in `save`.
        None if field.nullable && !field.database_fills() => Ok(Value::Null),
        None => refused(format!(
            "the match field `{}` has no value in the draft",
            field.name
        )),
    }
}
