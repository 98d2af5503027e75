//! Rows that are in several tables, their own and those of their parents: written table by table, in one transaction.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::bulk::batches::{Inserting, runs, update_all};
use super::insert::{Merged, NewRow, complete_own, insert_of};
use super::instance::{by_key, check, update_one};
use crate::ast::{
    Column, CompareOp, Distinct, Expr as Node, Lock, Members, OnConflict, Order, Output, Select,
    Updating, Wait,
};
use crate::decode::{Row, ValueRow};
use crate::error::{Error, Result};
use crate::executor::{Executor, Flow, Subject};
use crate::expr::{in_select, key_among};
use crate::model::{KeyType, Model};
use crate::query::run::{self, Caller};
use crate::query::{RowShape as _, Whole};
use crate::schema::{FieldSchema, Level, ModelSchema, PathNode};
use crate::value::Value;

/// Fills in what a draft left out of the parents' columns, unless a row of the parent is there already.
pub(super) fn complete(model: &'static ModelSchema, row: &mut [Option<Value>]) -> Result<()> {
    let (own, rest) = row.split_at_mut(model.fields.len());
    match model.parent {
        Some(parent) if own[model.key().index].is_none() => {
            complete_own(parent.model, parent.default_value, rest)?;
            complete(parent.model, rest)
        }
        _ => Ok(()),
    }
}

/// Inserts a row, its parents first; `None` where a conflict was ignored.
pub(super) fn insert<M: Model>(
    row: &NewRow,
    on_conflict: &OnConflict,
    db: &dyn Executor,
    caller: Caller,
) -> Result<Option<M>> {
    let mut inserted = None;
    let written = db.atomic(&mut |db| {
        let mut row = row.clone();
        insert_tables(M::SCHEMA, &mut row, db, caller)?;
        inserted = read(std::slice::from_ref(&row), db, caller)?.pop();
        Ok(())
    });
    match written {
        // Of several tables one at most can have it; the others must be as they were.
        Err(Error::UniqueViolation { .. }) if *on_conflict == OnConflict::Ignore => Ok(None),
        written => written.map(|()| inserted),
    }
}

/// Inserts a row into each table that it is not in yet, and fills in what the database says.
fn insert_tables(
    model: &'static ModelSchema,
    row: &mut [Option<Value>],
    db: &dyn Executor,
    caller: Caller,
) -> Result<()> {
    let (own, rest) = row.split_at_mut(model.fields.len());
    let key = model.key().index;
    if let Some(parent) = model.parent
        && own[key].is_none()
    {
        insert_tables(parent.model, rest, db, caller)?;
        own[key].clone_from(&rest[parent.model.key().index]);
    }
    let insert = insert_of(model, own, OnConflict::Error, db);
    let mut compiled = run::ready_insert(&insert, db)?;
    compiled.params = own.iter().flatten().cloned().collect();
    let command = run::command(&compiled, Subject::Insert(&insert), caller);
    if insert.returning.is_empty() {
        return db.execute(&command).map(drop);
    }
    db.query(&command, &mut |returned| {
        let row = Merged::new(&insert, &[], Some(returned));
        fill_in(model, own, &row)?;
        Ok(Flow::Continue)
    })?;
    Ok(())
}

/// Fills in the columns that the database has filled.
fn fill_in(model: &'static ModelSchema, own: &mut [Option<Value>], row: &dyn Row) -> Result<()> {
    for (field, slot) in model.fields.iter().zip(own) {
        if slot.is_none() {
            *slot = Some(owned(model, field, row, field.index)?);
        }
    }
    Ok(())
}

/// The value of a column that was read, by itself.
fn owned(
    model: &'static ModelSchema,
    field: &'static FieldSchema,
    row: &dyn Row,
    at: usize,
) -> Result<Value> {
    match row.value(at) {
        Ok(value) => Ok(value.to_owned_as(field.column_type)),
        Err(found) => Err(Error::Decode {
            model: model.name,
            field: field.name.to_owned(),
            expected: found.expected,
            found: found.found,
        }),
    }
}

/// Rows that were inserted as instances. Of those whose parent was there before, the database is asked.
pub(super) fn read<M: Model>(rows: &[NewRow], db: &dyn Executor, caller: Caller) -> Result<Vec<M>> {
    let key = M::SCHEMA.key().index;
    let added = rows.iter().filter(|row| row.iter().any(Option::is_none));
    let added: Vec<Value> = added.filter_map(|row| row[key].clone()).collect();
    let select = among(M::SCHEMA, &added);
    let mut there = HashMap::with_capacity(added.len());
    if !added.is_empty() {
        let found = run::fetch::<Whole<M>>(&select, db, caller)?;
        there.extend(found.into_iter().map(|row| (row.key(), row)));
    }
    let instance = |row: &NewRow| {
        let known: Option<Vec<Value>> = row.iter().cloned().collect();
        if let Some(values) = known {
            return M::decode(&ValueRow(&values), 0);
        }
        let key = row[key].clone().unwrap_or(Value::Null);
        let key = <M::Key as KeyType>::Rows::decode(&ValueRow(&[key]), &select)?;
        there.remove(&key).ok_or(Error::DoesNotExist {
            model: M::SCHEMA.name,
        })
    };
    rows.iter().map(instance).collect()
}

/// What is done with rows that were inserted, before it is for good.
pub(super) type OnCreated<'a> = dyn FnMut(&[NewRow], &dyn Executor) -> Result<()> + 'a;

/// Inserts many rows, all or none: those of the last parents first, with one statement for each table.
pub(super) fn create(
    rows: &[NewRow],
    into: &Inserting<'_>,
    db: &dyn Executor,
    on_created: &mut OnCreated<'_>,
) -> Result<()> {
    if *into.on_conflict != OnConflict::Error {
        return Err(Error::InvalidQuery {
            model: into.model.name,
            message: "rows with a parent are in several tables, so that no conflict of one of them can be ignored or made an update"
                .to_owned(),
        });
    }
    if rows.is_empty() {
        return Ok(());
    }
    db.atomic(&mut |db| {
        let mut created = rows.to_vec();
        let rows = created.iter_mut().map(Vec::as_mut_slice);
        create_tables(into, rows.collect(), db)?;
        on_created(&created, db)
    })
}

fn create_tables(
    into: &Inserting<'_>,
    mut rows: Vec<&mut [Option<Value>]>,
    db: &dyn Executor,
) -> Result<()> {
    let model = into.model;
    let (own, key) = (model.fields.len(), model.key().index);
    if let Some(parent) = model.parent {
        let model = parent.model;
        let new = rows.iter_mut().filter(|row| row[key].is_none());
        let parents = new.map(|row| &mut row[own..]).collect();
        create_tables(&Inserting { model, ..*into }, parents, db)?;
        for row in &mut rows {
            if row[key].is_none() {
                row[key] = row[own + model.key().index].clone();
            }
        }
    }
    let given = runs(rows.iter().map(|row| row[..own].to_vec()).collect());
    into.insert(&given, true, db, &mut |place, row| {
        fill_in(model, &mut rows[place][..own], row)
    })?;
    Ok(())
}

/// The rows of a parent that the rows of a query go on from.
fn of_parents(rows: &Select, model: &'static ModelSchema) -> Select {
    let mut parents = Select::from_model(model, &[]);
    parents.order = Order::By(Vec::new());
    parents.backend = rows.backend;
    parents.filters = vec![in_select(Node::key_of(model), keys_of(rows))];
    parents
}

/// The keys of the rows of a query.
fn keys_of(rows: &Select) -> Select {
    let key = Node::key_of(rows.model).into_parts();
    let mut keys = rows.clone();
    keys.lock = None;
    if keys.distinct == Distinct::Rows {
        // Whole rows are distinct.
        keys.distinct = Distinct::No;
    }
    if keys.is_sliced() || keys.slice.is_some() {
        // What is left out depends on the order, which is that of whole rows.
        let mut outer = Select::from_model(rows.model, &[]);
        outer.order = Order::By(Vec::new());
        outer.ctes.clone_from(&keys.ctes);
        outer.slice = Some(Box::new(keys));
        keys = outer;
    }
    keys.output = Output::Exprs(key);
    keys
}

/// What is assigned in one of the tables that rows are in.
struct Part {
    level: Level,
    assignments: Vec<(usize, Node)>,
}

/// Assignments by their tables, in an order in which each sees the rows as they were.
fn parts(model: &'static ModelSchema, assignments: Vec<(usize, Node)>) -> Result<Vec<Part>> {
    let mut parts = Vec::new();
    let mut back = None;
    for level in model.levels() {
        let places = level.at..level.at + level.model.fields.len();
        let own = assignments.iter().filter(|(at, _)| places.contains(at));
        let own = own.map(|(at, value)| (at - level.at, value_there(value, back)));
        let assignments: Vec<_> = own.collect();
        if !assignments.is_empty() {
            parts.push(Part { level, assignments });
        }
        if let Some(parent) = level.model.parent {
            back = Some(crate::ast::way_back(parent.back, back));
        }
    }
    if sees_others_changes(&parts) {
        parts.reverse();
    }
    if sees_others_changes(&parts) {
        return Err(Error::InvalidQuery {
            model: model.name,
            message: "the new values of two tables are made of each other: update the model and its parent one after the other"
                .to_owned(),
        });
    }
    Ok(parts)
}

/// A value of a row as a value of its parent's.
fn value_there(value: &Node, back: Option<&'static PathNode>) -> Node {
    let mut value = value.clone();
    if let Some(back) = back {
        value.rebase(back);
    }
    value
}

/// Whether some part has values that an earlier one changes.
fn sees_others_changes(parts: &[Part]) -> bool {
    let mut changed = HashSet::new();
    for Part { level, assignments } in parts {
        let model = level.model;
        let values = assignments.iter();
        if !changed.is_empty()
            && values
                .clone()
                .any(|(_, value)| reads(value, model, &changed))
        {
            return true;
        }
        changed.extend(values.map(|(field, _)| (model.table, *field)));
    }
    false
}

/// Whether a value of a row may be made of one of these columns, each a table and an index: what is not looked into may be.
fn reads(
    value: &Node,
    model: &'static ModelSchema,
    columns: &HashSet<(&'static str, usize)>,
) -> bool {
    match value {
        Node::Column(Column { path, field }) => {
            let model = path.map_or(model, PathNode::target);
            columns.contains(&(model.table, field.index))
        }
        Node::Bind(_) | Node::Constant(_) => false,
        Node::Aggregate(_)
        | Node::Related(_)
        | Node::Each(_)
        | Node::Outer(_)
        | Node::Window(_)
        | Node::Quantified(_)
        | Node::Raw(_)
        | Node::CteColumn(_)
        | Node::Exists(_)
        | Node::Scalar(_) => true,
        Node::In(of) if matches!(of.members, Members::Select(_)) => true,
        other => {
            let mut found = false;
            other.each_child(&mut |child| found |= reads(child, model, columns));
            found
        }
    }
}

/// Changes the rows of a query; gives their number.
pub(super) fn update_rows(
    rows: &Select,
    assignments: Vec<(usize, Node)>,
    db: &dyn Executor,
    caller: Caller,
) -> Result<u64> {
    let mut parts = parts(rows.model, assignments)?;
    for part in &mut parts {
        check(part.level.model, &mut part.assignments)?;
    }
    if rows.empty {
        return Ok(0);
    }
    if let [part] = &parts[..] {
        if part.level.at == 0 {
            return update_part(rows, part, db, caller);
        }
        return update_part(&of_parents(rows, part.level.model), part, db, caller);
    }
    // Which rows they are is asked first: a new value may make others of them.
    let mut written = 0;
    db.atomic(&mut |db| {
        let keys = read_keys(rows, true, db, caller)?;
        written = keys.len() as u64;
        parts.iter().try_for_each(|part| {
            update_part(&among(part.level.model, &keys), part, db, caller).map(drop)
        })
    })?;
    Ok(written)
}

/// The keys of the rows of a query, read; `stay` says that the rows keep their keys.
///
/// The rows are locked in all their tables, so that those that are written by their keys meet the conditions still.
fn read_keys(rows: &Select, stay: bool, db: &dyn Executor, caller: Caller) -> Result<Vec<Value>> {
    let (mut select, mut keys) = (keys_of(&lockable(rows)), Vec::new());
    select.lock = Some(Lock {
        wait: Wait::Block,
        no_key: stay,
        of: Vec::new(),
        tables: Vec::new(),
    });
    run::for_each(&select, db, caller, &mut |row| {
        keys.push(owned(rows.model, rows.model.key(), row, 0)?);
        Ok(Flow::Continue)
    })?;
    Ok(keys)
}

/// The rows of a query, by their keys where it makes them of more than rows of tables: these cannot be locked.
fn lockable(rows: &Select) -> Cow<'_, Select> {
    let by_window = match &rows.order {
        Order::By(terms) => terms.iter().any(|term| term.expr.has_window()),
        Order::Default(_) => false,
    };
    let of_tables = rows.slice.is_none()
        && rows.combined.is_none()
        && rows.ctes.is_none()
        && !matches!(rows.distinct, Distinct::On(_))
        && !by_window
        && !rows.filters.iter().any(Node::has_window);
    if of_tables {
        return Cow::Borrowed(rows);
    }
    let mut outer = Select::from_model(rows.model, &[]);
    outer.backend = rows.backend;
    outer.filters = vec![in_select(Node::key_of(rows.model), keys_of(rows))];
    Cow::Owned(outer)
}

/// The rows with these keys.
fn among(model: &'static ModelSchema, keys: &[Value]) -> Select {
    let mut rows = Select::from_model(model, &[]);
    rows.filters = vec![key_among(model, vec![keys.to_vec()])];
    rows
}

/// Removes the rows of a query from all their tables; gives their number.
///
/// A database that others made may not do it by itself, so that those go first which point at the others.
pub(super) fn delete_rows(rows: &Select, db: &dyn Executor, caller: Caller) -> Result<u64> {
    let mut gone = 0;
    if rows.empty {
        return Ok(gone);
    }
    db.atomic(&mut |db| {
        let keys = read_keys(rows, false, db, caller)?;
        gone = keys.len() as u64;
        if keys.is_empty() {
            return Ok(());
        }
        let mut levels = rows.model.levels();
        levels.try_for_each(|level| delete_part(&among(level.model, &keys), db, caller).map(drop))
    })?;
    Ok(gone)
}

/// Removes the row of an instance from all its tables.
pub(super) fn delete<M: Model>(instance: &M, db: &dyn Executor, caller: Caller) -> Result<()> {
    let key = instance.value(M::SCHEMA.key().index);
    db.atomic(&mut |db| {
        for level in M::SCHEMA.levels() {
            let gone = delete_part(&with_key(level.model, key.clone()), db, caller)?;
            if gone == 0 && level.at == 0 {
                return Err(Error::DoesNotExist {
                    model: M::SCHEMA.name,
                });
            }
        }
        Ok(())
    })
}

fn delete_part(rows: &Select, db: &dyn Executor, caller: Caller) -> Result<u64> {
    let compiled = run::ready_delete(rows, db)?;
    db.execute(&run::command(&compiled, Subject::Delete(rows), caller))
}

fn update_part(rows: &Select, part: &Part, db: &dyn Executor, caller: Caller) -> Result<u64> {
    let update = Updating {
        rows,
        assignments: &part.assignments,
        returning: &[],
    };
    let compiled = run::ready_update(update, db)?;
    db.execute(&run::command(&compiled, Subject::Update(update), caller))
}

/// Changes the row of an instance in each of its tables; what these return is read into the instance.
pub(super) fn update<M: Model>(
    instance: &mut M,
    assignments: Vec<(usize, Node)>,
    returning: &[usize],
    db: &dyn Executor,
    caller: Caller,
) -> Result<()> {
    let mut parts = parts(M::SCHEMA, assignments)?;
    if !parts.iter().any(|part| part.level.at == 0) {
        // That the row itself is there is seen too.
        let level = Level {
            model: M::SCHEMA,
            at: 0,
        };
        let assignments = Vec::new();
        parts.insert(0, Part { level, assignments });
    }
    let own = by_key(instance);
    let key = instance.value(M::SCHEMA.key().index);
    let mut new = Vec::new();
    db.atomic(&mut |db| {
        new.clear();
        for part in &parts {
            let model = part.level.model;
            let row = match part.level.at {
                0 => Cow::Borrowed(&own),
                _ => Cow::Owned(with_key(model, key.clone())),
            };
            update_table(&row, part, returning, db, caller, &mut new)?;
        }
        Ok(())
    })?;
    // Only now: what a later statement undoes would stay in the instance.
    for (field, value) in new {
        instance.assign(field, &ValueRow(&[value]), 0)?;
    }
    Ok(())
}

/// Changes a row in one of its tables; adds what it returns to the new values.
fn update_table(
    row: &Select,
    part: &Part,
    returning: &[usize],
    db: &dyn Executor,
    caller: Caller,
    new: &mut Vec<(usize, Value)>,
) -> Result<()> {
    let Part { level, assignments } = part;
    let fields = level.model.fields;
    let returning = returning.iter().filter_map(|at| at.checked_sub(level.at));
    let returning: Vec<_> = returning.filter(|at| *at < fields.len()).collect();
    update_one(
        row,
        assignments.clone(),
        &returning,
        db,
        caller,
        &mut |row| {
            for (at, field) in returning.iter().enumerate() {
                let value = owned(level.model, &fields[*field], row, at)?;
                new.push((level.at + field, value));
            }
            Ok(())
        },
    )
}

/// The row of a key.
fn with_key(model: &'static ModelSchema, key: Value) -> Select {
    let column = Column {
        path: None,
        field: model.key(),
    };
    let mut row = Select::from_model(model, &[]);
    row.order = Order::By(Vec::new());
    let is = Node::compare(CompareOp::Eq, Node::Column(column), Node::Bind(key));
    row.filters.push(is);
    row
}

/// Writes some columns of many rows, each with its new values and its key behind them.
pub(super) fn update_many<M: Model>(
    rows: &[Vec<Value>],
    columns: &[usize],
    db: &dyn Executor,
    caller: Caller,
) -> Result<u64> {
    let mut written = 0;
    if rows.is_empty() || columns.is_empty() {
        return Ok(written);
    }
    db.atomic(&mut |db| {
        // A parent may be there still where the row that went on from it is not.
        let there = match columns.iter().any(|at| *at >= M::SCHEMA.fields.len()) {
            true => Cow::Owned(those_there::<M>(rows, db, caller)?),
            false => Cow::Borrowed(rows),
        };
        written = there.len() as u64;
        for level in M::SCHEMA.levels() {
            let places = level.at..level.at + level.model.fields.len();
            let own = columns.iter().enumerate();
            let own = own.filter(|(_, column)| places.contains(*column));
            let (values, fields): (Vec<_>, Vec<_>) =
                own.map(|(at, column)| (at, column - level.at)).unzip();
            if fields.is_empty() {
                continue;
            }
            let row = |row: &Vec<Value>| {
                let values = values.iter().map(|at| row[*at].clone());
                values.chain(row.last().cloned()).collect()
            };
            let rows: Vec<Vec<Value>> = there.iter().map(row).collect();
            let count = update_all(level.model, &rows, &fields, db, caller)?;
            if level.at == 0 {
                written = count;
            }
        }
        Ok(())
    })?;
    Ok(written)
}

/// Those of the rows, each with its key behind it, that are there.
fn those_there<M: Model>(
    rows: &[Vec<Value>],
    db: &dyn Executor,
    caller: Caller,
) -> Result<Vec<Vec<Value>>> {
    let keys: Vec<_> = rows.iter().filter_map(|row| row.last().cloned()).collect();
    let select = among(M::SCHEMA, &keys);
    let key = |value: Value| <M::Key as KeyType>::Rows::decode(&ValueRow(&[value]), &select);
    let found = read_keys(&select, true, db, caller)?;
    let found: HashSet<M::Key> = found.into_iter().map(key).collect::<Result<_>>()?;
    let mut there = Vec::with_capacity(found.len());
    for (row, row_key) in rows.iter().zip(keys) {
        if found.contains(&key(row_key)?) {
            there.push(row.clone());
        }
    }
    Ok(there)
}
