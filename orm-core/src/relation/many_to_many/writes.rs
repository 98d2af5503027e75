//! `add`, `remove`, `set` and `clear`: which rows are linked to this one. Each forgets what was loaded.

use std::panic::Location;

use super::{ManyToMany, Owner};
use crate::draft::{Complete, Draft, Drafts, LinkValues, NewLink, TypedDraft, made_by_hand};
#[cfg(doc)]
use crate::error::Error;
use crate::error::Result;
use crate::expr::Assignments;
use crate::model::Model;
use crate::path::KeyTo;
use crate::query::Handle;
use crate::query::write::{self, Links};
use crate::relation::RowList;
use crate::relation::rows::single_keys;

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
        Owner::links::<T>(self.owner.as_ref())?.add(
            single_keys(rows),
            &LinkValues::default(),
            db.executor(),
        )
    }

    /// As [`add`](Self::add), with values for further fields of the `through` model, the same for each new link: Django's
    /// `through_defaults`. A link that is there keeps its values.
    ///
    /// It compiles for fields of a model that has a key to the rows; that it is the `through` model of this relation, which the type
    /// `ManyToMany<T>` does not tell, is checked before any SQL.
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
    pub fn add_with<D, L, M, K, A>(&mut self, db: &D, rows: L, values: A) -> Result<u64>
    where
        D: Handle + ?Sized,
        L: RowList<T>,
        A: LinkAssignments<T, M, K>,
    {
        self.loaded.forget();
        let links = Owner::links::<T>(self.owner.as_ref())?;
        links.add(single_keys(rows), &values.into_link_values(), db.executor())
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
        Owner::links::<T>(self.owner.as_ref())?.remove(single_keys(rows), db.executor())
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
        Owner::links::<T>(self.owner.as_ref())?.set(
            single_keys(rows),
            &LinkValues::default(),
            db.executor(),
        )
    }

    /// As [`set`](Self::set), with values for further fields of the `through` model in new links: see
    /// [`add_with`](Self::add_with).
    ///
    /// # Errors
    /// Those of [`add_with`](Self::add_with); then nothing has changed.
    #[track_caller]
    pub fn set_with<D, L, M, K, A>(&mut self, db: &D, rows: L, values: A) -> Result<()>
    where
        D: Handle + ?Sized,
        L: RowList<T>,
        A: LinkAssignments<T, M, K>,
    {
        self.loaded.forget();
        let links = Owner::links::<T>(self.owner.as_ref())?;
        links.set(single_keys(rows), &values.into_link_values(), db.executor())
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
        let draft = draft.into_draft();
        let draft = draft.linked(Owner::new_link(self.owner.as_ref(), LinkValues::default()));
        write::insert(draft, db.executor())
    }

    /// A new row to be filled, saved, and linked to this one: both, or neither. `get_or_create` and its kin look for the row among
    /// those that are linked to this one; one that is not there is created, and a row that has a unique value already without
    /// being linked is an error, as in Django.
    ///
    /// What was loaded before does not have the new row.
    ///
    /// SQL: none, until it is saved
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let dunes = Book::objects().get(&db, Book::title.eq("Dunes"))?;
    /// let sand = dunes.tags.draft().name("sand").save(&db)?;
    /// assert_eq!(dunes.tags.all(&db)?, [sand.clone()]);
    /// let (same, created) = dunes.tags.draft().name("sand").get_or_create(&db, Tag::name)?;
    /// assert!(same == sand && !created);
    /// // Another book's tag is not found, and cannot be made twice.
    /// let taken = dunes.tags.draft().name("code").get_or_create(&db, Tag::name);
    /// assert!(matches!(taken, Err(Error::UniqueViolation { .. })));
    /// # Ok::<(), orm::Error>(())
    /// ```
    pub fn draft(&self) -> T::Draft
    where
        T: Drafts,
    {
        self.drafted(LinkValues::default())
    }

    /// As [`draft`](Self::draft), with values for further fields of the `through` model in the new link: Django's
    /// `through_defaults` of `create`, `get_or_create` and `update_or_create`. It compiles where [`add_with`](Self::add_with)
    /// does.
    ///
    /// SQL: none, until it is saved
    pub fn draft_with<M, K, A>(&self, values: A) -> T::Draft
    where
        T: Drafts,
        A: LinkAssignments<T, M, K>,
    {
        self.drafted(values.into_link_values())
    }

    fn drafted(&self, values: LinkValues) -> T::Draft
    where
        T: Drafts,
    {
        TypedDraft::of_draft(Draft::new().linked(Owner::new_link(self.owner.as_ref(), values)))
    }

    /// Inserts the rows of many drafts, and links them to this one: all, or none. Gives them in order.
    ///
    /// SQL: as [`QuerySet::bulk_create`](crate::query::QuerySet::bulk_create), and one `INSERT` of the links
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// let mut dunes = Book::objects().get(&db, Book::title.eq("Dunes"))?;
    /// let tags = dunes.tags.bulk_create(&db, ["sand", "worms"].map(|name| Tag::draft().name(name)))?;
    /// assert_eq!(dunes.tags.order_by(Tag::id).all(&db)?, tags);
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`save`](TypedDraft::save) and of [`add`](Self::add); then no row was written.
    #[track_caller]
    pub fn bulk_create<D, I>(&mut self, db: &D, drafts: I) -> Result<Vec<T>>
    where
        D: Handle + ?Sized,
        I: IntoIterator,
        I::Item: TypedDraft<Model = T> + Complete,
    {
        self.loaded.forget();
        let links = Owner::links::<T>(self.owner.as_ref())?;
        links.check(&LinkValues::default())?;
        let drafts: Vec<_> = drafts.into_iter().map(TypedDraft::into_draft).collect();
        let mut created = Vec::new();
        db.executor().atomic(&mut |db| {
            created = write::create_with(drafts.iter().cloned(), |draft| draft, db, links.caller)?;
            let keys = created
                .iter()
                .map(|row: &T| row.value(T::SCHEMA.key().index));
            links
                .add(keys.collect(), &LinkValues::default(), db)
                .map(drop)
        })?;
        Ok(created)
    }
}

impl Owner {
    /// Its links, to be changed.
    #[track_caller]
    fn links<T: Model>(owner: Option<&Self>) -> Result<Links<'_>> {
        let Self { link, key } = owner.ok_or_else(|| made_by_hand(T::SCHEMA.name))?;
        Ok(Links {
            link,
            owner: key,
            caller: Location::caller(),
        })
    }

    /// A link to it, for a row that is not there yet.
    fn new_link(owner: Option<&Self>, values: LinkValues) -> NewLink {
        let to = owner.map(|owner| (owner.link, owner.key.clone()));
        NewLink { to, values }
    }
}

/// Values for further fields of the links to rows of `T`: assignments to fields of `M`, which has the key `K` to `T`.
#[diagnostic::on_unimplemented(
    message = "these are no values of a model that links rows of `{T}`",
    label = "expected `Link::field.set(..)` of the model that `through` names, or a tuple of such"
)]
pub trait LinkAssignments<T, M, K> {
    /// The values.
    #[doc(hidden)]
    fn into_link_values(self) -> LinkValues;
}

#[diagnostic::do_not_recommend]
impl<T, M, K, A> LinkAssignments<T, M, K> for A
where
    M: Model + KeyTo<T, K>,
    A: Assignments<M>,
{
    fn into_link_values(self) -> LinkValues {
        let mut values = Vec::new();
        self.push_assignments(&mut values);
        LinkValues::of(M::SCHEMA, values)
    }
}
