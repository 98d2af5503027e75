//! Types that a column can have: [`SqlType`] and what the compiler knows of each.

mod chrono_types;
mod families;
mod json;
mod nullness;
mod primitives;

pub use chrono_types::text as date_text;
pub use families::*;
pub use json::Json;
pub use nullness::{FitsNull, MaybeNull, NotNull, Nullness};

use crate::value::{ColumnType, Value, ValueRef};

/// A type of columns and expressions.
///
/// It is implemented for `bool`, the integers `i16 i32 i64`, the floats `f32 f64`, `String`,
/// `Vec<u8>`, `Decimal`, `Uuid`, chrono's dates and times, `TimeDelta`, `serde_json::Value`,
/// [`Json<T>`], `Option` of each, enums with `#[derive(DbEnum)]` and newtypes with `#[derive(SqlType)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a type that a column can have",
    label = "not a column type",
    note = "derive `SqlType` for a newtype, `DbEnum` for an enum, or use `Json<{Self}>`"
)]
pub trait SqlType: Sized + Clone + Send + Sync + 'static {
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
    /// Whether it may be NULL.
    const NULLABLE: bool = false;
    /// Its name in error messages.
    const NAME: &'static str;

    /// The value to bind.
    fn into_value(self) -> Value;

    /// The value to bind, of a borrowed one.
    fn to_value(&self) -> Value {
        self.clone().into_value()
    }

    /// Reads what a database returned.
    ///
    /// # Errors
    /// When it is something else, or out of the type's range.
    fn decode(value: ValueRef<'_>) -> Result<Self, Mismatch>;

    /// The same value with as many digits behind the point as its column has; of a decimal only.
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
