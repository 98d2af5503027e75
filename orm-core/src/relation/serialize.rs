//! Relations and deferred fields by `serde`: what is loaded nests, what is not gives its key or nothing.
//!
//! Rows that lead to each other come to an end: a row within which one is already gives its key. The rows around are kept
//! by thread, since no serializer could hand them on.

use std::cell::RefCell;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::model::{KeyType, Model, SingleKey};
use crate::query::Deferred;
use crate::relation::{ForeignKey, HasMany, HasOne, ManyToMany, OneToOne};
use crate::value::Value;

/// A row by its table and key.
type Row = (&'static str, Vec<Value>);

thread_local! {
    /// The rows within which the serializer is.
    static AROUND: RefCell<Vec<Row>> = const { RefCell::new(Vec::new()) };
}

/// Within a row, as long as it lives: also if the serializer fails or panics.
struct Within;

impl Within {
    fn of(row: Row) -> Self {
        AROUND.with_borrow_mut(|around| around.push(row));
        Self
    }
}

impl Drop for Within {
    fn drop(&mut self) {
        AROUND.with_borrow_mut(Vec::pop);
    }
}

/// A related row: itself, or where it is around already, its key.
struct Related<'a, T>(&'a T);

impl<T> Serialize for Related<'_, T>
where
    T: Model + Serialize,
    T::Key: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(row) = self;
        let this = (
            T::SCHEMA.table,
            row.key().into_values().into_iter().collect(),
        );
        if AROUND.with_borrow(|around| around.contains(&this)) {
            return row.key().serialize(serializer);
        }
        let _within = Within::of(this);
        row.serialize(serializer)
    }
}

macro_rules! keys {
    ($($name:ident)+) => { $(
        /// The row, if it was loaded, else its key; the key as well inside of the row itself.
        impl<T> Serialize for $name<T>
        where
            T: Model + Serialize,
            T::Key: SingleKey + Serialize,
        {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self.get() {
                    Ok(row) => Related(row).serialize(serializer),
                    Err(_) => self.id().serialize(serializer),
                }
            }
        }

        /// The key alone: the row is loaded by a query.
        impl<'de, T> Deserialize<'de> for $name<T>
        where
            T: Model,
            T::Key: SingleKey + Deserialize<'de>,
        {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                T::Key::deserialize(deserializer).map(Self::new)
            }
        }
    )+ };
}
keys!(ForeignKey OneToOne);

macro_rules! many {
    ($($name:ident)+) => { $(
        /// The rows, if they were loaded, else nothing (`null`): see `is_unloaded`.
        impl<T> Serialize for $name<T>
        where
            T: Model + Serialize,
            T::Key: Serialize,
        {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let Ok(rows) = self.loaded() else {
                    return serializer.serialize_none();
                };
                let _within = self.owner_row().map(Within::of);
                serializer.collect_seq(rows.iter().map(Related))
            }
        }
    )+ };
}
many!(HasMany ManyToMany);

/// The row, if it was loaded and there is one, else nothing (`null`): see `is_unloaded`.
impl<T> Serialize for HasOne<T>
where
    T: Model + Serialize,
    T::Key: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Ok(Some(row)) = self.get() else {
            return serializer.serialize_none();
        };
        let _within = self.owner_row().map(Within::of);
        serializer.serialize_some(&Related(row))
    }
}

/// The value, if it was loaded, else nothing (`null`): see `is_unloaded`.
impl<T: Serialize> Serialize for Deferred<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.get() {
            Ok(value) => value.serialize(serializer),
            Err(_) => serializer.serialize_none(),
        }
    }
}

/// A value that is there.
impl<'de, T: Deserialize<'de>> Deserialize<'de> for Deferred<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self::from)
    }
}
