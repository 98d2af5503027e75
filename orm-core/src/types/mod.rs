//! Types that a column can have: [`SqlType`] and what the compiler knows of each.

mod array;
pub mod array_text;
mod chrono_types;
mod families;
mod json;
mod json_text;
mod nullness;
mod primitives;
#[cfg(test)]
mod random_tests;

pub use array::Element;
pub(crate) use array::each_element;
pub use chrono_types::text as date_text;
pub use families::*;
pub use json::{Json, TOO_DEEP, is_too_deep};
pub use json_text::text as json_text;
pub use nullness::{FitsNull, MaybeNull, NotNull, Nullness, TakesNull};

use crate::value::{ColumnType, Value, ValueRef};

/// A type of columns and expressions.
///
/// | Rust | PostgreSQL | SQLite |
/// | --- | --- | --- |
/// | `bool` | `boolean` | `bool`: 0 or 1 |
/// | `i16`, `i32`, `i64` | `smallint`, `integer`, `bigint` | the same |
/// | `f32`, `f64` | `real`, `double precision` | `float`, `real` |
/// | `String` | `text`, or `varchar(n)` with `max_length` | the same |
/// | `Vec<u8>` | `bytea` | `blob` |
/// | `Decimal` | `numeric`, or `numeric(p, s)` with both options | `decimal(p, s)` to 15 digits, else text |
/// | `Uuid` | `uuid` | `char(32)`: hexadecimal digits |
/// | `NaiveDate`, `NaiveTime` | `date`, `time` | the same: texts |
/// | `NaiveDateTime`, `DateTime<Utc>` | `timestamp`, `timestamptz` | `datetime`: a text |
/// | `Duration` (`chrono::TimeDelta`) | `interval` | `bigint`: microseconds |
/// | `serde_json::Value`, [`Json<T>`] | `jsonb` | `text` |
///
/// And `Option` of each, which is a column that may be NULL. Enums get it by `#[derive(DbEnum)]`, newtypes by
/// `#[derive(SqlType)]`. Times are kept to the microsecond; what is below is cut.
///
/// A type of your own can implement it by hand, in the terms of one that is there; its values then stand in conditions
/// as [`value(..)`](crate::expr::value).
///
/// ```
/// use orm::prelude::*;
/// use orm::types::{Mismatch, NotNull, family};
/// use orm::value::{ColumnType, Value, ValueRef};
///
/// #[derive(Clone, Debug, PartialEq)]
/// struct Celsius(f64);
///
/// /// Held in kelvin.
/// impl SqlType for Celsius {
///     type Base = Self;
///     type Nullable = Option<Self>;
///     type Null = NotNull;
///     type Family = family::Float;
///     const COLUMN: ColumnType = ColumnType::F64;
///     const NAME: &'static str = "Celsius";
///
///     fn to_value(&self) -> Value {
///         Value::F64(self.0 + 273.15)
///     }
///
///     fn decode(value: ValueRef<'_>) -> Result<Self, Mismatch> {
///         f64::decode(value).map(|kelvin| Self(kelvin - 273.15))
///     }
/// }
///
/// #[derive(Model)]
/// struct Reading {
///     id: i64,
///     at_noon: Celsius,
/// }
///
/// # let db = Database::connect("sqlite::memory:")?;
/// # db.create_tables()?;
/// Reading::draft().at_noon(Celsius(21.0)).save(&db)?;
/// let warm = Reading::objects().filter(Reading::at_noon.gt(value(Celsius(20.0)))).count(&db)?;
/// assert_eq!(warm, 1);
/// # Ok::<(), orm::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a type that a column can have",
    label = "not a column type",
    note = "derive `SqlType` for a newtype, `DbEnum` for an enum, or use `Json<{Self}>`; rows of another model are a \
            `ForeignKey`, a `HasMany` or a `ManyToMany`"
)]
pub trait SqlType: Sized + Send + Sync + 'static {
    /// The type without its `Option`.
    type Base: SqlType<Base = Self::Base>;
    /// The type with an `Option`, once.
    type Nullable: SqlType<Base = Self::Base>;
    /// Whether it has one: [`NotNull`] or [`MaybeNull`].
    type Null: Nullness;
    /// What can be asked of it: one of the markers in [`family`].
    type Family: 'static;

    /// How a database stores it.
    const COLUMN: ColumnType;
    /// How it stores the elements, of an array.
    const ELEMENT: Option<ColumnType> = None;
    /// Whether it may be NULL.
    const NULLABLE: bool = false;
    /// Its name in error messages.
    const NAME: &'static str;

    /// The value to bind.
    fn to_value(&self) -> Value;

    /// The value to bind, where that can do without a copy.
    fn into_value(self) -> Value {
        self.to_value()
    }

    /// Reads what a database returned.
    ///
    /// # Errors
    /// When it is something else, or out of the type's range.
    fn decode(value: ValueRef<'_>) -> Result<Self, Mismatch>;

    /// The same value with at least so many digits behind the point, and no zeros at the end beyond these; of decimals only.
    #[must_use]
    fn with_scale(self, decimal_places: u32) -> Self {
        let _ = decimal_places;
        self
    }
}

/// A column held something its type cannot be read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// The type asked for.
    pub expected: &'static str,
    /// What was there.
    pub found: &'static str,
}

impl Mismatch {
    /// What is found where PostgreSQL computed a longer number than a decimal holds.
    pub const LONG_NUMERIC: &'static str = "a numeric with more digits than a decimal holds";

    /// `found` where a `T` was expected.
    #[cold]
    pub fn of<T: SqlType>(found: &ValueRef<'_>) -> Self {
        Self {
            expected: T::NAME,
            found: found.kind(),
        }
    }

    /// A value of the right kind that `T` cannot hold.
    #[cold]
    pub const fn unreadable<T: SqlType>(found: &'static str) -> Self {
        Self {
            expected: T::NAME,
            found,
        }
    }

    /// The row is shorter than the query asked for.
    #[cold]
    pub const fn missing_column() -> Self {
        Self {
            expected: "a column",
            found: "the end of the row",
        }
    }
}

#[diagnostic::do_not_recommend]
impl<T: SqlType<Base = T, Nullable = Self>> SqlType for Option<T> {
    type Base = T;
    type Nullable = Self;
    type Null = MaybeNull;
    type Family = T::Family;

    const COLUMN: ColumnType = T::COLUMN;
    const ELEMENT: Option<ColumnType> = T::ELEMENT;
    const NULLABLE: bool = true;
    const NAME: &'static str = T::NAME;

    fn into_value(self) -> Value {
        self.map_or(Value::Null, T::into_value)
    }

    fn to_value(&self) -> Value {
        self.as_ref().map_or(Value::Null, T::to_value)
    }

    #[inline]
    fn decode(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        if value.is_null() {
            Ok(None)
        } else {
            T::decode(value).map(Some)
        }
    }

    fn with_scale(self, decimal_places: u32) -> Self {
        self.map(|value| value.with_scale(decimal_places))
    }
}

/// Implements [`SqlType`] for a type that is never NULL.
#[doc(hidden)]
#[macro_export]
macro_rules! plain_sql_type {
    ($type:ty, $column:ident, $family:ident, $name:literal) => {
        type Base = Self;
        type Nullable = Option<Self>;
        type Null = $crate::types::NotNull;
        type Family = $crate::types::family::$family;
        const COLUMN: $crate::value::ColumnType = $crate::value::ColumnType::$column;
        const NAME: &'static str = $name;
    };
}
