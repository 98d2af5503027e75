//! Drafts with their required fields checked: what has a value, and what may be saved.

use crate::draft::Draft;
use crate::error::Result;
use crate::executor::Handle;
use crate::expr::{Assignments, IntoCondition, PerRow};
use crate::model::Model;
use crate::path::{About, Scope};
use crate::query::{FieldSet, write};
use crate::types::Bool;

/// The state of a required field that has a value.
pub struct Set;

/// A draft whose required fields all have values.
#[diagnostic::on_unimplemented(
    message = "a required field of this draft has no value",
    label = "call the methods of its required fields first"
)]
pub trait Complete: TypedDraft {}

/// A row to be, as `Book::draft()` begins it: one method for each field that can be set, and these.
///
/// A field is required that has no default, is no `Option`, and is not filled in by the database or the clock. A draft
/// without a value for one has no `save`: it does not compile. What is left out is filled in thus:
///
/// | field | value |
/// | --- | --- |
/// | `auto_now`, `auto_now_add` | the time, by the clock of the program |
/// | `default` | the default |
/// | `db_default`, `generated`, an integer primary key | what the database says |
/// | an `Option` | NULL |
///
/// The methods are fallible only where they take a `&db`; values are checked then.
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// # let bob = Author::objects().get(&db, Author::name.eq("Bob"))?;
/// let book = Book::draft().title("Joins").author(&bob).price(dec!(12.5)).save(&db)?;
/// assert_eq!((book.stock_level, book.is_published, book.subtitle), (0, true, None));
/// # Ok::<(), orm::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a draft of a row",
    label = "expected drafts, as `Book::draft()` begins them",
    note = "`book.to_draft()` is a draft of a row like one that is there"
)]
pub trait TypedDraft: Sized {
    /// The model.
    type Model: Model;
    /// The draft itself, of which is asked whether it is complete: what is no draft is then asked nothing more.
    #[doc(hidden)]
    type State;

    /// The draft without the types of what is set.
    #[doc(hidden)]
    fn into_draft(self) -> Draft<Self::Model>;

    /// Gives a draft this type: the one who calls knows that what its state says is set is so, or will be.
    #[doc(hidden)]
    fn of_draft(draft: Draft<Self::Model>) -> Self;

    /// Gives one type whatever was set, so that drafts go into a `Vec` and through branches.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// # let day = NaiveDate::from_ymd_opt(2020, 1, 1).unwrap();
    /// let draft: Draft<Author> = Author::draft().name("Ann").joined_date(day).build();
    /// let ann = draft.save(&db)?;
    /// assert_eq!(ann.name, "Ann");
    /// # Ok::<(), orm::Error>(())
    /// ```
    fn build(self) -> Draft<Self::Model>
    where
        Self: Complete,
    {
        self.into_draft()
    }

    /// Inserts the row and returns it, with what the database filled in.
    ///
    /// SQL: one `INSERT`, with `RETURNING` where the database fills in a column; on SQLite the key alone needs none. Of a row with a
    /// [`Parent`](crate::relation::Parent) one for each table, the parent's first, in a transaction
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// # let day = NaiveDate::from_ymd_opt(2020, 1, 1).unwrap();
    /// let ann = Author::draft().name("Ann").joined_date(day).save(&db)?;
    /// assert!(ann.id > 0);
    /// let long = Author::draft().name("Ann".repeat(100)).joined_date(day).save(&db);
    /// assert_eq!(long.unwrap_err().to_string(), "Author.name: longer than 100 characters");
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Validation`](crate::error::Error::Validation) before any SQL for texts and decimals that are too long and values
    /// that the database cannot hold, and the database's: a unique value that is taken, a key to no row, a violated check.
    #[track_caller]
    fn save<D: Handle + ?Sized>(self, db: &D) -> Result<Self::Model>
    where
        Self: Complete,
    {
        write::insert(self.into_draft(), db.executor())
    }

    /// The row that has the same values in the match fields, or else this one, inserted. `true` where it was inserted.
    ///
    /// Where a unique constraint covers the match fields, any number of callers at once make one row, and none of them gets
    /// an error. Without one, two callers at once may each insert.
    ///
    /// SQL: `SELECT .. LIMIT 2`, and if there is none `INSERT .. ON CONFLICT DO NOTHING`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// # let day = NaiveDate::from_ymd_opt(2020, 1, 1).unwrap();
    /// let (first, created) = Author::draft().name("Ann").joined_date(day).get_or_create(&db, Author::name)?;
    /// let (second, again) = Author::draft().name("Ann").joined_date(day).get_or_create(&db, Author::name)?;
    /// assert!(created && !again && first.id == second.id);
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::MultipleObjects`](crate::error::Error::MultipleObjects) if several rows match, those of
    /// [`save`](Self::save), and [`Error::InvalidQuery`](crate::error::Error::InvalidQuery) if a match field has no value.
    #[track_caller]
    fn get_or_create<D, F>(self, db: &D, fields: F) -> Result<(Self::Model, bool)>
    where
        Self: Complete,
        D: Handle + ?Sized,
        F: FieldSet<Self::Model>,
    {
        write::get_or_create(self.into_draft(), &fields.indexes(), db.executor())
    }

    /// The one row that meets the condition, or else this one, inserted. `true` where it was inserted.
    ///
    /// SQL: as [`get_or_create`](Self::get_or_create)
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// # let day = NaiveDate::from_ymd_opt(2020, 1, 1).unwrap();
    /// let (bob, created) =
    ///     Author::draft().name("bob").joined_date(day).get_or_create_by(&db, Author::name.iexact("bob"))?;
    /// assert!(!created && bob.name == "Bob");
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`get_or_create`](Self::get_or_create).
    #[track_caller]
    fn get_or_create_by<D, C>(self, db: &D, condition: C) -> Result<(Self::Model, bool)>
    where
        Self: Complete,
        D: Handle + ?Sized,
        C: IntoCondition<Self::Model, Type: Bool, Kind: PerRow>,
        Scope: About<C::Scope, Self::Model>,
    {
        write::get_or_create_by(self.into_draft(), condition, db.executor())
    }

    /// Updates the row that has the same values in the match fields with all other fields that are set here, and its
    /// `auto_now` fields, or else inserts this one. `true` where it was inserted. Fields that the draft does not set stay.
    ///
    /// SQL: `SELECT .. LIMIT 2`, then `UPDATE .. WHERE "id" = ?`, or else `INSERT .. ON CONFLICT DO NOTHING`
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// # let day = NaiveDate::from_ymd_opt(2001, 1, 1).unwrap();
    /// let (bob, created) = Author::draft().name("Bob").joined_date(day).update_or_create(&db, Author::name)?;
    /// assert!(!created && bob.joined_date == day);
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`get_or_create`](Self::get_or_create).
    #[track_caller]
    fn update_or_create<D, F>(self, db: &D, fields: F) -> Result<(Self::Model, bool)>
    where
        Self: Complete,
        D: Handle + ?Sized,
        F: FieldSet<Self::Model>,
    {
        write::update_or_create(self.into_draft(), &fields.indexes(), None, db.executor())
    }

    /// As [`update_or_create`](Self::update_or_create), with other values for the update than for the creation; Django has
    /// `create_defaults` for it. The values may be expressions over the row that is there.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// # let db = bookstore()?;
    /// # let bob = Author::objects().get(&db, Author::name.eq("Bob"))?;
    /// let restock = || Book::draft().title("Joins").author(&bob).price(9).stock_level(1)
    ///     .update_or_create_with(&db, (Book::author, Book::title), Book::stock_level.set(Book::stock_level + 1));
    /// assert_eq!(restock()?.0.stock_level, 1);
    /// assert_eq!(restock()?.0.stock_level, 2);
    /// # Ok::<(), orm::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`get_or_create`](Self::get_or_create).
    #[track_caller]
    fn update_or_create_with<D, F, A>(
        self,
        db: &D,
        fields: F,
        assignments: A,
    ) -> Result<(Self::Model, bool)>
    where
        Self: Complete,
        D: Handle + ?Sized,
        F: FieldSet<Self::Model>,
        A: Assignments<Self::Model>,
    {
        let mut update = Vec::new();
        assignments.push_assignments(&mut update);
        write::update_or_create(
            self.into_draft(),
            &fields.indexes(),
            Some(update),
            db.executor(),
        )
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model> TypedDraft for Draft<M> {
    type Model = M;
    type State = Self;

    fn into_draft(self) -> Self {
        self
    }

    fn of_draft(draft: Self) -> Self {
        draft
    }
}

impl<M: Model> Complete for Draft<M> {}
