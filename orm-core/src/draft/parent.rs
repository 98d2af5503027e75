//! The parent in the draft of a row that is in several tables: a row to be, or one that is there.

use crate::draft::{Begun, Draft, DraftKey, TakesKey, TypedDraft};
use crate::error::{Error, Result};
use crate::model::Model;
use crate::types::NotNull;
use crate::value::Value;

/// What can be given to a draft's parent of type `Parent<M>`: a draft of the parent, which is inserted first, or a `&M` or
/// its key, to which the new row is added. `K` tells which; the compiler finds it.
#[diagnostic::on_unimplemented(
    message = "the parent is set to a draft of `{M}`, a `&{M}` or its key, and not to a `{Self}`",
    label = "expected a draft of `{M}`, a `&{M}` or its key"
)]
pub trait ParentValue<M, K> {
    /// What must have all its required fields.
    #[doc(hidden)]
    type State;

    /// The row.
    #[doc(hidden)]
    fn into_parent(self) -> ParentRow<M>;
}

/// The parent of a row to be.
#[doc(hidden)]
pub enum ParentRow<M> {
    /// It is inserted first.
    ToBe(Draft<M>),
    /// It is there already, with this key.
    There(Value),
}

/// A row to be.
pub enum ByDraft {}
/// A row that is there.
pub enum ByKey {}

#[diagnostic::do_not_recommend]
impl<M, D: TypedDraft<Model = M>> ParentValue<M, ByDraft> for D {
    type State = D::State;

    fn into_parent(self) -> ParentRow<M> {
        ParentRow::ToBe(self.into_draft())
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model, V> ParentValue<M, ByKey> for V
where
    DraftKey: TakesKey<V, M, NotNull>,
{
    type State = Draft<M>;

    fn into_parent(self) -> ParentRow<M> {
        ParentRow::There(DraftKey::key_value(self))
    }
}

impl<M: Model> Draft<M> {
    /// Sets the parent, whose key is the column of index `key`.
    #[doc(hidden)]
    pub fn with_parent<P, K>(mut self, key: usize, parent: impl ParentValue<P, K>) -> Self {
        let at = M::SCHEMA.fields.len();
        self.values.truncate(at);
        self.keys.retain(|key| *key < at);
        match parent.into_parent() {
            ParentRow::ToBe(draft) => {
                self.values[key] = None;
                self.values.extend(draft.values);
                self.keys.extend(draft.keys.iter().map(|key| at + key));
                if !matches!(draft.begun, Begun::Alone) {
                    self.begun = Begun::ParentAtLinks;
                }
            }
            ParentRow::There(parent) => {
                self.values[key] = Some(parent);
                self.values.resize(M::SCHEMA.width(), None);
            }
        }
        self
    }

    /// The key of the parent, there already, whose row or whose own parent's has a column.
    pub(crate) fn key_of_parent_of(&self, place: usize) -> Option<&Value> {
        let below = M::SCHEMA.levels();
        let mut below = below.take_while(|level| level.at + level.model.fields.len() <= place);
        below.find_map(|level| self.value(level.at + level.model.key().index))
    }

    /// An error where the parent's draft begins at a many-to-many: the link is made for a row that is saved by itself.
    pub(crate) fn check_parent(&self) -> Result<()> {
        match self.begun {
            Begun::ParentAtLinks => Err(Error::InvalidQuery {
                model: M::SCHEMA.name,
                message: "the draft of the parent begins at a many-to-many: begin it at its model, and `add` the row once it is there"
                    .to_owned(),
            }),
            _ => Ok(()),
        }
    }
}
