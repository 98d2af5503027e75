//! The primary key of a related row, kept without its type.

use std::any::Any;
use std::fmt::{self, Debug};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use uuid::Uuid;

use crate::model::SingleKey;
use crate::types::SqlType;
use crate::value::Value;

/// A key of any type. A field that held its model's type of keys would make the compiler walk from model to model, and repeat
/// for each thing that it asks of the field that a model is none.
#[derive(Clone)]
pub(crate) enum Key {
    I64(i64),
    Uuid(Uuid),
    /// A key of another type.
    Other(Arc<Other<dyn Any + Send + Sync>>),
}

/// A key with the function that knows it. A `dyn AnyKey` would do, but the compiler asks of each field of each model what it
/// is, and of a `dyn Any` it knows from the loaded row.
pub(crate) struct Other<K: ?Sized> {
    known: fn(&dyn Any) -> &dyn AnyKey,
    key: K,
}

impl Key {
    pub(crate) fn new<K: SingleKey>(key: K) -> Self {
        let any: &dyn Any = &key;
        if let Some(key) = any.downcast_ref() {
            Self::I64(*key)
        } else if let Some(key) = any.downcast_ref() {
            Self::Uuid(*key)
        } else {
            let known = known::<K>;
            Self::Other(Arc::new(Other { known, key }))
        }
    }

    /// The key, if it was made of a `K`.
    pub(crate) fn get<K: 'static>(&self) -> Option<&K> {
        self.inner().as_any().downcast_ref()
    }

    fn inner(&self) -> &dyn AnyKey {
        match self {
            Self::I64(key) => key,
            Self::Uuid(key) => key,
            Self::Other(other) => (other.known)(&other.key),
        }
    }

    pub(crate) fn to_value(&self) -> Value {
        self.inner().value()
    }
}

fn known<K: SingleKey>(key: &dyn Any) -> &dyn AnyKey {
    key.downcast_ref::<K>().expect("`new` puts it beside a `K`")
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.inner().equals(other.inner())
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.inner().hash_into(state);
    }
}

impl Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner().fmt(f)
    }
}

/// What [`SingleKey`] asks of a type, without the type.
pub(crate) trait AnyKey: Any + Debug {
    fn as_any(&self) -> &dyn Any;
    fn equals(&self, other: &dyn AnyKey) -> bool;
    fn hash_into(&self, state: &mut dyn Hasher);
    fn value(&self) -> Value;
}

impl<K: SingleKey> AnyKey for K {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn equals(&self, other: &dyn AnyKey) -> bool {
        other.as_any().downcast_ref() == Some(self)
    }

    fn hash_into(&self, mut state: &mut dyn Hasher) {
        self.hash(&mut state);
    }

    fn value(&self) -> Value {
        SqlType::to_value(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_one_type_are_equal_as_their_values_are() {
        assert_eq!(Key::new(2_i64), Key::new(2_i64));
        assert_ne!(Key::new(2_i64), Key::new(3_i64));
        assert_ne!(Key::new(2_i64), Key::new(2_i32));
        assert_eq!(Key::new("a".to_owned()), Key::new("a".to_owned()));
        assert_ne!(Key::new("a".to_owned()), Key::new("b".to_owned()));
    }

    #[test]
    fn a_key_comes_back_as_the_type_it_was_made_of() {
        assert_eq!(Key::new(7_i16).get(), Some(&7_i16));
        assert_eq!(Key::new(7_i16).get::<i64>(), None);
        assert_eq!(Key::new("a".to_owned()).get(), Some(&"a".to_owned()));
        assert_eq!(Key::new(Uuid::nil()).get(), Some(&Uuid::nil()));
    }

    #[test]
    fn debug_and_value_are_those_of_the_key() {
        assert_eq!(format!("{:?}", Key::new("a".to_owned())), "\"a\"");
        assert_eq!(Key::new(7_i32).to_value(), Value::I32(7));
    }
}
