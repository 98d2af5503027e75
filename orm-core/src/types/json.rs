//! JSON documents as columns: `serde_json::Value`, and [`Json<T>`] for a type of the user's.

use std::ops::{Deref, DerefMut};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Literal, Mismatch, SqlType};
use crate::plain_sql_type;
use crate::value::{Value, ValueRef};

#[diagnostic::do_not_recommend]
impl SqlType for serde_json::Value {
    plain_sql_type!(serde_json::Value, Json, Json, "JSON");

    fn to_value(&self) -> Value {
        self.clone().into_value()
    }

    fn into_value(self) -> Value {
        Value::Json(Box::new(self))
    }

    fn decode(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        match value {
            ValueRef::JsonTree(v) => Ok(v.clone()),
            ValueRef::Json(v) | ValueRef::Text(v) => serde_json::from_str(v)
                .map_err(|_| Mismatch::unreadable::<Self>("a text that is no JSON")),
            // SQLite's own JSON functions return numbers as numbers.
            ValueRef::Integer(v) => Ok(Self::from(v)),
            ValueRef::Float(v) => Ok(Self::from(v)),
            other => Err(Mismatch::of::<Self>(&other)),
        }
    }
}

impl Literal for serde_json::Value {}

/// What `serde_json` reads: it refuses what is nested deeper, so that no document can overflow the stack.
const DEEPEST: usize = 127;

/// Why a document is not written: it could not be read back.
pub const TOO_DEEP: &str = "the document is nested deeper than 127 levels";

/// Whether a document is nested deeper than what is read back.
pub fn is_too_deep(document: &serde_json::Value) -> bool {
    fn exceeds(document: &serde_json::Value, levels: usize) -> bool {
        let Some(left) = levels.checked_sub(1) else {
            return document.is_array() || document.is_object();
        };
        let inside = |inner| exceeds(inner, left);
        match document {
            serde_json::Value::Array(items) => items.iter().any(inside),
            serde_json::Value::Object(entries) => entries.values().any(inside),
            _ => false,
        }
    }
    exceeds(document, DEEPEST)
}

/// A column of JSON that holds a `T`, by `serde`. It derefs to the `T`.
///
/// The column is `jsonb` on PostgreSQL and `text` on SQLite. A document that `T` cannot be read from is
/// [`Error::Decode`](crate::error::Error::Decode). For documents of any shape a field can be a `serde_json::Value`.
///
/// ```
/// use orm::prelude::*;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize, Debug, Clone, PartialEq)]
/// struct Address {
///     city: String,
///     zip: String,
/// }
///
/// #[derive(Model)]
/// struct Customer {
///     id: i64,
///     address: Json<Address>,
///     notes: Option<serde_json::Value>,
/// }
///
/// # let db = Database::connect("sqlite::memory:")?;
/// # db.create_tables()?;
/// let address = Address { city: "Paris".into(), zip: "75001".into() };
/// let customer = Customer::draft().address(address).notes(json!({"vip": true})).save(&db)?;
/// // In a condition and in an update it is a `Json`: there the type of the document tells itself.
/// let moved = Json(Address { city: "Paris".into(), zip: "75003".into() });
/// Customer::objects().update(&db, Customer::address.set(moved))?;
/// let mut found = Customer::objects().get(&db, Customer::id.eq(customer.id))?;
/// assert_eq!(found.address.city, "Paris");
/// found.address.zip = "75002".into();
/// found.save(&db)?;
/// # Ok::<(), orm::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Json<T>(pub T);

impl<T> Deref for Json<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Json<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T> From<T> for Json<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

/// As the `T` by itself.
#[cfg(feature = "serde")]
impl<T: Serialize> Serialize for Json<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

#[cfg(feature = "serde")]
impl<'de, T: serde::Deserialize<'de>> serde::Deserialize<'de> for Json<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self)
    }
}

#[diagnostic::do_not_recommend]
impl<T> SqlType for Json<T>
where
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
{
    plain_sql_type!(Json<T>, Json, Json, "JSON of the field's type");

    // A type whose `Serialize` fails (a map with keys that are no texts) is bound as JSON null: the
    // trait is infallible, and such a type cannot be read back either.
    fn to_value(&self) -> Value {
        Value::Json(Box::new(
            serde_json::to_value(&self.0).unwrap_or(serde_json::Value::Null),
        ))
    }

    fn decode(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        let unreadable = Mismatch::unreadable::<Self>("JSON of another shape");
        match value {
            ValueRef::Json(v) | ValueRef::Text(v) => {
                serde_json::from_str(v).map(Json).map_err(|_| unreadable)
            }
            ValueRef::JsonTree(v) => T::deserialize(v).map(Json).map_err(|_| unreadable),
            other => Err(Mismatch::of::<Self>(&other)),
        }
    }
}

impl<T> Literal for Json<T> where T: Serialize + DeserializeOwned + Send + Sync + 'static {}
