//! Drafts that begin at a relation: `author.books.draft()`, whose key to the author is set.

use crate::draft::{Draft, Set, TypedDraft};
use crate::model::Model;

/// The state of a required key in a draft that begins at a relation. The relation sets one key; which one, its type does
/// not tell, so one key at most may be left in this state.
pub struct Through;

/// A model with a key, whose drafts can begin at the row that the key points at.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no key, so no draft of it can begin at another row",
    label = "no `ForeignKey` or `OneToOne` is among its fields"
)]
pub trait DraftsThrough: Model {
    /// The draft, whose required keys are all in the state [`Through`].
    type Draft: TypedDraft<Model = Self>;

    /// Gives a draft its type.
    fn draft_through(draft: Draft<Self>) -> Self::Draft;
}

/// What is left of the one key that a relation sets behind a key in this state: `C` before, `Rest` after.
pub trait SpendsThrough<C> {
    /// What is left.
    type Rest;
}

/// A key is still to be had of the relation.
pub enum OneKey {}
/// None is.
pub enum NoKey {}

impl<C> SpendsThrough<C> for Set {
    type Rest = C;
}

impl<C> SpendsThrough<C> for Through {
    type Rest = NoKey;
}

/// The state of a required key for which it suffices what the keys before it left.
pub trait OneThrough<C> {}

impl<C> OneThrough<C> for Set {}
impl OneThrough<OneKey> for Through {}
