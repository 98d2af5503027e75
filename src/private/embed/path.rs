//! Paths to embedded structs, and to columns of a model by their names.

use std::marker::PhantomData;
use std::ops::Deref;

use orm_core::ast::Expr;
use orm_core::expr::Assignments;
use orm_core::model::Model;
use orm_core::path::{Field, FieldDef, Path, Relation, Root, ToOne};
use orm_core::query::{FieldSet, WritableFields};

use super::{Embed, EmbedPaths, EmbedValue, Embedding};

/// The path `P` and then the struct that is embedded in the place `At`: what `Post::stamps` is. It derefs to the struct's fields:
/// `Post::stamps.created_at`. By itself it stands for all of them where fields are listed or set.
///
/// ```
/// use orm::prelude::*;
///
/// #[derive(Embed)]
/// struct Shelf {
///     room: i32,
///     row: i32,
/// }
///
/// #[derive(Model)]
/// struct Folder {
///     id: i64,
///     #[model(embed)]
///     shelf: Shelf,
/// }
///
/// # fn main() -> Result<()> {
/// let db = Database::connect("sqlite::memory:")?;
/// db.create_tables()?;
/// let mut folder = Folder::draft().shelf(Shelf { room: 1, row: 2 }).save(&db)?;
/// folder.shelf.row = 3;
/// folder.save_only(&db, Folder::shelf)?;
/// assert_eq!(Folder::objects().filter(Folder::shelf.room.eq(1) & Folder::shelf.row.eq(3)).count(&db)?, 1);
/// # Ok(())
/// # }
/// ```
pub struct EmbedPath<P, At>(PhantomData<fn() -> (P, At)>);

impl<P, At> EmbedPath<P, At> {
    /// The one value of the type.
    pub const NEW: Self = Self(PhantomData);
}

impl<P, At> Clone for EmbedPath<P, At> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P, At> Copy for EmbedPath<P, At> {}

impl<P: 'static, At: Embedding> Deref for EmbedPath<P, At> {
    type Target = <At::Embedded as Embed>::Paths<P, At>;

    fn deref(&self) -> &Self::Target {
        EmbedPaths::ALL
    }
}

impl<P: Path, At: Embedding> std::fmt::Debug for EmbedPath<P, At> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let start = P::OUTER.map_or(P::Root::SCHEMA, |query| query.model);
        f.write_str(start.name)?;
        for step in P::NODE.map(|node| node.steps()).unwrap_or_default() {
            write!(f, ".{}", step.name)?;
        }
        write!(f, ".{}", At::NAME)
    }
}

impl<M: Model, At: Embedding<Model = M>> EmbedPath<Root<M>, At> {
    /// `SET` of all its columns, for `update`: takes the struct, a reference to one, or its draft, which leaves the columns as
    /// they are that it does not set.
    ///
    /// SQL: `"room" = ?, "row" = ?`
    ///
    /// ```
    /// use orm::prelude::*;
    ///
    /// #[derive(Embed)]
    /// struct Slot {
    ///     room: i32,
    ///     #[field(default = 1)]
    ///     row: i32,
    /// }
    ///
    /// #[derive(Model)]
    /// struct Binder {
    ///     id: i64,
    ///     #[model(embed)]
    ///     slot: Slot,
    /// }
    ///
    /// # fn main() -> Result<()> {
    /// let db = Database::connect("sqlite::memory:")?;
    /// db.create_tables()?;
    /// let mut binder = Binder::draft().slot(Slot { room: 1, row: 2 }).save(&db)?;
    /// Binder::objects().update(&db, Binder::slot.set(Slot { room: 5, row: 6 }))?;
    /// binder.update(&db, Binder::slot.set(Slot::draft().room(7)))?;
    /// binder.refresh(&db)?;
    /// assert_eq!((binder.slot.room, binder.slot.row), (7, 6));
    /// # Ok(())
    /// # }
    /// ```
    pub fn set<V: EmbedValue<At::Embedded>>(self, value: V) -> EmbedAssignments<M> {
        let values = value.into_values().into_iter();
        let values = values.map(|(column, value)| (At::OFFSET + column, Expr::Bind(value)));
        EmbedAssignments(values.collect(), PhantomData)
    }
}

/// New values of the columns of an embedded struct: what [`EmbedPath::set`] gives.
#[must_use = "an assignment changes nothing until it is given to `.update(&db, ..)`"]
pub struct EmbedAssignments<M>(Vec<(usize, Expr)>, PhantomData<fn() -> M>);

#[diagnostic::do_not_recommend]
impl<M> Assignments<M> for EmbedAssignments<M> {
    fn push_assignments(self, to: &mut Vec<(usize, Expr)>) {
        to.extend(self.0);
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model, At: Embedding<Model = M>> FieldSet<M> for EmbedPath<Root<M>, At> {
    fn push_indexes(&self, to: &mut Vec<usize>) {
        to.extend(At::OFFSET..At::OFFSET + <At::Embedded as Embed>::WIDTH);
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model, At: Embedding<Model = M>> WritableFields<M> for EmbedPath<Root<M>, At> {}

/// The same where nothing can be dereferenced: in a constant.
pub const fn embedded_paths<P: 'static, At: Embedding>(
    _: EmbedPath<P, At>,
) -> <At::Embedded as Embed>::Paths<P, At> {
    *<At::Embedded as Embed>::Paths::<P, At>::ALL
}

/// A path to a column of `M` itself, as it is named in an ordering or a constraint.
#[diagnostic::on_unimplemented(
    message = "this is not a column of `{M}`",
    label = "expected a field that has a column"
)]
pub trait OwnColumn<M>: Copy {
    /// Its index in the schema.
    const INDEX: usize;
}

#[diagnostic::do_not_recommend]
impl<M: Model, F: FieldDef<Model = M>> OwnColumn<M> for Field<Root<M>, F> {
    const INDEX: usize = F::INDEX;
}

#[diagnostic::do_not_recommend]
impl<M: Model, R: Relation<From = M>> OwnColumn<M> for ToOne<Root<M>, R> {
    const INDEX: usize = R::SCHEMA.key;
}

/// The index in the schema of a column that is named by its path.
pub const fn column_of<M, C: OwnColumn<M>>(_: C) -> usize {
    C::INDEX
}
