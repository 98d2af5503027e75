//! `Vec<T>`: arrays, as `array_agg` gives them.

use super::{Mismatch, NotNull, SqlType, array_text, family};
use crate::value::{ArrayValue, ColumnType, Value, ValueRef};

/// A type of the elements of an array: any but another array.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no type of the elements of an array",
    label = "no elements of an array"
)]
pub trait Element: SqlType {}

#[diagnostic::do_not_recommend]
impl<T: SqlType> Element for T where T::Family: super::families::Scalar {}

#[diagnostic::do_not_recommend]
impl<T: Element> SqlType for Vec<T> {
    type Base = Self;
    type Nullable = Option<Self>;
    type Null = NotNull;
    type Family = family::Array;
    const COLUMN: ColumnType = ColumnType::Array;
    const ELEMENT: Option<ColumnType> = Some(T::COLUMN);
    const NAME: &'static str = "an array";

    fn to_value(&self) -> Value {
        list(T::COLUMN, self.iter().map(T::to_value).collect())
    }

    fn into_value(self) -> Value {
        list(T::COLUMN, self.into_iter().map(T::into_value).collect())
    }

    fn decode(value: ValueRef<'_>) -> Result<Self, Mismatch> {
        let mut elements = Self::new();
        let mut wrong = None;
        let read = each_element(value, T::COLUMN, &mut |element| match T::decode(element) {
            Ok(element) => elements.push(element),
            Err(mismatch) => wrong = wrong.or(Some(mismatch)),
        });
        match (read, wrong) {
            (Err(found), _) => Err(Mismatch {
                expected: Self::NAME,
                found,
            }),
            (Ok(()), Some(mismatch)) => Err(mismatch),
            (Ok(()), None) => Ok(elements),
        }
    }

    fn with_scale(self, decimal_places: u32) -> Self {
        let elements = self.into_iter();
        elements
            .map(|element| element.with_scale(decimal_places))
            .collect()
    }
}

fn list(element: ColumnType, values: Vec<Value>) -> Value {
    Value::List(Box::new(ArrayValue { element, values }))
}

/// Shows each element of an array of this type, in whichever form the driver has it.
///
/// # Errors
/// What was found, where that is no array.
pub(crate) fn each_element(
    value: ValueRef<'_>,
    element: ColumnType,
    visit: &mut dyn FnMut(ValueRef<'_>),
) -> Result<(), &'static str> {
    match value {
        ValueRef::Array(array) => array.each(&mut |element| visit(element)),
        ValueRef::List(values) => {
            values.iter().for_each(|value| visit(value.as_ref()));
            Ok(())
        }
        ValueRef::Text(text) => array_text::each(text, element, visit),
        other => Err(other.kind()),
    }
}
