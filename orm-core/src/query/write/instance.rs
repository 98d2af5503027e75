//! Changing the row that an instance is.

use std::panic::Location;

use super::inherited;
use super::insert::time_of;
use super::validate::Problems;
use crate::ast::{Expr as Node, Order, Select, Updating, row_column};
use crate::decode::Row;
use crate::draft::Draft;
use crate::error::{Error, Result};
use crate::executor::{Executor, Flow, Handle, Subject};
use crate::expr::Assignments;
use crate::model::Model;
use crate::query::run::{self, Caller};
use crate::query::{FieldSet, Whole, WritableFields};
use crate::schema::ModelSchema;
use crate::value::Value;

/// The methods of every instance: an instance is always a row that exists, so `save` is an `UPDATE`, where Django's
/// inserts if there is no row.
///
/// They are a trait's, so that a column may be called `save` or `update`.
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// let mut book = Book::objects().get(&db, Book::title.eq("SQL"))?;
/// book.price = dec!(12);
/// book.save(&db)?;
/// book.delete(&db)?;
/// # Ok::<(), orm::Error>(())
/// ```
pub trait Instance: Model {
    /// Writes all fields but those of type `Deferred` that were not loaded. `auto_now` fields take the time, and generated ones their new values.
    ///
    /// SQL: one `UPDATE .. WHERE "id" = ?`; of a row with a [`Parent`](crate::relation::Parent) one for each of its tables, in a
    /// transaction, as with the methods below
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let mut book = Book::objects().get(&db, Book::title.eq("SQL"))?;
    /// let before = book.updated_at;
    /// book.stock_level -= 1;
    /// book.save(&db)?;
    /// assert!(book.updated_at >= before);
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::DoesNotExist`] if the row is gone, [`Error::Validation`] before any SQL, and the database's.
    #[track_caller]
    fn save<D: Handle + ?Sized>(&mut self, db: &D) -> Result<()> {
        // What was not read was not changed.
        let there = |field: &usize| {
            !self.is_left_out(*field) || Self::SCHEMA.field_at(*field).options.auto_now
        };
        let fields = written_fields::<Self>().filter(there).collect::<Vec<_>>();
        save_fields(self, &fields, db.executor(), Location::caller())
    }

    /// Writes some fields, and the `auto_now` ones. What others have changed in the row's other fields stays.
    ///
    /// SQL: one `UPDATE .. WHERE "id" = ?`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let mut book = Book::objects().get(&db, Book::title.eq("SQL"))?;
    /// book.stock_level = 7;
    /// book.price = dec!(99);
    /// book.save_only(&db, Book::stock_level)?;
    /// book.refresh(&db)?;
    /// assert_eq!((book.stock_level, book.price), (7, dec!(10)));
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`save`](Self::save).
    #[track_caller]
    fn save_only<D: Handle + ?Sized, F: WritableFields<Self>>(
        &mut self,
        db: &D,
        fields: F,
    ) -> Result<()> {
        let mut fields = fields.indexes();
        for field in
            written_fields::<Self>().filter(|field| Self::SCHEMA.field_at(*field).options.auto_now)
        {
            if !fields.contains(&field) {
                fields.push(field);
            }
        }
        save_fields(self, &fields, db.executor(), Location::caller())
    }

    /// Changes fields in the database, by expressions if need be; the instance then holds the new values. `auto_now` fields
    /// stay as they are, as with `update` of a query set.
    ///
    /// SQL: one `UPDATE .. SET .. WHERE "id" = ? RETURNING ..`, so that nothing is lost when others count up too
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let mut book = Book::objects().get(&db, Book::title.eq("Dunes"))?;
    /// book.update(&db, (Book::sales_count.set(Book::sales_count + 1), Book::price.set(dec!(8))))?;
    /// assert_eq!((book.sales_count, book.price), (4, dec!(8)));
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`save`](Self::save).
    #[track_caller]
    fn update<D: Handle + ?Sized, A: Assignments<Self>>(
        &mut self,
        db: &D,
        assignments: A,
    ) -> Result<()> {
        let mut update = Vec::new();
        assignments.push_assignments(&mut update);
        update_by_key(self, update, false, db.executor(), Location::caller())
    }

    /// Reads all fields again; loaded relations are forgotten, and `Deferred` fields that were not loaded stay so, as in
    /// Django.
    ///
    /// SQL: `SELECT .. WHERE "id" = ?`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let mut book = Book::objects().get(&db, Book::title.eq("SQL"))?;
    /// Book::objects().update(&db, Book::stock_level.set(1))?;
    /// book.refresh(&db)?;
    /// assert_eq!(book.stock_level, 1);
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::DoesNotExist`] if the row is gone, and the database's.
    #[track_caller]
    fn refresh<D: Handle + ?Sized>(&mut self, db: &D) -> Result<()> {
        let (db, caller) = (db.executor(), Location::caller());
        let left_out = Self::DEFERRED.iter().copied();
        let left_out: Vec<_> = left_out.filter(|field| self.is_left_out(*field)).collect();
        *self = if left_out.is_empty() {
            run::row_again(self.key(), db, caller)?
        } else {
            let mut select = by_key(self);
            select.left_out = left_out;
            let row = run::fetch_first::<Whole<Self>>(&select, db, caller)?;
            row.ok_or(Error::DoesNotExist {
                model: Self::SCHEMA.name,
            })?
        };
        Ok(())
    }

    /// Reads some fields again, and those of type `Deferred` that were not loaded.
    ///
    /// SQL: `SELECT "stock_level" .. WHERE "id" = ?`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let mut book = Book::objects().get(&db, Book::title.eq("SQL"))?;
    /// Book::objects().update(&db, (Book::stock_level.set(1), Book::price.set(2)))?;
    /// book.refresh_only(&db, Book::stock_level)?;
    /// assert_eq!((book.stock_level, book.price), (1, dec!(10)));
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`refresh`](Self::refresh).
    #[track_caller]
    fn refresh_only<D: Handle + ?Sized, F: FieldSet<Self>>(
        &mut self,
        db: &D,
        fields: F,
    ) -> Result<()> {
        let fields = fields.indexes();
        let mut select = by_key(self);
        select.output = crate::ast::Output::Exprs(
            fields
                .iter()
                .map(|field| own_column::<Self>(*field))
                .collect(),
        );
        let found = run::for_each(&select, db.executor(), Location::caller(), &mut |row| {
            for (at, field) in fields.iter().enumerate() {
                self.assign(*field, row, at)?;
            }
            Ok(Flow::Stop)
        })?;
        if found == 0 {
            Err(Error::DoesNotExist {
                model: Self::SCHEMA.name,
            })
        } else {
            Ok(())
        }
    }

    /// Removes the row. What becomes of rows that point at it, their `on_delete` says, in the database, where Django does it
    /// in Python.
    ///
    /// SQL: one `DELETE FROM .. WHERE "id" = ?`; of a row with a [`Parent`](crate::relation::Parent) one for each of its tables
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let bob = Author::objects().get(&db, Author::name.eq("Bob"))?;
    /// bob.delete(&db)?;
    /// // His books went with him: `on_delete = cascade`.
    /// assert_eq!(Book::objects().count(&db)?, 2);
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::DoesNotExist`] if the row is gone already, [`Error::ForeignKeyViolation`] if other rows
    /// need it, and the database's.
    #[track_caller]
    fn delete<D: Handle + ?Sized>(self, db: &D) -> Result<()> {
        if Self::SCHEMA.parent.is_some() {
            return inherited::delete(&self, db.executor(), Location::caller());
        }
        let row = by_key(&self);
        let compiled = run::ready_delete(&row, db.executor())?;
        let command = run::command(&compiled, Subject::Delete(&row), Location::caller());
        if db.executor().execute(&command)? == 0 {
            return Err(Error::DoesNotExist {
                model: Self::SCHEMA.name,
            });
        }
        Ok(())
    }

    /// A draft with the values of all fields that can be set, without the key: to save a copy. A `Deferred` field that was
    /// not loaded has none; fetch it first.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let bob = Author::objects().get(&db, Author::name.eq("Bob"))?;
    /// let twin = bob.to_draft().save(&db)?;
    /// assert!(twin.id != bob.id && twin.name == bob.name);
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn to_draft(&self) -> Draft<Self> {
        let mut draft = Draft::new();
        for field in written_fields::<Self>().filter(|field| !self.is_left_out(*field)) {
            draft.put(field, self.value(field));
        }
        draft
    }
}

impl<M: Model> Instance for M {}

/// The columns of a whole row that a program may write, but the key.
fn written_fields<M: Model>() -> impl Iterator<Item = usize> {
    let fields = M::SCHEMA.row_fields();
    fields
        .filter(|(_, field)| !field.options.primary_key && !field.options.generated)
        .map(|(place, _)| place)
}

/// The query of the row that an instance is.
pub(super) fn by_key<M: Model>(instance: &M) -> Select {
    let mut select = Select::from_model(M::SCHEMA, &[]);
    select.order = Order::By(Vec::new());
    select
        .filters
        .extend(crate::expr::key_is::<M>(instance.key()));
    select
}

fn own_column<M: Model>(field: usize) -> Node {
    Node::Column(row_column(M::SCHEMA, field))
}

fn save_fields<M: Model>(
    instance: &mut M,
    fields: &[usize],
    db: &dyn Executor,
    caller: Caller,
) -> Result<()> {
    let mut assignments = Vec::with_capacity(fields.len());
    for index in fields {
        let field = M::SCHEMA.field_at(*index);
        let value = if field.options.auto_now {
            let now = [time_of(field)];
            instance.assign(*index, &crate::decode::ValueRow(&now), 0)?;
            let [now] = now;
            now
        } else {
            loaded_value(instance, *index)?
        };
        assignments.push((*index, Node::Bind(value)));
    }
    update_row(
        instance,
        assignments,
        generated_fields::<M>().collect(),
        db,
        caller,
    )
}

/// The value of a column to be written.
pub(super) fn loaded_value<M: Model>(instance: &M, field: usize) -> Result<Value> {
    if instance.is_left_out(field) {
        return Err(Error::NotLoaded {
            relation: M::SCHEMA.field_at(field).name,
        });
    }
    Ok(instance.value(field))
}

fn generated_fields<M: Model>() -> impl Iterator<Item = usize> {
    let fields = M::SCHEMA.row_fields();
    fields
        .filter(|(_, field)| field.options.generated)
        .map(|(place, _)| place)
}

/// Changes fields by expressions; the instance then holds the new values.
pub(super) fn update_by_key<M: Model>(
    instance: &mut M,
    mut assignments: Vec<(usize, Node)>,
    auto_now: bool,
    db: &dyn Executor,
    caller: Caller,
) -> Result<()> {
    if auto_now {
        for (place, field) in M::SCHEMA
            .row_fields()
            .filter(|(_, field)| field.options.auto_now)
        {
            if !assignments.iter().any(|(assigned, _)| *assigned == place) {
                assignments.push((place, Node::Bind(time_of(field))));
            }
        }
    }
    let returning = assignments
        .iter()
        .map(|(field, _)| *field)
        .chain(generated_fields::<M>())
        .collect();
    update_row(instance, assignments, returning, db, caller)
}

/// One `UPDATE` by primary key, or one for each table that the row is in; what it returns is read into the instance.
fn update_row<M: Model>(
    instance: &mut M,
    assignments: Vec<(usize, Node)>,
    returning: Vec<usize>,
    db: &dyn Executor,
    caller: Caller,
) -> Result<()> {
    if M::SCHEMA.parent.is_some() {
        return inherited::update(instance, assignments, &returning, db, caller);
    }
    let row = by_key(instance);
    update_one(&row, assignments, &returning, db, caller, &mut |row| {
        for (at, field) in returning.iter().enumerate() {
            instance.assign(*field, row, at)?;
        }
        Ok(())
    })
}

/// One `UPDATE` of one row in one table; shows what it returns.
pub(super) fn update_one(
    row: &Select,
    mut assignments: Vec<(usize, Node)>,
    returning: &[usize],
    db: &dyn Executor,
    caller: Caller,
    on_row: &mut dyn FnMut(&dyn Row) -> Result<()>,
) -> Result<()> {
    let model = row.model;
    let written = if assignments.is_empty() {
        let mut select = row.clone();
        select.output = crate::ast::Output::One;
        run::for_each(&select, db, caller, &mut |_| Ok(Flow::Stop))?
    } else {
        check(model, &mut assignments)?;
        let update = Updating {
            rows: row,
            assignments: &assignments,
            returning,
        };
        let compiled = run::ready_update(update, db)?;
        let command = run::command(&compiled, Subject::Update(update), caller);
        if returning.is_empty() {
            db.execute(&command)?
        } else {
            db.query(&command, &mut |row| on_row(row).map(|()| Flow::Continue))?
        }
    };
    if written == 0 {
        return Err(Error::DoesNotExist { model: model.name });
    }
    Ok(())
}

/// Checks the values among the assignments against their columns, each of which can be set once: one database would refuse a second
/// assignment, the other choose one of them.
pub(super) fn check(model: &'static ModelSchema, assignments: &mut [(usize, Node)]) -> Result<()> {
    let mut problems = Problems::default();
    for (place, (field, _)) in assignments.iter().enumerate() {
        if assignments[..place].iter().any(|(other, _)| other == field) {
            problems.add(&model.fields[*field], "set twice");
        }
    }
    for (field, node) in assignments {
        if let Node::Bind(value) = node {
            problems.fit(&model.fields[*field], value);
        }
    }
    problems.into_result(model)
}
