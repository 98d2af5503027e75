//! Rows that point at others of the same batch.

use std::collections::HashMap;

use crate::ast::Insert;
use crate::value::Value;

/// An order in which no row points at one behind it, where the rows as they stand do: for a database that looks at the keys of each
/// row by itself. Of rows that point at each other in a ring some row always does.
pub(super) fn pointed_at_first(batch: &[Vec<Value>], insert: &Insert) -> Option<Vec<usize>> {
    let model = insert.model;
    let place = |field: usize| insert.columns.binary_search(&field).ok();
    let fields = model.fields.iter().filter(|field| {
        let relation = field.relation;
        relation.is_some_and(|relation| (relation.to)().table == model.table)
    });
    let pointing: Vec<usize> = fields.filter_map(|field| place(field.index)).collect();
    if pointing.is_empty() || model.has_composite_key() {
        return None;
    }
    let key = place(model.key().index)?;
    let name = |value: &Value| format!("{value:?}");
    let keys = batch.iter().map(|row| name(&row[key]));
    let rows: HashMap<String, usize> = keys.zip(0..).collect();
    let needed_by = |row: usize| -> Vec<usize> {
        let keys = pointing.iter().map(|column| name(&batch[row][*column]));
        keys.filter_map(|key| rows.get(&key).copied()).collect()
    };
    let points_ahead = |row: usize| needed_by(row).into_iter().any(|needed| needed > row);
    if !(0..batch.len()).any(points_ahead) {
        return None;
    }
    let mut order = Vec::with_capacity(batch.len());
    let mut seen = vec![false; batch.len()];
    for first in 0..batch.len() {
        let mut left = vec![(first, false)];
        while let Some((row, is_ready)) = left.pop() {
            if is_ready {
                order.push(row);
            } else if !std::mem::replace(&mut seen[row], true) {
                left.push((row, true));
                left.extend(needed_by(row).into_iter().map(|needed| (needed, false)));
            }
        }
    }
    Some(order)
}
