//! Rows to be: what `Book::draft()` builds, and what can be given to its fields.

mod parent;
mod save;
mod through;
mod value;

pub use parent::{ByDraft, ByKey, ParentRow, ParentValue};
pub use save::{Complete, Set, TypedDraft};
use through::Link;
pub use through::{
    Drafts, DraftsThrough, LinkValues, NoKey, OneKey, OneThrough, SpendsThrough, Through,
};
pub(crate) use through::{NewLink, made_by_hand};
pub use value::{DraftKey, FieldValue, TakesKey};

use std::marker::PhantomData;

use crate::model::Model;
use crate::value::Value;

/// A row to be, of any model and with any fields set: what `Book::draft()..build()` gives. It has one type whatever was
/// set, so it goes into a `Vec`, for `bulk_create`, and through branches. `Debug` shows the fields that are set.
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// # let bob = Author::objects().get(&db, Author::name.eq("Bob"))?;
/// let mut drafts: Vec<Draft<Book>> = Vec::new();
/// for (title, free) in [("A", true), ("B", false)] {
///     let draft = Book::draft().title(title).author(&bob);
///     drafts.push(if free { draft.price(0).build() } else { draft.price(5).stock_level(1).build() });
/// }
/// assert_eq!(Book::objects().bulk_create(&db, drafts)?.len(), 2);
/// # Ok::<(), orm::Error>(())
/// ```
#[must_use = "a draft is no row until it is saved: `.save(&db)?`"]
pub struct Draft<M> {
    /// One entry a column; `None` where nothing was set.
    values: Vec<Option<Value>>,
    /// Where it was begun: rows are then looked for among the relation's.
    begun: Begun,
    /// The keys that these relations set: the row's own, and its parents'.
    keys: Vec<usize>,
    marker: PhantomData<fn() -> M>,
}

/// Where a draft was begun.
#[derive(Clone)]
enum Begun {
    /// At the model, or at a relation that set a key.
    Alone,
    /// At a many-to-many, which links the new row.
    AtLinks(Box<dyn Link>),
    /// At the model, while its parent's was begun at a many-to-many.
    ParentAtLinks,
}

impl<M: Model> Draft<M> {
    /// A draft with no field set.
    #[doc(hidden)]
    pub fn new() -> Self {
        Self {
            values: vec![None; M::SCHEMA.width()],
            begun: Begun::Alone,
            keys: Vec::new(),
            marker: PhantomData,
        }
    }

    /// Sets the column of an index in the schema.
    #[doc(hidden)]
    pub fn with(mut self, field: usize, value: Value) -> Self {
        self.put(field, value);
        self
    }

    pub(crate) fn put(&mut self, field: usize, value: Value) {
        if let Some(slot) = self.values.get_mut(field) {
            *slot = Some(value);
        }
    }

    /// A draft of a row of a relation: its key has the value, unless there is none to be had.
    pub(crate) fn through(key: usize, value: Option<Value>) -> Self {
        let mut draft = Self::new();
        draft.keys.push(key);
        if let Some(value) = value {
            draft.put(key, value);
        }
        draft
    }

    /// A draft of a row that is linked to another once it is there.
    pub(crate) fn linked(mut self, link: NewLink) -> Self {
        self.begun = Begun::AtLinks(Box::new(link));
        self
    }

    /// The link that the new row gets.
    pub(crate) fn link(&self) -> Option<&NewLink> {
        match &self.begun {
            Begun::AtLinks(link) => Some(link.link()),
            Begun::Alone | Begun::ParentAtLinks => None,
        }
    }

    /// The fields by which a row like this one is found: these, and the keys of the relations that it was begun at.
    pub(crate) fn matched_by(&self, fields: &[usize]) -> Vec<usize> {
        let through = self.keys.iter().filter(|key| !fields.contains(key));
        fields.iter().chain(through).copied().collect()
    }

    pub(crate) fn into_values(self) -> Vec<Option<Value>> {
        self.values
    }

    pub(crate) fn value(&self, field: usize) -> Option<&Value> {
        self.values.get(field).and_then(Option::as_ref)
    }

    /// The indexes of the columns that are set.
    pub(crate) fn set_fields(&self) -> impl Iterator<Item = usize> + '_ {
        self.values
            .iter()
            .enumerate()
            .filter(|(_, value)| value.is_some())
            .map(|(index, _)| index)
    }
}

impl<M: Model> Default for Draft<M> {
    fn default() -> Self {
        Self::new()
    }
}

impl<M> Clone for Draft<M> {
    fn clone(&self) -> Self {
        Self {
            values: self.values.clone(),
            begun: self.begun.clone(),
            keys: self.keys.clone(),
            marker: PhantomData,
        }
    }
}

impl<M: Model> std::fmt::Debug for Draft<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct(M::SCHEMA.name);
        for ((_, field), value) in M::SCHEMA.row_fields().zip(&self.values) {
            if let Some(value) = value {
                shown.field(field.name, value);
            }
        }
        shown.finish()
    }
}
