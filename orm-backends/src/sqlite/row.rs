//! SQLite's rows as the decoder reads them: borrowed, without copies.

use std::rc::Rc;

use orm_core::decode::Row;
use orm_core::types::Mismatch;
use orm_core::value::{Value, ValueRef};
use rusqlite::types::ValueRef as Sql;

/// A row of the driver.
pub(super) struct SqliteRow<'r, 's>(pub(super) &'r rusqlite::Row<'s>);

impl Row for SqliteRow<'_, '_> {
    #[inline]
    fn value(&self, index: usize) -> Result<ValueRef<'_>, Mismatch> {
        // The driver's only error here is an index behind the last column.
        match self.0.get_ref(index) {
            Ok(value) => read(value),
            Err(_) => Err(Mismatch::missing_column()),
        }
    }

    fn integer(&self, index: usize) -> Option<i64> {
        match self.0.get_ref(index) {
            Ok(Sql::Integer(integer)) => Some(integer),
            _ => None,
        }
    }

    fn text(&self, index: usize) -> Option<&str> {
        match self.0.get_ref(index) {
            Ok(Sql::Text(text)) => std::str::from_utf8(text).ok(),
            _ => None,
        }
    }

    fn index_of(&self, column: &str, passed: usize) -> Option<usize> {
        let statement: &rusqlite::Statement<'_> = self.0.as_ref();
        let is_named = |index: &usize| {
            let name = statement.column_name(*index);
            name.is_ok_and(|name| name == column)
        };
        (0..statement.column_count()).filter(is_named).nth(passed)
    }
}

#[inline]
fn read(value: Sql<'_>) -> Result<ValueRef<'_>, Mismatch> {
    Ok(match value {
        Sql::Null => ValueRef::Null,
        Sql::Integer(v) => ValueRef::Integer(v),
        Sql::Real(v) => ValueRef::Float(v),
        Sql::Text(v) => match std::str::from_utf8(v) {
            Ok(text) => ValueRef::Text(text),
            Err(_) => {
                return Err(Mismatch {
                    expected: "a text",
                    found: "a text that is not UTF-8",
                });
            }
        },
        Sql::Blob(v) => ValueRef::Bytes(v),
    })
}

/// A copy of a whole row, for an iterator whose rows must not see a write that comes now.
pub(super) struct Copied {
    values: Vec<Result<Value, Mismatch>>,
    names: Rc<[String]>,
}

impl Copied {
    /// The names of a statement's columns, for all of its rows.
    pub(super) fn names(statement: &rusqlite::Statement<'_>) -> Rc<[String]> {
        statement.column_names().map(str::to_owned).collect()
    }

    pub(super) fn of(row: &rusqlite::Row<'_>, names: &Rc<[String]>) -> Self {
        let copy = |value: ValueRef<'_>| match value {
            ValueRef::Integer(v) => Value::I64(v),
            ValueRef::Float(v) => Value::F64(v),
            ValueRef::Text(v) => Value::Text(v.to_owned().into()),
            ValueRef::Bytes(v) => Value::Bytes(v.to_vec()),
            _ => Value::Null,
        };
        let values = (0..names.len())
            .map(|index| SqliteRow(row).value(index).map(copy))
            .collect();
        Self {
            values,
            names: Rc::clone(names),
        }
    }
}

impl Row for Copied {
    fn value(&self, index: usize) -> Result<ValueRef<'_>, Mismatch> {
        match self.values.get(index) {
            Some(value) => value
                .as_ref()
                .map(Value::as_ref)
                .map_err(|mismatch| *mismatch),
            None => Err(Mismatch::missing_column()),
        }
    }

    fn index_of(&self, column: &str, passed: usize) -> Option<usize> {
        let names = self.names.iter().enumerate();
        let mut named = names.filter(|(_, name)| *name == column);
        named.nth(passed).map(|(index, _)| index)
    }
}
