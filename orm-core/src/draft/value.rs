//! What a draft's methods take: a value of the field's type, or what becomes one.

use rust_decimal::Decimal;

use crate::model::Model;
use crate::relation::{ForeignKey, OneToOne};
use crate::types::{Literal, SqlType};
use crate::value::Value;

/// What can be given to a draft's field of type `T`: a `T`; for a text also a `&str`; for a decimal or a float an integer
/// literal; for a key an instance, a key or a plain value of the key's type; for an `Option` each of these, or `None`.
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

macro_rules! instances {
    ($($key:ident)+) => { $(
        #[diagnostic::do_not_recommend]
        impl<M: Model> FieldValue<$key<M>> for &M {
            fn into_field_value(self) -> Value {
                self.key().into_value()
            }
        }

        #[diagnostic::do_not_recommend]
        impl<M: Model> FieldValue<Option<$key<M>>> for &M {
            fn into_field_value(self) -> Value {
                self.key().into_value()
            }
        }

        #[diagnostic::do_not_recommend]
        impl<M: Model> FieldValue<Option<$key<M>>> for Option<&M> {
            fn into_field_value(self) -> Value {
                self.map_or(Value::Null, |row| row.key().into_value())
            }
        }

        #[diagnostic::do_not_recommend]
        impl<M: Model> FieldValue<$key<M>> for &$key<M> {
            fn into_field_value(self) -> Value {
                self.id().into_value()
            }
        }

        #[diagnostic::do_not_recommend]
        impl<M: Model> FieldValue<Option<$key<M>>> for &Option<$key<M>> {
            fn into_field_value(self) -> Value {
                self.as_ref().map_or(Value::Null, |key| key.id().into_value())
            }
        }
    )+ };
}
instances!(ForeignKey OneToOne);
