//! Values on their way to a database ([`Value`]) and back ([`ValueRef`]).
//!
//! Both speak of what a value *is*; how a database stores it is the driver's business.

use std::borrow::Cow;
use std::fmt;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

/// What a column or an expression holds, without its nullability.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ColumnType {
    /// `bool`
    Bool,
    /// `i16`
    I16,
    /// `i32`
    I32,
    /// `i64`
    I64,
    /// `f32`
    F32,
    /// `f64`
    F64,
    /// `String`
    Text,
    /// `Vec<u8>`
    Bytes,
    /// `rust_decimal::Decimal`
    Decimal,
    /// `uuid::Uuid`
    Uuid,
    /// `chrono::NaiveDate`
    Date,
    /// `chrono::NaiveTime`
    Time,
    /// `chrono::NaiveDateTime`
    DateTime,
    /// `chrono::DateTime<Utc>`
    Timestamp,
    /// `chrono::TimeDelta`
    Duration,
    /// `serde_json::Value` and `Json<T>`
    Json,
    /// An enum that is stored as text: a text, or a type of the database's own
    Enum,
    /// `Vec<T>` of one of the others: an array
    Array,
}

impl ColumnType {
    /// Whether the type is one of the integer types.
    pub const fn is_integer(self) -> bool {
        matches!(self, Self::I16 | Self::I32 | Self::I64)
    }

    /// Whether the type is one of the float types.
    pub const fn is_float(self) -> bool {
        matches!(self, Self::F32 | Self::F64)
    }

    /// The width of an integer or float type in bits; 64 for every other type.
    pub const fn bits(self) -> u8 {
        match self {
            Self::I16 => 16,
            Self::I32 | Self::F32 => 32,
            _ => 64,
        }
    }
}

/// An owned value, bound to a statement. Its text is never part of the SQL.
///
/// `Debug` shows the value; error messages never contain one.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// SQL NULL
    Null,
    /// A truth value
    Bool(bool),
    /// A 16-bit integer
    I16(i16),
    /// A 32-bit integer
    I32(i32),
    /// A 64-bit integer
    I64(i64),
    /// A 32-bit float
    F32(f32),
    /// A 64-bit float
    F64(f64),
    /// A text
    Text(Cow<'static, str>),
    /// A sequence of bytes
    Bytes(Vec<u8>),
    /// An exact decimal number
    Decimal(Decimal),
    /// A UUID
    Uuid(Uuid),
    /// A day
    Date(NaiveDate),
    /// A time of day
    Time(NaiveTime),
    /// A day and time without a zone
    DateTime(NaiveDateTime),
    /// A moment
    Timestamp(DateTime<Utc>),
    /// A length of time
    Duration(TimeDelta),
    /// A JSON document
    Json(Box<serde_json::Value>),
    /// The text of an enum's variant
    Enum(&'static str),
    /// Many values of one type, bound as one parameter (`is_in`, bulk inserts)
    Array(Box<ArrayValue>),
    /// Many values of one type that are one value: an array
    List(Box<ArrayValue>),
    /// A value with its number among those of a statement whose SQL is being printed; never bound.
    #[doc(hidden)]
    Numbered(Box<(Place, Value)>),
}

/// Many values of one type.
#[derive(Clone, Debug, PartialEq)]
pub struct ArrayValue {
    /// The type of each element.
    pub element: ColumnType,
    /// The elements; each is of the type `element` or [`Value::Null`].
    pub values: Vec<Value>,
}

/// The place of a value among those of its statement. It is no part of what the value is, so that all places are equal.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Place(pub(crate) u32);

impl PartialEq for Place {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Value {
    /// Whether this is SQL NULL.
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The value without a number.
    pub(crate) fn plain(&self) -> &Self {
        match self {
            Self::Numbered(numbered) => &numbered.1,
            other => other,
        }
    }

    /// The value and its number, if it has one.
    pub(crate) fn into_plain(self) -> (Self, Option<u32>) {
        match self {
            Self::Numbered(numbered) => (numbered.1, Some(numbered.0.0)),
            other => (other, None),
        }
    }

    /// The type of the value; `None` for NULL and arrays.
    pub const fn column_type(&self) -> Option<ColumnType> {
        Some(match self {
            Self::Null | Self::Array(_) => return None,
            Self::Numbered(numbered) => return numbered.1.column_type(),
            Self::Bool(_) => ColumnType::Bool,
            Self::I16(_) => ColumnType::I16,
            Self::I32(_) => ColumnType::I32,
            Self::I64(_) => ColumnType::I64,
            Self::F32(_) => ColumnType::F32,
            Self::F64(_) => ColumnType::F64,
            Self::Text(_) => ColumnType::Text,
            Self::Bytes(_) => ColumnType::Bytes,
            Self::Decimal(_) => ColumnType::Decimal,
            Self::Uuid(_) => ColumnType::Uuid,
            Self::Date(_) => ColumnType::Date,
            Self::Time(_) => ColumnType::Time,
            Self::DateTime(_) => ColumnType::DateTime,
            Self::Timestamp(_) => ColumnType::Timestamp,
            Self::Duration(_) => ColumnType::Duration,
            Self::Json(_) => ColumnType::Json,
            Self::Enum(_) => ColumnType::Enum,
            Self::List(_) => ColumnType::Array,
        })
    }

    /// The same value, borrowed, as a row of a database would show it.
    pub fn as_ref(&self) -> ValueRef<'_> {
        match self {
            Self::Null | Self::Array(_) => ValueRef::Null,
            Self::Numbered(numbered) => numbered.1.as_ref(),
            Self::Bool(v) => ValueRef::Bool(*v),
            Self::I16(v) => ValueRef::Integer(i64::from(*v)),
            Self::I32(v) => ValueRef::Integer(i64::from(*v)),
            Self::I64(v) => ValueRef::Integer(*v),
            Self::F32(v) => ValueRef::Float(f64::from(*v)),
            Self::F64(v) => ValueRef::Float(*v),
            Self::Text(v) => ValueRef::Text(v),
            Self::Bytes(v) => ValueRef::Bytes(v),
            Self::Decimal(v) => ValueRef::Decimal(*v),
            Self::Uuid(v) => ValueRef::Uuid(*v),
            Self::Date(v) => ValueRef::Date(*v),
            Self::Time(v) => ValueRef::Time(*v),
            Self::DateTime(v) => ValueRef::DateTime(*v),
            Self::Timestamp(v) => ValueRef::Timestamp(*v),
            Self::Duration(v) => ValueRef::Duration(*v),
            Self::Json(v) => ValueRef::JsonTree(v),
            Self::Enum(v) => ValueRef::Text(v),
            Self::List(v) => ValueRef::List(&v.values),
        }
    }
}

/// A value in a row, borrowed from the driver, at the type the driver found.
///
/// SQLite knows only `Null`, `Integer`, `Float`, `Text` and `Bytes`: the
/// [`SqlType`](crate::types::SqlType) that is asked for reads dates, UUIDs and the rest from those.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum ValueRef<'a> {
    /// SQL NULL
    Null,
    /// A truth value
    Bool(bool),
    /// An integer of any width
    Integer(i64),
    /// A float of either width
    Float(f64),
    /// A text
    Text(&'a str),
    /// A sequence of bytes
    Bytes(&'a [u8]),
    /// An exact decimal number
    Decimal(Decimal),
    /// A UUID
    Uuid(Uuid),
    /// A day
    Date(NaiveDate),
    /// A time of day
    Time(NaiveTime),
    /// A day and time without a zone
    DateTime(NaiveDateTime),
    /// A moment
    Timestamp(DateTime<Utc>),
    /// A length of time
    Duration(TimeDelta),
    /// A JSON document as its text
    Json(&'a str),
    /// A JSON document, parsed
    JsonTree(&'a serde_json::Value),
    /// An array, as the driver has it
    Array(ArrayRef<'a>),
    /// An array of values that are here already
    List(&'a [Value]),
}

/// Shows each element of an array that a driver has as these bytes; or tells what else was found.
type EachElement = for<'a> fn(&'a [u8], &mut dyn FnMut(ValueRef<'a>)) -> Result<(), &'static str>;

/// An array in a row, in the driver's own form.
#[derive(Clone, Copy)]
pub struct ArrayRef<'a> {
    bytes: &'a [u8],
    each: EachElement,
}

impl<'a> ArrayRef<'a> {
    /// An array of a driver, which knows how to read it.
    pub const fn new(bytes: &'a [u8], each: EachElement) -> Self {
        Self { bytes, each }
    }

    /// Shows each element.
    ///
    /// # Errors
    /// What was found, where that is no array that can be read.
    pub fn each(self, visit: &mut dyn FnMut(ValueRef<'a>)) -> Result<(), &'static str> {
        (self.each)(self.bytes, visit)
    }
}

impl fmt::Debug for ArrayRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ArrayRef(..)")
    }
}

impl ValueRef<'_> {
    /// The value of a column by itself, to be read or bound again.
    pub(crate) fn to_owned_as(self, of: ColumnType) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(v) => Value::Bool(v),
            Self::Integer(v) => match (of, i16::try_from(v), i32::try_from(v)) {
                (ColumnType::I16, Ok(v), _) => Value::I16(v),
                (ColumnType::I32, _, Ok(v)) => Value::I32(v),
                _ => Value::I64(v),
            },
            Self::Float(v) => Value::F64(v),
            Self::Text(v) | Self::Json(v) => Value::Text(v.to_owned().into()),
            Self::Bytes(v) => Value::Bytes(v.to_owned()),
            Self::Decimal(v) => Value::Decimal(v),
            Self::Uuid(v) => Value::Uuid(v),
            Self::Date(v) => Value::Date(v),
            Self::Time(v) => Value::Time(v),
            Self::DateTime(v) => Value::DateTime(v),
            Self::Timestamp(v) => Value::Timestamp(v),
            Self::Duration(v) => Value::Duration(v),
            Self::JsonTree(v) => Value::Json(Box::new(v.clone())),
            Self::Array(array) => {
                let mut values = Vec::new();
                // An element that cannot be read is told of where the array is read.
                let _ = array.each(&mut |element| values.push(element.to_owned_as(of)));
                Value::List(Box::new(ArrayValue {
                    element: of,
                    values,
                }))
            }
            Self::List(values) => Value::List(Box::new(ArrayValue {
                element: of,
                values: values.to_vec(),
            })),
        }
    }

    /// The name of what was found, for error messages. Never the value itself.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "NULL",
            Self::Bool(_) => "a bool",
            Self::Integer(_) => "an integer",
            Self::Float(_) => "a float",
            Self::Text(_) => "a text",
            Self::Bytes(_) => "bytes",
            Self::Decimal(_) => "a decimal",
            Self::Uuid(_) => "a UUID",
            Self::Date(_) => "a date",
            Self::Time(_) => "a time",
            Self::DateTime(_) => "a date and time without a zone",
            Self::Timestamp(_) => "a moment",
            Self::Duration(_) => "a duration",
            Self::Json(_) | Self::JsonTree(_) => "JSON",
            Self::Array(_) | Self::List(_) => "an array",
        }
    }

    /// Whether this is SQL NULL.
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

impl fmt::Display for ColumnType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bool => "bool",
            Self::I16 => "i16",
            Self::I32 => "i32",
            Self::I64 => "i64",
            Self::F32 => "f32",
            Self::F64 => "f64",
            Self::Text => "String",
            Self::Bytes => "Vec<u8>",
            Self::Decimal => "Decimal",
            Self::Uuid => "Uuid",
            Self::Date => "NaiveDate",
            Self::Time => "NaiveTime",
            Self::DateTime => "NaiveDateTime",
            Self::Timestamp => "DateTime<Utc>",
            Self::Duration => "Duration",
            Self::Json => "JSON",
            Self::Enum => "an enum",
            Self::Array => "an array",
        })
    }
}
