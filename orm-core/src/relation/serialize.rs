//! Relations and deferred fields by `serde`: what is loaded nests, what is not gives its key or nothing.
//!
//! Rows that lead to each other come to an end: a row within which one is already gives its key. The rows around are kept
//! by thread, since no serializer could hand them on.

use std::cell::RefCell;

use serde::{Deserialize, Deserializer};
pub use serde::{Serialize, Serializer};
use smallvec::SmallVec;

use crate::model::{KeyType, Model, SingleKey};
use crate::query::Deferred;
use crate::relation::{ForeignKey, HasMany, HasOne, ManyToMany, OneToOne};
use crate::value::Value;

/// A row by its table and key.
type Row = (&'static str, SmallVec<[Value; 1]>);

fn this<T: Model>(row: &T) -> Row {
    let key = row.key().into_values();
    (T::SCHEMA.table, key.into_iter().collect())
}

thread_local! {
    /// The rows within which the serializer is.
    static AROUND: RefCell<Vec<Row>> = const { RefCell::new(Vec::new()) };
}

/// Within a row, as long as it lives: also if the serializer fails or panics.
pub struct Within {
    /// Whether it is the row's first.
    entered: bool,
}

impl Within {
    fn of(row: Row) -> Self {
        AROUND.with_borrow_mut(|around| {
            let entered = around.last() != Some(&row);
            if entered {
                around.push(row);
            }
            Self { entered }
        })
    }
}

impl Drop for Within {
    fn drop(&mut self) {
        if self.entered {
            AROUND.with_borrow_mut(Vec::pop);
        }
    }
}

/// A value that is written, which may be a row: `(&Enter(self)).enter()`. Of the two methods of that name the compiler takes that
/// of rows, if the type is a model, else the one behind a reference more.
pub struct Enter<'a, T>(pub &'a T);

/// Of a row.
pub trait EnterRow {
    /// What is written from now on is within this row.
    fn enter(&self) -> Within;
}

impl<T: Model> EnterRow for Enter<'_, T> {
    fn enter(&self) -> Within {
        Within::of(this(self.0))
    }
}

/// Of anything else.
pub trait EnterNothing {
    /// Nothing is to be done.
    fn enter(&self) -> Within;
}

impl<T> EnterNothing for &Enter<'_, T> {
    fn enter(&self) -> Within {
        Within { entered: false }
    }
}

/// What a field holds that is written.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not implement serde's `Serialize`",
    label = "this is written with it",
    note = "derive `Serialize` for the type, or leave the field out by `#[serde(skip)]`"
)]
pub trait Written: Serialize {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + ?Sized> Written for T {}

/// Writes a field that is a `T`: named so, and not told by the value, it is what the compiler points at.
///
/// # Errors
/// Those of the serializer.
pub fn write<T: Written, V: Is<T>, S: Serializer>(value: &V, to: S) -> Result<S::Ok, S::Error> {
    value.it().serialize(to)
}

/// Every type is itself.
pub trait Is<T> {
    /// The value.
    fn it(&self) -> &T;
}

impl<T> Is<T> for T {
    fn it(&self) -> &T {
        self
    }
}

/// A field that is a relation, whatever is known of the model it leads to.
pub trait LeadsTo {
    /// That model.
    type Model: Model;

    /// The field as it is written.
    fn written(&self) -> impl Serialize
    where
        Self::Model: Serialize,
        <Self::Model as Model>::Key: Serialize;
}

macro_rules! leads_to {
    ($($name:ident $(where $key:ident)?;)+) => { $(
        impl<T: Model$(<Key: $key>)?> LeadsTo for $name<T> {
            type Model = T;

            fn written(&self) -> impl Serialize
            where
                T: Serialize,
                T::Key: Serialize,
            {
                self
            }
        }
    )+ };
}
leads_to! {
    ForeignKey where SingleKey;
    OneToOne where SingleKey;
    HasMany;
    HasOne;
    ManyToMany;
}

impl<R: LeadsTo> LeadsTo for Option<R> {
    type Model = R::Model;

    fn written(&self) -> impl Serialize
    where
        R::Model: Serialize,
        <R::Model as Model>::Key: Serialize,
    {
        self.as_ref().map(R::written)
    }
}

/// Writes a field that is a relation to `M`.
///
/// # Errors
/// Those of the serializer.
pub fn write_relation<M, R, S>(relation: &R, to: S) -> Result<S::Ok, S::Error>
where
    M: Written + Model<Key: Written>,
    R: LeadsTo<Model = M>,
    S: Serializer,
{
    relation.written().serialize(to)
}

/// Stands where a mistake in serde's attributes leaves nothing to write: what is derived without mistakes comes before it.
pub trait NotDerived {
    /// Nothing is written.
    ///
    /// # Errors
    /// There are none.
    fn serialize<T, S: Serializer>(_: &T, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

impl<T> NotDerived for T {}

/// A related row: itself, or where it is around already, its key.
struct Related<'a, T>(&'a T);

impl<T> Serialize for Related<'_, T>
where
    T: Model + Serialize,
    T::Key: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(row) = self;
        let this = this(*row);
        if AROUND.with_borrow(|around| around.contains(&this)) {
            return row.key().serialize(serializer);
        }
        let _within = Within::of(this);
        row.serialize(serializer)
    }
}

fn within((table, key): (&'static str, Vec<Value>)) -> Within {
    Within::of((table, key.into()))
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
                let _within = self.owner_row().map(within);
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
        let _within = self.owner_row().map(within);
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
