//! Drafts that begin at a relation: `author.books.draft()`, whose key to the author is set.

use crate::ast::Expr as Node;
use crate::draft::{Set, TypedDraft};
use crate::error::{Error, Result};
use crate::model::Model;
use crate::schema::{LinkSchema, ModelSchema};
use crate::value::Value;

/// The link that a new row gets.
#[derive(Clone)]
pub(crate) struct NewLink {
    /// The way, and the key of the row at which the draft was begun; none for one that was made by hand.
    pub(crate) to: Option<(&'static LinkSchema, Value)>,
    /// Values for further fields of the link model.
    pub(crate) values: LinkValues,
}

/// A [`NewLink`], of which the compiler is told no more: it looks into a draft in each method of each, and would follow every
/// field of this one there.
pub(super) trait Link: Send + Sync {
    fn link(&self) -> &NewLink;
    fn boxed(&self) -> Box<dyn Link>;
}

impl Link for NewLink {
    fn link(&self) -> &NewLink {
        self
    }

    fn boxed(&self) -> Box<dyn Link> {
        Box::new(self.clone())
    }
}

impl Clone for Box<dyn Link> {
    fn clone(&self) -> Self {
        (**self).boxed()
    }
}

/// Values for further fields of a link model, and the model that they are fields of.
#[doc(hidden)]
#[derive(Clone, Default)]
pub struct LinkValues {
    pub(crate) of: Option<&'static ModelSchema>,
    pub(crate) values: Vec<(usize, Node)>,
}

impl LinkValues {
    /// Values of columns of a model.
    pub(crate) const fn of(model: &'static ModelSchema, values: Vec<(usize, Node)>) -> Self {
        Self {
            of: Some(model),
            values,
        }
    }
}

impl NewLink {
    /// The way, and the key of the row that the new one is linked to.
    pub(crate) fn to(&self, model: &'static str) -> Result<(&'static LinkSchema, &Value)> {
        match &self.to {
            Some((link, owner)) => Ok((link, owner)),
            None => Err(made_by_hand(model)),
        }
    }
}

/// The error of a relation of an instance that no database knows.
#[cold]
pub(crate) fn made_by_hand(model: &'static str) -> Error {
    Error::InvalidQuery {
        model,
        message:
            "the instance whose rows these are was made by hand: read it from the database first"
                .to_owned(),
    }
}

/// A model whose drafts can begin at a many-to-many to it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model",
    label = "not a model",
    note = "`#[derive(Model)]` makes a struct one"
)]
pub trait Drafts: Model {
    /// The draft, of which nothing is set.
    type Draft: TypedDraft<Model = Self>;
}

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
