//! `Parent<T>`: the row of another table that a row goes on from.

use std::fmt;
use std::ops::{Deref, DerefMut};

use crate::model::{Model, SingleKey};
use crate::types::SqlType as _;
use crate::value::Value;

/// The part of a row that is a row of another model, in that model's table: multi-table inheritance. A model has one field of
/// this type at most, and no other primary key: the key of both rows is the same.
///
/// It is always there, since each query of the model joins it. It dereferences to the parent, and so does the model itself:
/// `article.content.title` and `article.title` are the same field. Equality, hashing and `Debug` are those of the parent.
///
/// Django's counterpart is a model class that derives from another, with its `content_ptr`.
///
/// ```
/// use orm::prelude::*;
///
/// #[derive(Model)]
/// pub struct Content {
///     pub id: i64,
///     pub title: String,
/// }
///
/// #[derive(Model)]
/// pub struct Essay {
///     #[model(parent)]
///     pub content: Parent<Content>,
///     pub body: String,
/// }
///
/// # fn main() -> Result<()> {
/// let db = Database::connect("sqlite::memory:")?;
/// db.create_tables()?;
/// let mut essay = Essay::draft().content(Content::draft().title("Joins")).body("..").save(&db)?;
/// essay.content.title.push('!');
/// essay.save(&db)?;
/// assert_eq!(Essay::objects().get(&db, Essay::content.title.eq("Joins!"))?.title, "Joins!");
/// assert_eq!(Content::objects().count(&db)?, 1);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Parent<T>(T);

impl<T> Parent<T> {
    /// The parent by itself.
    ///
    /// ```
    /// # use orm_doc_models::*;
    /// let parent = Parent::from(("Joins", 1));
    /// assert_eq!(parent.into_inner(), ("Joins", 1));
    /// ```
    pub fn into_inner(self) -> T {
        self.0
    }

    /// The key of both rows, to bind.
    pub(crate) fn key_value(&self) -> Value
    where
        T: Model<Key: SingleKey>,
    {
        self.0.key().into_value()
    }
}

impl<T> From<T> for Parent<T> {
    fn from(parent: T) -> Self {
        Self(parent)
    }
}

impl<T> Deref for Parent<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Parent<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: fmt::Debug> fmt::Debug for Parent<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// As the parent: nested under the field's name, unless the field says `#[serde(flatten)]`.
#[cfg(feature = "serde")]
impl<T: serde::Serialize> serde::Serialize for Parent<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// As the parent.
#[cfg(feature = "serde")]
impl<'de, T: serde::Deserialize<'de>> serde::Deserialize<'de> for Parent<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self)
    }
}
