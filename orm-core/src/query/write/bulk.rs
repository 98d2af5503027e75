//! Writing many rows at once.

pub(super) mod batches;

use std::borrow::Borrow;
use std::collections::HashMap;
use std::panic::Location;

use super::inherited;
use super::insert::{NewRow, complete};
use super::instance::loaded_value;
use super::validate::Problems;
use crate::ast::OnConflict;
use crate::draft::{Complete, Draft, TypedDraft};
use crate::error::{Error, Result};
use crate::executor::{Executor, Handle};
use crate::model::Model;
use crate::query::run::Caller;
use crate::query::{FieldSet, QuerySet, Whole, WritableFields};
use crate::value::Value;
use batches::{Inserting, in_place, runs, update_all};

/// Rows sent at a time where nothing else is said.
const BATCH_SIZE: usize = 5_000;

/// How [`bulk_create_with`](QuerySet::bulk_create_with) writes: in what batches, and what becomes of rows that
/// violate a unique constraint.
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// # let day = NaiveDate::from_ymd_opt(2020, 1, 1).unwrap();
/// let drafts = vec![Author::draft().name("Ann").joined_date(day)];
/// let written = Author::objects()
///     .bulk_create_with(&db, drafts, BulkCreate::new().batch_size(500).ignore_conflicts())?;
/// assert_eq!(written, 1);
/// # Ok::<(), orm::Error>(())
/// ```
pub struct BulkCreate<M> {
    batch_size: usize,
    on_conflict: OnConflict,
    model: std::marker::PhantomData<fn() -> M>,
}

impl<M: Model> BulkCreate<M> {
    /// Batches of 5,000 rows; a conflict is an error.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// # let day = NaiveDate::from_ymd_opt(2020, 1, 1).unwrap();
    /// let drafts = ["Ann", "Ben"].map(|name| Author::draft().name(name).joined_date(day));
    /// assert_eq!(Author::objects().bulk_create_with(&db, drafts, BulkCreate::new())?, 2);
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub const fn new() -> Self {
        Self {
            batch_size: BATCH_SIZE,
            on_conflict: OnConflict::Error,
            model: std::marker::PhantomData,
        }
    }

    /// Sends so many rows at a time; at least one. On SQLite, where each row is a step of one prepared statement, it makes
    /// little difference; on PostgreSQL a batch is one statement.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// # let day = NaiveDate::from_ymd_opt(2020, 1, 1).unwrap();
    /// let drafts = (0..1_000).map(|n| Author::draft().name(format!("Author {n}")).joined_date(day));
    /// let written = Author::objects().bulk_create_with(&db, drafts, BulkCreate::new().batch_size(200))?;
    /// assert_eq!(written, 1_000);
    /// # Ok::<(), orm::Error>(())
    /// ```
    #[must_use]
    pub fn batch_size(mut self, rows: usize) -> Self {
        self.batch_size = rows.max(1);
        self
    }

    /// Leaves out the rows that violate a unique constraint. Other violations are errors still.
    ///
    /// SQL: `ON CONFLICT DO NOTHING`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// # let bob = Author::objects().get(&db, Author::name.eq("Bob"))?;
    /// let drafts = ["SQL", "Joins"].map(|title| Book::draft().title(title).author(&bob).price(dec!(12)));
    /// let written = Book::objects().bulk_create_with(&db, drafts, BulkCreate::new().ignore_conflicts())?;
    /// assert_eq!(written, 1); // Bob has a book called SQL.
    /// # Ok::<(), orm::Error>(())
    /// ```
    #[must_use]
    pub fn ignore_conflicts(mut self) -> Self {
        self.on_conflict = OnConflict::Ignore;
        self
    }

    /// Names the fields of the unique constraint whose violation updates the row that is there; say with
    /// [`update`](OnConflictOf::update) what is updated. The database must have a unique constraint or index over exactly these
    /// fields, whether or not the model declares it; else the write is [`Error::InvalidQuery`].
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// # let bob = Author::objects().get(&db, Author::name.eq("Bob"))?;
    /// let drafts = [Book::draft().title("SQL").author(&bob).price(dec!(12))];
    /// let upsert = BulkCreate::new().on_conflict((Book::author, Book::title)).update(Book::price);
    /// Book::objects().bulk_create_with(&db, drafts, upsert)?;
    /// assert_eq!(Book::objects().get(&db, Book::title.eq("SQL"))?.price, dec!(12));
    /// # Ok::<(), orm::Error>(())
    /// ```
    #[must_use]
    pub fn on_conflict<F: FieldSet<M>>(self, fields: F) -> OnConflictOf<M> {
        OnConflictOf {
            options: self,
            target: fields.indexes(),
        }
    }
}

impl<M: Model> Default for BulkCreate<M> {
    fn default() -> Self {
        Self::new()
    }
}

/// A [`BulkCreate`] with the fields of a unique constraint.
pub struct OnConflictOf<M> {
    options: BulkCreate<M>,
    target: Vec<usize>,
}

impl<M: Model> OnConflictOf<M> {
    /// These fields of the row that is there take the new row's values.
    ///
    /// SQL: `ON CONFLICT (..) DO UPDATE SET a = excluded.a`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// # let bob = Author::objects().get(&db, Author::name.eq("Bob"))?;
    /// let drafts = [Book::draft().title("SQL").author(&bob).price(dec!(12)).stock_level(9)];
    /// let upsert = BulkCreate::new().on_conflict((Book::author, Book::title)).update((Book::price, Book::stock_level));
    /// assert_eq!(Book::objects().bulk_create_with(&db, drafts, upsert)?, 1);
    /// assert_eq!(Book::objects().get(&db, Book::title.eq("SQL"))?.stock_level, 9);
    /// # Ok::<(), orm::Error>(())
    /// ```
    #[must_use]
    pub fn update<F: WritableFields<M>>(mut self, fields: F) -> BulkCreate<M> {
        self.options.on_conflict = OnConflict::Update {
            target: self.target,
            columns: fields.indexes(),
        };
        self.options
    }
}

impl<M: Model, L> QuerySet<M, Whole<M>, L> {
    /// Inserts all rows, or none, and returns them in order, their keys filled in, on both databases.
    ///
    /// SQL: SQLite steps one cached `INSERT` for each row; PostgreSQL takes each batch of 5,000 rows as one statement with one
    /// array a column, `INSERT .. SELECT .. FROM unnest(..)`. Rows that leave other columns to the database are another
    /// statement. All in one transaction. Of rows with a [`Parent`](crate::relation::Parent), those of the parents first: Django refuses
    /// them.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// # let day = NaiveDate::from_ymd_opt(2020, 1, 1).unwrap();
    /// let drafts = ["Ann", "Ben"].map(|name| Author::draft().name(name).joined_date(day));
    /// let authors: Vec<Author> = Author::objects().bulk_create(&db, drafts)?;
    /// assert!(authors[0].id < authors[1].id);
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`save`](TypedDraft::save); then no row was written.
    #[track_caller]
    pub fn bulk_create<D, I: IntoIterator<Item: TypedDraft<Model = M, State: Complete>>>(
        &self,
        db: &D,
        drafts: I,
    ) -> Result<Vec<M>>
    where
        D: Handle + ?Sized,
    {
        self.is_for(db.executor())?;
        let rows = complete_all::<M, I>(drafts)?;
        create_all(rows, db.executor(), Location::caller())
    }

    /// Inserts all rows, or none, with a say in conflicts and batches; gives the number of rows written. For large loads it
    /// is faster than [`bulk_create`](Self::bulk_create), since no row comes back.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// # let bob = Author::objects().get(&db, Author::name.eq("Bob"))?;
    /// let drafts = vec![Book::draft().title("SQL").author(&bob).price(12)];
    /// let written = Book::objects().bulk_create_with(&db, drafts, BulkCreate::new()
    ///     .on_conflict((Book::author, Book::title)).update((Book::price, Book::stock_level)))?;
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`save`](TypedDraft::save), and [`Error::InvalidQuery`] where the database has no unique constraint over
    /// exactly the fields of [`on_conflict`](BulkCreate::on_conflict); then no row was written.
    #[track_caller]
    pub fn bulk_create_with<D, I: IntoIterator<Item: TypedDraft<Model = M, State: Complete>>>(
        &self,
        db: &D,
        drafts: I,
        options: BulkCreate<M>,
    ) -> Result<u64>
    where
        D: Handle + ?Sized,
    {
        let caller = Location::caller();
        self.is_for(db.executor())?;
        let rows = complete_all::<M, I>(drafts)?;
        let inserting = Inserting {
            model: M::SCHEMA,
            batch_size: options.batch_size,
            on_conflict: &options.on_conflict,
            caller,
        };
        if M::SCHEMA.parent.is_some() {
            let count = rows.len() as u64;
            return inherited::create(&rows, &inserting, db.executor(), &mut |_, _| Ok(()))
                .map(|()| count);
        }
        let runs = runs(rows);
        let mut written = 0;
        if runs.is_empty() {
            return Ok(written);
        }
        db.executor().atomic(&mut |db| {
            written = inserting.insert(&runs, false, db, &mut |_, _| Ok(()))?;
            Ok(())
        })?;
        Ok(written)
    }

    /// Writes some fields of many instances; gives the number of rows written. `auto_now` fields stay as they are, and rows
    /// that are gone are passed over, both as in Django.
    ///
    /// SQL: SQLite steps one cached `UPDATE` for each row; PostgreSQL takes each batch of 5,000 rows as one
    /// `UPDATE .. FROM unnest(..)`. All in one transaction.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let mut books = Book::objects().all(&db)?;
    /// for book in &mut books {
    ///     book.price += dec!(1);
    /// }
    /// assert_eq!(Book::objects().bulk_update(&db, &books, (Book::price,))?, 4);
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`save`](TypedDraft::save); then no row was written.
    #[track_caller]
    pub fn bulk_update<D, I, F>(&self, db: &D, instances: I, fields: F) -> Result<u64>
    where
        D: Handle + ?Sized,
        I: IntoIterator,
        I::Item: Borrow<M>,
        F: WritableFields<M>,
    {
        let caller = Location::caller();
        self.is_for(db.executor())?;
        let mut columns = fields.indexes();
        columns.retain(|column| !M::SCHEMA.field_at(*column).options.primary_key);
        let rows = last_of_each_key::<M, I>(instances, &columns)?;
        if M::SCHEMA.parent.is_some() {
            return inherited::update_many::<M>(&rows, &columns, db.executor(), caller);
        }
        let mut written = 0;
        if rows.is_empty() || columns.is_empty() {
            return Ok(written);
        }
        db.executor().atomic(&mut |db| {
            written = update_all(M::SCHEMA, &rows, &columns, db, caller)?;
            Ok(())
        })?;
        Ok(written)
    }
}

/// Inserts all rows, or none.
fn create_all<M: Model>(rows: Vec<NewRow>, db: &dyn Executor, caller: Caller) -> Result<Vec<M>> {
    let inserting = Inserting {
        model: M::SCHEMA,
        batch_size: BATCH_SIZE,
        on_conflict: &OnConflict::Error,
        caller,
    };
    if M::SCHEMA.parent.is_some() {
        let mut created = Vec::new();
        inherited::create(&rows, &inserting, db, &mut |rows, db| {
            created = inherited::read(rows, db, caller)?;
            Ok(())
        })?;
        return Ok(created);
    }
    let count = rows.len();
    let runs = runs(rows);
    let (mut created, mut places) = (Vec::with_capacity(count), Vec::with_capacity(count));
    if runs.is_empty() {
        return Ok(created);
    }
    db.atomic(&mut |db| {
        created.clear();
        places.clear();
        inserting.insert(&runs, true, db, &mut |place, row| {
            created.push(M::decode(row, 0)?);
            places.push(place);
            Ok(())
        })?;
        Ok(())
    })?;
    Ok(in_place(created, &places))
}

/// Inserts the rows of all drafts, or none, each changed before: by the relation that they become rows of.
pub(crate) fn create_with<M, I>(
    drafts: I,
    change: impl Fn(Draft<M>) -> Draft<M>,
    db: &dyn Executor,
    caller: Caller,
) -> Result<Vec<M>>
where
    M: Model,
    I: IntoIterator,
    I::Item: TypedDraft<Model = M>,
{
    let drafts = drafts.into_iter();
    let rows = drafts.map(|draft| complete(change(draft.into_draft())));
    create_all(rows.collect::<Result<_>>()?, db, caller)
}

fn complete_all<M, I>(drafts: I) -> Result<Vec<NewRow>>
where
    M: Model,
    I: IntoIterator,
    I::Item: TypedDraft<Model = M>,
{
    let complete = |draft: I::Item| {
        let draft = draft.into_draft();
        if draft.link().is_some() {
            return Err(Error::InvalidQuery {
                model: M::SCHEMA.name,
                message: "drafts that begin at a many-to-many are created by its own `bulk_create`, which links them"
                    .to_owned(),
            });
        }
        complete(draft)
    };
    drafts.into_iter().map(complete).collect()
}

/// The new values of each instance; of several with one key the last one's, as if written in turn.
fn last_of_each_key<M, I>(instances: I, columns: &[usize]) -> Result<Vec<Vec<Value>>>
where
    M: Model,
    I: IntoIterator,
    I::Item: Borrow<M>,
{
    let mut places = HashMap::new();
    let mut rows = Vec::new();
    for instance in instances {
        let instance = instance.borrow();
        let values = new_values(instance, columns)?;
        let place = *places.entry(instance.key()).or_insert(rows.len());
        match rows.get_mut(place) {
            Some(before) => *before = values,
            None => rows.push(values),
        }
    }
    Ok(rows)
}

/// The new values of some columns, checked, and the key last.
fn new_values<M: Model>(instance: &M, columns: &[usize]) -> Result<Vec<Value>> {
    let mut values = Vec::with_capacity(columns.len() + M::SCHEMA.primary_key.len());
    let mut problems = Problems::default();
    for column in columns {
        let mut value = loaded_value(instance, *column)?;
        problems.fit(M::SCHEMA.field_at(*column), &mut value);
        values.push(value);
    }
    problems.into_result(M::SCHEMA)?;
    values.extend(M::SCHEMA.primary_key.iter().map(|key| instance.value(*key)));
    Ok(values)
}
