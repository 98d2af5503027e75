//! `add`, `remove`, `set` and `clear`: which rows are linked to this one. Each forgets what was loaded.

use std::panic::Location;

use super::{ManyToMany, Owner};
use crate::ast::Expr as Node;
use crate::draft::{Complete, TypedDraft};
use crate::error::{Error, Result};
use crate::expr::Assignments;
use crate::model::Model;
use crate::query::Handle;
use crate::query::write::{self, Links};
use crate::relation::RowList;

impl<T: Model> ManyToMany<T> {
    /// Links rows to this one; gives the number of those that were not linked before. What is linked already stays as it is,
    /// and is linked once.
    ///
    /// Where a `through` model has further required fields, their values go into [`add_with`](Self::add_with).
    ///
    /// SQL: one `INSERT INTO "book_tags" .. ON CONFLICT (..) DO NOTHING` for any number of rows: on PostgreSQL with an array a
    /// key, on SQLite stepped once a row. Where the link table lets a pair in twice, `INSERT .. SELECT .. WHERE NOT EXISTS (..)`,
    /// which two programs at once may still do twice.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let mut dunes = Book::objects().get(&db, Book::title.eq("Dunes"))?;
    /// let tags = Tag::objects().all(&db)?;
    /// assert_eq!(dunes.tags.add(&db, [&tags[0]])?, 1);
    /// assert_eq!(dunes.tags.add(&db, &tags)?, 1);
    /// assert_eq!(dunes.tags.add(&db, [tags[1].id])?, 0);
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::ForeignKeyViolation`] for a key that no row has, [`Error::Validation`] before any SQL where a field of the link
    /// model has no value, [`Error::InvalidQuery`] for an instance that was made by hand, and the database's.
    #[track_caller]
    pub fn add<D, L>(&mut self, db: &D, rows: L) -> Result<u64>
    where
        D: Handle + ?Sized,
        L: RowList<T>,
    {
        self.loaded.forget();
        Owner::links::<T>(self.owner.as_ref())?.add(rows.into_keys(), &[], db.executor())
    }

    /// As [`add`](Self::add), with values for further fields of the `through` model, the same for each new link: Django's
    /// `through_defaults`. A link that is there keeps its values.
    ///
    /// ```
    /// use orm::prelude::*;
    ///
    /// #[derive(Model)]
    /// struct Team {
    ///     id: i64,
    ///     #[field(through = Membership)]
    ///     members: ManyToMany<Person>,
    /// }
    ///
    /// #[derive(Model)]
    /// struct Person {
    ///     id: i64,
    ///     #[reverse(Team::members)]
    ///     teams: ManyToMany<Team>,
    /// }
    ///
    /// #[derive(Model)]
    /// #[model(unique(fields = [team, person]))]
    /// struct Membership {
    ///     id: i64,
    ///     team: ForeignKey<Team>,
    ///     person: ForeignKey<Person>,
    ///     role: String,
    /// }
    ///
    /// # let db = Database::connect("sqlite::memory:")?;
    /// # db.create_tables()?;
    /// let mut team = Team::draft().save(&db)?;
    /// let ann = Person::draft().save(&db)?;
    /// // Each membership has a role, and this says none.
    /// assert!(matches!(team.members.add(&db, [&ann]), Err(Error::Validation { model: "Membership", .. })));
    /// team.members.add_with(&db, [&ann], Membership::role.set("coach"))?;
    /// assert_eq!(ann.teams.count(&db)?, 1);
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`add`](Self::add), and [`Error::InvalidQuery`] before any SQL for fields of another model, and for an expression
    /// in the place of a value.
    #[track_caller]
    pub fn add_with<D, L, M, A>(&mut self, db: &D, rows: L, values: A) -> Result<u64>
    where
        D: Handle + ?Sized,
        L: RowList<T>,
        M: Model,
        A: Assignments<M>,
    {
        self.loaded.forget();
        let links = Owner::links::<T>(self.owner.as_ref())?;
        let values = values_of::<M, A>(&links, values)?;
        links.add(rows.into_keys(), &values, db.executor())
    }

    /// Links rows to this one no more; gives the number of links that went. The rows themselves stay; those that are not linked
    /// are passed over.
    ///
    /// SQL: `DELETE FROM "book_tags" WHERE "tag_id" = ANY($1) AND "book_id" = $2`, on SQLite `IN rarray(?)`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let mut rust = Book::objects().get(&db, Book::title.eq("Rust"))?;
    /// let code = Tag::objects().get(&db, Tag::name.eq("code"))?;
    /// assert_eq!(rust.tags.remove(&db, [&code])?, 1);
    /// assert_eq!(rust.tags.remove(&db, [&code])?, 0);
    /// assert_eq!(Tag::objects().count(&db)?, 2);
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidQuery`] for an instance that was made by hand, and the database's.
    #[track_caller]
    pub fn remove<D, L>(&mut self, db: &D, rows: L) -> Result<u64>
    where
        D: Handle + ?Sized,
        L: RowList<T>,
    {
        self.loaded.forget();
        Owner::links::<T>(self.owner.as_ref())?.remove(rows.into_keys(), db.executor())
    }

    /// Links exactly these rows: the links of others go, those that are there stay as they are, and the rest is new.
    ///
    /// SQL: one `DELETE` of the links of others and one `INSERT` as that of [`add`](Self::add), in a transaction
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let mut rust = Book::objects().get(&db, Book::title.eq("Rust"))?;
    /// let new = Tag::objects().get(&db, Tag::name.eq("new"))?;
    /// assert_queries!(db, 2, { rust.tags.set(&db, [&new])? });
    /// assert_eq!(rust.tags.all(&db)?, [new]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`add`](Self::add); then nothing has changed.
    #[track_caller]
    pub fn set<D, L>(&mut self, db: &D, rows: L) -> Result<()>
    where
        D: Handle + ?Sized,
        L: RowList<T>,
    {
        self.loaded.forget();
        Owner::links::<T>(self.owner.as_ref())?.set(rows.into_keys(), &[], db.executor())
    }

    /// As [`set`](Self::set), with values for further fields of the `through` model in new links: see
    /// [`add_with`](Self::add_with).
    ///
    /// # Errors
    /// Those of [`add_with`](Self::add_with); then nothing has changed.
    #[track_caller]
    pub fn set_with<D, L, M, A>(&mut self, db: &D, rows: L, values: A) -> Result<()>
    where
        D: Handle + ?Sized,
        L: RowList<T>,
        M: Model,
        A: Assignments<M>,
    {
        self.loaded.forget();
        let links = Owner::links::<T>(self.owner.as_ref())?;
        let values = values_of::<M, A>(&links, values)?;
        links.set(rows.into_keys(), &values, db.executor())
    }

    /// Links no row to this one any more; gives the number of links that went.
    ///
    /// SQL: `DELETE FROM "book_tags" WHERE "book_id" = ?`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let mut rust = Book::objects().get(&db, Book::title.eq("Rust"))?;
    /// assert_eq!(rust.tags.clear(&db)?, 2);
    /// assert!(!rust.tags.exists(&db)?);
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::InvalidQuery`] for an instance that was made by hand, and the database's.
    #[track_caller]
    pub fn clear<D: Handle + ?Sized>(&mut self, db: &D) -> Result<u64> {
        self.loaded.forget();
        Owner::links::<T>(self.owner.as_ref())?.clear(db.executor())
    }

    /// Saves a draft and links the new row to this one; both, or neither.
    ///
    /// SQL: two `INSERT`s in a transaction
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let mut dunes = Book::objects().get(&db, Book::title.eq("Dunes"))?;
    /// let sand = dunes.tags.create(&db, Tag::draft().name("sand"))?;
    /// assert_eq!(dunes.tags.all(&db)?, [sand]);
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`save`](TypedDraft::save) and of [`add`](Self::add).
    #[track_caller]
    pub fn create<D, R>(&mut self, db: &D, draft: R) -> Result<T>
    where
        D: Handle + ?Sized,
        R: TypedDraft<Model = T> + Complete,
    {
        self.loaded.forget();
        let links = Owner::links::<T>(self.owner.as_ref())?;
        let draft = draft.into_draft();
        let mut created = None;
        db.executor().atomic(&mut |db| {
            let row = write::insert_at(draft.clone(), db, links.caller)?;
            links.add(vec![row.value(T::SCHEMA.key().index)], &[], db)?;
            created = Some(row);
            Ok(())
        })?;
        created.ok_or(Error::DoesNotExist {
            model: T::SCHEMA.name,
        })
    }
}

impl Owner {
    /// Its links, to be changed.
    #[track_caller]
    fn links<T: Model>(owner: Option<&Self>) -> Result<Links<'_>> {
        let Self { link, key } = owner.ok_or_else(|| Error::InvalidQuery {
            model: T::SCHEMA.name,
            message:
                "the instance whose rows these are was made by hand: read it from the database first"
                    .to_owned(),
        })?;
        Ok(Links {
            link,
            owner: key,
            caller: Location::caller(),
        })
    }
}

/// The values of further fields, which must be those of the link model.
fn values_of<M: Model, A: Assignments<M>>(
    links: &Links<'_>,
    values: A,
) -> Result<Vec<(usize, Node)>> {
    let model = links.link.model();
    if *model != *M::SCHEMA {
        return Err(Error::InvalidQuery {
            model: M::SCHEMA.name,
            message: format!(
                "`{}` links its rows through `{}`",
                links.link.links.name, model.name
            ),
        });
    }
    let mut pushed = Vec::new();
    values.push_assignments(&mut pushed);
    Ok(pushed)
}
