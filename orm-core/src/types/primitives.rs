//! `bool`, numbers, texts, bytes, decimals and UUIDs as columns.

use std::borrow::Cow;

use rust_decimal::Decimal;
use uuid::Uuid;

use super::{Literal, Mismatch, SqlType};
use crate::plain_sql_type;
use crate::value::{Value, ValueRef};

#[diagnostic::do_not_recommend]
impl SqlType for bool {
    plain_sql_type!(bool, Bool, Bool, "bool");

    fn to_value(&self) -> Value {
        Value::Bool(*self)
    }

    #[inline]
    fn decode(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        match value {
            ValueRef::Bool(v) => Ok(v),
            ValueRef::Integer(0) => Ok(false),
            ValueRef::Integer(1) => Ok(true),
            other => Err(Mismatch::of::<Self>(&other)),
        }
    }
}

macro_rules! integer {
    ($type:ident, $variant:ident, $name:literal) => {
        #[diagnostic::do_not_recommend]
        impl SqlType for $type {
            plain_sql_type!($type, $variant, Integer, $name);

            fn to_value(&self) -> Value {
                Value::$variant(*self)
            }

            #[inline]
            fn decode(value: ValueRef<'_>) -> Result<Self, Mismatch> {
                match value {
                    ValueRef::Integer(v) => v
                        .try_into()
                        .map_err(|_| Mismatch::unreadable::<Self>("an integer out of range")),
                    other => Err(Mismatch::of::<Self>(&other)),
                }
            }
        }
        impl Literal for $type {}
    };
}
integer!(i16, I16, "i16");
integer!(i32, I32, "i32");
integer!(i64, I64, "i64");

#[diagnostic::do_not_recommend]
impl SqlType for f64 {
    plain_sql_type!(f64, F64, Float, "f64");

    fn to_value(&self) -> Value {
        Value::F64(*self)
    }

    #[inline]
    fn decode(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        match value {
            ValueRef::Float(v) => Ok(v),
            // SQLite keeps a whole number in a REAL column as an integer when an expression made it.
            #[expect(
                clippy::cast_precision_loss,
                reason = "what a float column means by an integer"
            )]
            ValueRef::Integer(v) => Ok(v as Self),
            other => Err(Mismatch::of::<Self>(&other)),
        }
    }
}

#[diagnostic::do_not_recommend]
impl SqlType for f32 {
    plain_sql_type!(f32, F32, Float, "f32");

    fn to_value(&self) -> Value {
        Value::F32(*self)
    }

    #[inline]
    fn decode(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "every f32 comes back from its f64 as it was"
        )]
        f64::decode(value).map(|v| v as Self).map_err(|m| Mismatch {
            expected: "f32",
            ..m
        })
    }
}

#[diagnostic::do_not_recommend]
impl SqlType for String {
    plain_sql_type!(String, Text, Text, "String");

    fn to_value(&self) -> Value {
        self.clone().into_value()
    }

    fn into_value(self) -> Value {
        Value::Text(Cow::Owned(self))
    }

    #[inline]
    fn decode(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        match value {
            ValueRef::Text(v) => Ok(v.to_owned()),
            other => Err(Mismatch::of::<Self>(&other)),
        }
    }
}

#[diagnostic::do_not_recommend]
impl SqlType for Vec<u8> {
    plain_sql_type!(Vec<u8>, Bytes, Bytes, "Vec<u8>");

    fn to_value(&self) -> Value {
        self.clone().into_value()
    }

    fn into_value(self) -> Value {
        Value::Bytes(self)
    }

    fn decode(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        match value {
            ValueRef::Bytes(v) => Ok(v.to_vec()),
            other => Err(Mismatch::of::<Self>(&other)),
        }
    }
}

#[diagnostic::do_not_recommend]
impl SqlType for Decimal {
    plain_sql_type!(Decimal, Decimal, Decimal, "Decimal");

    fn to_value(&self) -> Value {
        Value::Decimal(*self)
    }

    fn decode(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        match value {
            ValueRef::Decimal(v) => Ok(v),
            ValueRef::Integer(v) => Ok(Self::from(v)),
            // 15 digits is what a double tells apart surely: the rule by which SQLite stores decimals.
            ValueRef::Float(v) => crate::decimal::from_f64(v)
                .map_err(|_| Mismatch::unreadable::<Self>("a float out of range")),
            ValueRef::Text(v) => crate::decimal::from_text(v)
                .map_err(|_| Mismatch::unreadable::<Self>("a text that is no decimal")),
            other => Err(Mismatch::of::<Self>(&other)),
        }
    }

    fn with_scale(mut self, decimal_places: u32) -> Self {
        // Only zeros come and go.
        if self.scale() > decimal_places {
            self = self.normalize();
        }
        if self.scale() < decimal_places {
            self.rescale(decimal_places.min(Self::MAX_SCALE));
        }
        self
    }
}

#[diagnostic::do_not_recommend]
impl SqlType for Uuid {
    plain_sql_type!(Uuid, Uuid, Uuid, "Uuid");

    fn to_value(&self) -> Value {
        Value::Uuid(*self)
    }

    fn decode(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        match value {
            ValueRef::Uuid(v) => Ok(v),
            ValueRef::Text(v) => Self::try_parse(v)
                .map_err(|_| Mismatch::unreadable::<Self>("a text that is no UUID")),
            ValueRef::Bytes(v) => Self::from_slice(v)
                .map_err(|_| Mismatch::unreadable::<Self>("bytes that are no UUID")),
            other => Err(Mismatch::of::<Self>(&other)),
        }
    }
}

impl Literal for bool {}
impl Literal for f32 {}
impl Literal for f64 {}
impl Literal for Vec<u8> {}
impl Literal for Decimal {}
impl Literal for Uuid {}
