//! `add`, `remove`, `set` and `clear`: which rows point at this one. Each forgets what was loaded.

use std::panic::Location;

use super::{HasMany, HasOne, Owner};
use crate::ast::Expr as Node;
use crate::draft::{Complete, Draft, TypedDraft, made_by_hand};
#[cfg(doc)]
use crate::error::Error;
use crate::error::Result;
use crate::model::Model;
use crate::query::Handle;
use crate::query::write::{self, Pointing};
use crate::relation::{OneOf, RowList};

/// A model with a key that is an `Option`: its rows can be without the row that they point at.
#[diagnostic::on_unimplemented(
    message = "rows of `{Self}` cannot be taken out of a relation: no key of `{Self}` is an `Option`",
    label = "would make a required key NULL",
    note = "delete the rows, or give them to another row by its `add`"
)]
pub trait HasOptionalKey: Model {}

impl Owner {
    /// The rows that point at it, to be changed.
    #[track_caller]
    fn pointing<'a, T: Model>(owner: Option<&'a Self>) -> Result<Pointing<'a>> {
        let Owner { relation, key } = owner.ok_or_else(|| made_by_hand(T::SCHEMA.name))?;
        Ok(Pointing {
            relation,
            owner: key,
            caller: Location::caller(),
        })
    }
}

/// The rows that the model's default filter lets through: those that the relation shows.
fn shown<T: Model>() -> Vec<Node> {
    T::default_filter().into_iter().collect()
}

impl<T: Model> HasMany<T> {
    /// Takes rows over, from whichever row they belonged to; gives the number of those that did not belong here before. What
    /// is here already stays. `auto_now` fields stay as they are, as in Django. Where the key is a part of the rows' primary key
    /// they get another one: instances that were read before do not know it.
    ///
    /// SQL: `UPDATE .. SET "author_id" = ? WHERE "id" = ANY($1) AND ..`, on SQLite `IN rarray(?)`: one statement for any number
    /// of rows
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let mut eve = Author::objects().get(&db, Author::name.eq("Eve"))?;
    /// let sql = Book::objects().get(&db, Book::title.eq("SQL"))?;
    /// assert_eq!(eve.books.add(&db, [&sql])?, 1);
    /// assert_eq!(eve.books.count(&db)?, 3);
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// The database's, and [`Error::InvalidQuery`] for an instance that was made by hand.
    #[track_caller]
    pub fn add<D, L>(&mut self, db: &D, rows: L) -> Result<u64>
    where
        D: Handle + ?Sized,
        L: RowList<T>,
    {
        self.loaded.forget();
        Owner::pointing::<T>(self.owner.as_ref())?.add(rows.into_keys(), db.executor())
    }

    /// Makes exactly these the rows of the relation. Others lose their key, which must be an `Option`: where it is required,
    /// every row that is here must be among those that are given, or this is an error and changes nothing. (Django leaves
    /// such rows where they are, so that after its `set` there may be more than what was given.)
    ///
    /// SQL: two statements in a transaction, whatever the number of rows: `UPDATE .. SET "editor_id" = NULL ..` and
    /// `UPDATE .. SET "editor_id" = ? ..`, each of the rows alone that change; for a required key the second, and a `SELECT`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let mut eve = Author::objects().get(&db, Author::name.eq("Eve"))?;
    /// let all = Book::objects().all(&db)?;
    /// eve.books.set(&db, &all)?;
    /// assert_eq!(eve.books.count(&db)?, 4);
    /// // A book cannot be without its author.
    /// assert!(eve.books.set(&db, &all[..2]).is_err());
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidQuery`] for rows that would be left without a required key, and for an instance that was made by hand;
    /// the database's.
    #[track_caller]
    pub fn set<D, L>(&mut self, db: &D, rows: L) -> Result<()>
    where
        D: Handle + ?Sized,
        L: RowList<T>,
    {
        self.loaded.forget();
        let pointing = Owner::pointing::<T>(self.owner.as_ref())?;
        pointing.set(shown::<T>(), rows.into_keys(), db.executor())
    }

    /// Takes rows out of the relation: their key becomes NULL. Gives the number of those that were in it; others are left
    /// alone, where Django raises an error.
    ///
    /// It compiles where some key of `T` is an `Option`; that it is the key of this relation is checked before any SQL.
    ///
    /// SQL: `UPDATE .. SET "editor_id" = NULL WHERE "editor_id" = ? AND "id" = ANY($2)`
    ///
    /// ```
    /// use orm::prelude::*;
    ///
    /// #[derive(Model)]
    /// struct Shelf {
    ///     id: i64,
    ///     #[reverse(Item::shelf)]
    ///     items: HasMany<Item>,
    /// }
    ///
    /// #[derive(Model)]
    /// struct Item {
    ///     id: i64,
    ///     #[field(on_delete = set_null)]
    ///     shelf: Option<ForeignKey<Shelf>>,
    /// }
    ///
    /// # let db = Database::connect("sqlite::memory:")?;
    /// # db.create_tables()?;
    /// let mut shelf = Shelf::draft().save(&db)?;
    /// let [cup, jug] = [shelf.items.draft().save(&db)?, shelf.items.draft().save(&db)?];
    /// assert_eq!(shelf.items.remove(&db, [&cup])?, 1);
    /// shelf.items.set(&db, [&cup])?;
    /// assert!(shelf.items.contains(&db, &cup)? && !shelf.items.contains(&db, &jug)?);
    /// assert_eq!(shelf.items.clear(&db)?, 1);
    /// assert_eq!(Item::objects().filter(Item::shelf.is_null()).count(&db)?, 2);
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidQuery`] if the key of this relation is required, and for an instance that was made by hand; the database's.
    #[track_caller]
    pub fn remove<D, L>(&mut self, db: &D, rows: L) -> Result<u64>
    where
        T: HasOptionalKey,
        D: Handle + ?Sized,
        L: RowList<T>,
    {
        self.loaded.forget();
        Owner::pointing::<T>(self.owner.as_ref())?.remove(rows.into_keys(), db.executor())
    }

    /// Takes all rows out of the relation: their key becomes NULL. Gives their number. See [`remove`](Self::remove) for an
    /// example.
    ///
    /// SQL: `UPDATE .. SET "editor_id" = NULL WHERE "editor_id" = ?`
    ///
    /// # Errors
    /// As [`remove`](Self::remove).
    #[track_caller]
    pub fn clear<D>(&mut self, db: &D) -> Result<u64>
    where
        T: HasOptionalKey,
        D: Handle + ?Sized,
    {
        self.loaded.forget();
        Owner::pointing::<T>(self.owner.as_ref())?.clear(shown::<T>(), db.executor())
    }
}

impl<T: Model> HasMany<T> {
    /// Inserts the rows of many drafts, or none, as rows of the relation; gives them in order. Whatever key to this row a draft
    /// has, it gets this one.
    ///
    /// SQL: as [`QuerySet::bulk_create`](crate::query::QuerySet::bulk_create)
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let mut bob = Author::objects().get(&db, Author::name.eq("Bob"))?;
    /// let drafts = ["Joins", "Views"].map(|title| bob.books.draft().title(title).price(9));
    /// let books = bob.books.bulk_create(&db, drafts)?;
    /// assert!(books[1].author.id() == bob.id && bob.books.count(&db)? == 4);
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`save`](TypedDraft::save), then no row was written; [`Error::InvalidQuery`] for an instance that was made by hand.
    #[track_caller]
    pub fn bulk_create<D, I>(&mut self, db: &D, drafts: I) -> Result<Vec<T>>
    where
        D: Handle + ?Sized,
        I: IntoIterator,
        I::Item: TypedDraft<Model = T> + Complete,
    {
        self.loaded.forget();
        let owner = self.owner.as_ref();
        let Owner { relation, key } = owner.ok_or_else(|| made_by_hand(T::SCHEMA.name))?;
        let own = |draft: Draft<T>| draft.with(relation.key, key.clone());
        write::create_with(drafts, own, db.executor(), Location::caller())
    }
}

impl<T: Model> HasOne<T> {
    /// Makes an instance, or the row of a key, the row of the relation. The one before loses its key, which must be an `Option`:
    /// a required one is first to be pointed elsewhere, or deleted. (In Django `user.profile = profile` changes only the
    /// instance.)
    ///
    /// SQL: two `UPDATE`s in a transaction, each of the row alone that changes; for a required key one, and a `SELECT`
    ///
    /// ```
    /// use orm::prelude::*;
    ///
    /// #[derive(Model)]
    /// struct Driver {
    ///     id: i64,
    ///     #[reverse(Car::driver)]
    ///     car: HasOne<Car>,
    /// }
    ///
    /// #[derive(Model)]
    /// struct Car {
    ///     id: i64,
    ///     #[field(on_delete = set_null)]
    ///     driver: Option<OneToOne<Driver>>,
    /// }
    ///
    /// # let db = Database::connect("sqlite::memory:")?;
    /// # db.create_tables()?;
    /// let mut ann = Driver::draft().save(&db)?;
    /// let first = ann.car.draft().save(&db)?;
    /// let second = Car::draft().save(&db)?;
    /// ann.car.set(&db, &second)?;
    /// assert_eq!(ann.car.fetch(&db)?.map(|car| car.id), Some(second.id));
    /// ann.car.clear(&db)?;
    /// assert!(!ann.car.objects().exists(&db)?);
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::UniqueViolation`] if another row has the place and cannot be without it, [`Error::InvalidQuery`] for an
    /// instance that was made by hand, and the database's.
    #[track_caller]
    pub fn set<D, K>(&mut self, db: &D, row: K) -> Result<()>
    where
        D: Handle + ?Sized,
        K: OneOf<T, T::Key>,
    {
        self.loaded.forget();
        let pointing = Owner::pointing::<T>(self.owner.as_ref())?;
        let mut key = Vec::new();
        row.push_key(&mut key);
        let keys = key.into_iter().map(|part| vec![part]).collect();
        pointing.set(Vec::new(), keys, db.executor())
    }

    /// Takes the row out of the relation: its key becomes NULL. Gives whether there was one. See [`set`](Self::set) for an
    /// example.
    ///
    /// SQL: `UPDATE .. SET "driver_id" = NULL WHERE "driver_id" = ?`
    ///
    /// # Errors
    /// [`Error::InvalidQuery`] if the key of this relation is required, and for an instance that was made by hand; the database's.
    #[track_caller]
    pub fn clear<D>(&mut self, db: &D) -> Result<bool>
    where
        T: HasOptionalKey,
        D: Handle + ?Sized,
    {
        self.loaded.forget();
        let pointing = Owner::pointing::<T>(self.owner.as_ref())?;
        Ok(pointing.clear(Vec::new(), db.executor())? > 0)
    }
}
