//! Reading rows: by index, straight into the types that were asked for.

use crate::error::{Error, Result};
use crate::types::{Mismatch, SqlType};
use crate::value::{ColumnType, Value, ValueRef};

/// A row as a driver shows it.
pub trait Row {
    /// The value at an index.
    ///
    /// # Errors
    /// When there is no such column, or the driver cannot read what is there.
    fn value(&self, index: usize) -> std::result::Result<ValueRef<'_>, Mismatch>;

    /// The integer at an index, if there is one. Most cells are integers and texts, which take less time without a value
    /// between; for whatever else is there [`value`](Self::value) is asked.
    fn integer(&self, index: usize) -> Option<i64> {
        match self.value(index) {
            Ok(ValueRef::Integer(integer)) => Some(integer),
            _ => None,
        }
    }

    /// The text at an index, if there is one; else [`value`](Self::value) is asked.
    fn text(&self, index: usize) -> Option<&str> {
        match self.value(index) {
            Ok(ValueRef::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// Whether the query left the column at an index out, so that there is nothing to read.
    fn is_left_out(&self, index: usize) -> bool {
        let _ = index;
        false
    }

    /// The index of the column of a name, where the row knows names; of several the one behind `passed` others.
    fn index_of(&self, column: &str, passed: usize) -> Option<usize> {
        let _ = (column, passed);
        None
    }
}

/// A row of values that are here already.
pub struct ValueRow<'a>(pub &'a [Value]);

impl Row for ValueRow<'_> {
    fn value(&self, index: usize) -> std::result::Result<ValueRef<'_>, Mismatch> {
        self.0
            .get(index)
            .map(Value::as_ref)
            .ok_or(Mismatch::missing_column())
    }
}

/// A row of which some columns were not read.
pub(crate) struct Partial<'a> {
    pub(crate) row: &'a dyn Row,
    /// Their indexes.
    pub(crate) left_out: &'a [usize],
}

impl Row for Partial<'_> {
    fn value(&self, index: usize) -> std::result::Result<ValueRef<'_>, Mismatch> {
        self.row.value(index)
    }

    fn integer(&self, index: usize) -> Option<i64> {
        self.row.integer(index)
    }

    fn text(&self, index: usize) -> Option<&str> {
        self.row.text(index)
    }

    fn is_left_out(&self, index: usize) -> bool {
        self.left_out.contains(&index)
    }
}

/// Reads the cell at `index` as a `T`. In which way is known when it is compiled.
///
/// # Errors
/// When it holds something else, or there is none.
#[inline]
pub fn cell<T: SqlType>(row: &dyn Row, index: usize) -> std::result::Result<T, Mismatch> {
    let found = match T::COLUMN {
        // What may be NULL would be asked twice where it is.
        _ if T::NULLABLE => None,
        ColumnType::I16 | ColumnType::I32 | ColumnType::I64 => {
            row.integer(index).map(ValueRef::Integer)
        }
        ColumnType::Text => row.text(index).map(ValueRef::Text),
        _ => None,
    };
    match found {
        Some(found) => T::decode(found),
        None => row.value(index).and_then(T::decode),
    }
}

/// Reads the column at `index` as a `T`; `names` tells the model and field, should it fail.
#[inline]
pub fn column<T: SqlType>(row: &dyn Row, index: usize, names: &dyn Names) -> Result<T> {
    match cell::<T>(row, index) {
        // One database forgets the zeros at the end, another adds some.
        Ok(value) if matches!(T::COLUMN, ColumnType::Decimal | ColumnType::Array) => {
            Ok(value.with_scale(names.decimal_places(index)))
        }
        Ok(value) => Ok(value),
        Err(mismatch) => Err(decode_error(mismatch, index, names)),
    }
}

/// Who knows what was selected: names, asked only when decoding fails, and digits of decimals.
pub trait Names {
    /// The model's name.
    fn model(&self) -> &'static str;
    /// The name of the selected column at an index.
    fn column(&self, index: usize) -> String;

    /// The least number of digits behind the point of a selected decimal.
    fn decimal_places(&self, index: usize) -> u32 {
        let _ = index;
        0
    }

    /// Whether the database computes what is selected at an index.
    fn is_computed(&self, index: usize) -> bool {
        let _ = index;
        false
    }
}

/// The error of a number that left the range of its type while the database computed it, if it is one.
#[cold]
pub(crate) fn out_of_range(found: &str, index: usize, names: &dyn Names) -> Option<Error> {
    (found == Mismatch::LONG_NUMERIC && names.is_computed(index)).then(|| Error::OutOfRange {
        model: Some(names.model()),
        field: None,
        // The one database that computes such.
        backend: "PostgreSQL",
    })
}

#[cold]
pub(crate) fn decode_error(mismatch: Mismatch, index: usize, names: &dyn Names) -> Error {
    if let Some(error) = out_of_range(mismatch.found, index, names) {
        return error;
    }
    Error::Decode {
        model: names.model(),
        field: names.column(index),
        expected: mismatch.expected,
        found: mismatch.found,
    }
}
