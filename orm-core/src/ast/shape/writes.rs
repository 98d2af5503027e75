//! The shapes of statements that write many rows: their values are not part of them.

use super::Shape;
use crate::ast::{Insert, OnConflict, UpdateMany};

impl Shape<'_> {
    /// The shape of an insert, whose values are not part of the statement.
    pub fn of_insert(insert: &Insert) -> Self {
        let mut shape = Self::default();
        shape.word(4);
        shape.address(insert.model);
        shape.word(u64::from(insert.arrays));
        shape.word(u64::from(insert.row_ids));
        shape.indexes(&insert.columns);
        shape.indexes(&insert.returning);
        match &insert.on_conflict {
            OnConflict::Error => shape.word(0),
            OnConflict::Ignore => shape.word(1),
            OnConflict::Absent(columns) => {
                shape.word(3);
                shape.indexes(columns);
            }
            OnConflict::Update { target, columns } => {
                shape.word(2);
                shape.indexes(target);
                shape.indexes(columns);
            }
        }
        shape
    }

    /// The shape of an update of many rows, whose values are not part of the statement.
    pub fn of_update_many(update: &UpdateMany) -> Self {
        let mut shape = Self::default();
        shape.word(5);
        shape.address(update.model);
        shape.word(u64::from(update.arrays));
        shape.indexes(&update.columns);
        shape
    }
}
