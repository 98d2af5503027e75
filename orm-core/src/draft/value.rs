//! What a draft's methods take: a value of the field's type, or what becomes one.

use rust_decimal::Decimal;

use crate::model::{Model, SingleKey};
use crate::relation::{ForeignKey, KeyField, OneToOne, Parent};
use crate::types::{Json, Literal, MaybeNull, NotNull, SqlType};
use crate::value::Value;

/// What can be given to a draft's field of type `T`: a `T`; for a text also a `&str`; for a decimal or a float an integer
/// literal; for a [`Json<T>`](Json) its `T`; for a key an instance, a key or a plain value of the key's type; for an `Option` each of these, or `None`.
///
/// ```
/// # use orm_doc_models::*;
/// # let db = bookstore()?;
/// # let bob = Author::objects().get(&db, Author::name.eq("Bob"))?;
/// let book = Book::draft().title("A").subtitle(None).author(bob.id).editor(&bob).price(10).save(&db)?;
/// let next = Book::draft().title(String::from("B")).author(&book.author).editor(&book.editor).price(dec!(1.5)).save(&db)?;
/// assert_eq!(next.editor, book.editor);
/// # Ok::<(), orm::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "a field of `{T}` cannot be set to `{Self}`",
    label = "expected a `{T}`"
)]
pub trait FieldValue<T> {
    /// The value to bind.
    fn into_field_value(self) -> Value;
}

#[diagnostic::do_not_recommend]
impl<T: SqlType<Base = T>> FieldValue<Self> for T {
    fn into_field_value(self) -> Value {
        self.into_value()
    }
}

#[diagnostic::do_not_recommend]
impl<T: SqlType<Base = T>> FieldValue<Option<T>> for T {
    fn into_field_value(self) -> Value {
        self.into_value()
    }
}

/// What a document is made of stands for the document: `.settings(settings)` as `.settings(Json(settings))`.
#[diagnostic::do_not_recommend]
impl<T> FieldValue<Json<T>> for T
where
    Json<T>: SqlType,
{
    fn into_field_value(self) -> Value {
        Json(self).into_value()
    }
}

#[diagnostic::do_not_recommend]
impl<T> FieldValue<Option<Json<T>>> for T
where
    Json<T>: SqlType,
{
    fn into_field_value(self) -> Value {
        Json(self).into_value()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Literal> FieldValue<Self> for Option<T> {
    fn into_field_value(self) -> Value {
        self.into_value()
    }
}

macro_rules! also {
    ($($given:ty => $type:ty, $convert:expr;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl FieldValue<$type> for $given {
            fn into_field_value(self) -> Value {
                let convert: fn(Self) -> $type = $convert;
                convert(self).into_value()
            }
        }

        #[diagnostic::do_not_recommend]
        impl FieldValue<Option<$type>> for $given {
            fn into_field_value(self) -> Value {
                FieldValue::<$type>::into_field_value(self)
            }
        }
    )+ };
}
also! {
    &str => String, str::to_owned;
    &String => String, String::clone;
    &[u8] => Vec<u8>, <[u8]>::to_vec;
    i64 => Decimal, Decimal::from;
    i64 => f64, |v| v as f64;
}

/// `Option<&str>` alone, so that `None` infers; an owned one by `.as_deref()`.
#[diagnostic::do_not_recommend]
impl FieldValue<Option<String>> for Option<&str> {
    fn into_field_value(self) -> Value {
        self.map(str::to_owned).into_value()
    }
}

/// A key to `M` in a draft takes a `V`; `N` tells whether it may be NULL.
///
/// It is asked of the marker [`DraftKey`] and not of the value, so that the compiler speaks of it and not of [`FieldValue`].
#[diagnostic::on_unimplemented(
    message = "a key to `{M}` is set to a `&{M}` or its key, and not to a `{V}`",
    label = "expected a `&{M}` or its key"
)]
pub trait TakesKey<V, M, N> {
    /// The value to bind.
    fn key_value(value: V) -> Value;
}

/// What [`TakesKey`] is asked of.
pub struct DraftKey;

macro_rules! keys {
    ($($key:ident)+) => { $(
        impl<M, V> FieldValue<$key<M>> for V
        where
            DraftKey: TakesKey<V, M, NotNull>,
        {
            fn into_field_value(self) -> Value {
                DraftKey::key_value(self)
            }
        }

        impl<M, V> FieldValue<Option<$key<M>>> for V
        where
            DraftKey: TakesKey<V, M, MaybeNull>,
        {
            fn into_field_value(self) -> Value {
                DraftKey::key_value(self)
            }
        }
    )+ };
}
keys!(ForeignKey OneToOne);

macro_rules! taken {
    ($([$($generics:tt)*] $given:ty, $null:ty, $convert:expr;)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<M: Model<Key: SingleKey>, $($generics)*> TakesKey<$given, M, $null> for DraftKey {
            fn key_value(value: $given) -> Value {
                let convert: fn($given) -> Value = $convert;
                convert(value)
            }
        }
    )+ };
}
// Of options those of references alone, so that `None` infers.
taken! {
    [N] &M, N, |row| row.key().into_value();
    [N] &&M, N, |row| row.key().into_value();
    [N] &Parent<M>, N, |row| row.key_value();
    [] Option<&M>, MaybeNull, |row| row.map_or(Value::Null, |row| row.key().into_value());
    [N] ForeignKey<M>, N, |key| key.key_value();
    [N] OneToOne<M>, N, |key| key.key_value();
    [N] &ForeignKey<M>, N, |key| key.key_value();
    [N] &OneToOne<M>, N, |key| key.key_value();
    [] &Option<ForeignKey<M>>, MaybeNull, |key| key.as_ref().map_or(Value::Null, KeyField::key_value);
    [] &Option<OneToOne<M>>, MaybeNull, |key| key.as_ref().map_or(Value::Null, KeyField::key_value);
}
