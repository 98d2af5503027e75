//! The shape of a statement: all of it but its values, as a key under which its SQL is kept.
//!
//! What the SQL depends on beside the structure is part of the shape: a value's type, whether it is
//! NULL, zero, an empty list or a long decimal, the numbers of LIMIT and OFFSET, the digits of an average, where rows are distinct,
//! which of the selected expressions they are ordered by, and, where there are aggregates or windows, which values are equal: an
//! expression that stands in two places must be known for the same.

mod walk;

use std::sync::Arc;

use smallvec::SmallVec;

use walk::{number, shape_of};

use crate::ast::{Cte, Expr, Select, Update, Updating};
use crate::decimal::{self, Stored};
use crate::value::{Place, Value};

/// The words of a shape, and the values beside it in the order of the walk.
#[derive(Default)]
pub struct Shape<'a> {
    words: SmallVec<[u64; 64]>,
    values: SmallVec<[&'a Value; 8]>,
    /// The common table expressions, in the order of the walk: their numbers are the program's, and not part of the shape.
    ctes: SmallVec<[u64; 2]>,
    /// Whether it matters which values are equal.
    pub(crate) compares: bool,
}

impl<'a> Shape<'a> {
    /// The shape of a query, and its values.
    pub fn of_select(select: &'a Select) -> Self {
        let mut shape = Self::default();
        shape.word(1);
        shape_of::select(select, &mut shape);
        shape.compare();
        shape
    }

    /// The shape of an update, and its values.
    pub fn of_update(update: Updating<'a>) -> Self {
        let mut shape = Self::default();
        shape.word(2);
        shape_of::select(update.rows, &mut shape);
        shape_of::assignments(update.assignments, &mut shape);
        shape.indexes(update.returning);
        shape.compare();
        shape
    }

    /// The shape of a delete, and its values.
    pub fn of_delete(rows: &'a Select) -> Self {
        let mut shape = Self::default();
        shape.word(3);
        shape_of::select(rows, &mut shape);
        shape.compare();
        shape
    }

    /// Adds to the shape what else its SQL depends on.
    pub(crate) fn of(&mut self, word: u64) {
        self.word(word);
    }

    /// The key.
    pub fn words(&self) -> &[u64] {
        &self.words
    }

    /// The values, in the order in which [`number_select`] counts them.
    pub fn values(&self) -> &[&'a Value] {
        &self.values
    }

    /// There is an aggregate.
    const fn gathers(&mut self) {
        self.compares = true;
    }

    /// Adds which values are equal to earlier ones, where that matters.
    fn compare(&mut self) {
        if self.compares {
            for (place, value) in self.values.iter().enumerate() {
                let first = self.values[..place]
                    .iter()
                    .position(|earlier| earlier == value);
                self.words.push(first.unwrap_or(place) as u64);
            }
        }
    }

    fn word(&mut self, word: u64) {
        self.words.push(word);
    }

    fn cte(&mut self, id: u64) {
        let known = self.ctes.iter().position(|known| *known == id);
        let place = known.unwrap_or_else(|| {
            self.ctes.push(id);
            self.ctes.len() - 1
        });
        self.word(place as u64);
    }

    fn definition(&mut self, cte: &'a Option<Arc<Cte>>) {
        self.word(
            cte.as_ref()
                .map_or(0, |cte| 1 + u64::from(cte.step.is_some())),
        );
        if let Some(cte) = cte {
            shape_of::select(&cte.first, self);
            if let Some(step) = &cte.step {
                shape_of::select(step, self);
            }
        }
    }

    /// Statics are told apart by where they are. Two copies of one would only be printed twice.
    fn address<T>(&mut self, of: &'static T) {
        self.word(std::ptr::from_ref(of) as usize as u64);
    }

    fn text(&mut self, text: &'static str) {
        self.word(text.as_ptr() as usize as u64);
        self.word(text.len() as u64);
    }

    fn indexes(&mut self, indexes: &[usize]) {
        self.word(indexes.len() as u64);
        self.words.extend(indexes.iter().map(|index| *index as u64));
    }

    fn value(&mut self, value: &'a Value) {
        self.word(value_word(value));
        self.values.push(value);
    }
}

/// What the SQL around a value may depend on.
pub(crate) fn value_word(value: &Value) -> u64 {
    let long = |value: &Value| matches!(value, Value::Decimal(v) if matches!(decimal::to_stored(*v), Stored::Text(_)));
    let kind = match value {
        Value::Null => return 0,
        Value::Array(array) | Value::List(array) => {
            let decimals = array.values.iter().any(long);
            return 0x1000
                | u64::from(matches!(value, Value::List(_))) << 13
                | (array.element as u64) << 4
                | u64::from(array.values.is_empty()) << 1
                | u64::from(decimals);
        }
        other => other
            .column_type()
            .map_or(0, |column_type| column_type as u64 + 1),
    };
    let zero = Expr::is_zero(value);
    kind << 4 | u64::from(zero) << 1 | u64::from(long(value))
}

/// Numbers the values of a query in the order of the walk. Where there are aggregates, equal values have the number of the
/// first of them.
pub fn number_select(select: &mut Select) {
    let mut numbers = Numbers::of(Shape::of_select(select).compares);
    number::select(select, &mut numbers);
}

/// Numbers the values of an update in the order of the walk.
pub fn number_update(update: &mut Update) {
    let compares = Shape::of_update(Updating {
        rows: &update.rows,
        assignments: &update.assignments,
        returning: &update.returning,
    })
    .compares;
    let mut numbers = Numbers::of(compares);
    number::select(&mut update.rows, &mut numbers);
    number::assignments(&mut update.assignments, &mut numbers);
}

/// Numbers values as it meets them.
struct Numbers {
    next: u32,
    /// The values so far, where equal ones have one number.
    earlier: Option<Vec<Value>>,
}

impl Numbers {
    fn of(compares: bool) -> Self {
        Self {
            next: 0,
            earlier: compares.then(Vec::new),
        }
    }

    const fn gathers(&mut self) {}

    fn word(&mut self, _: u64) {}

    fn address<T>(&mut self, _: &'static T) {}

    fn text(&mut self, _: &'static str) {}

    fn cte(&mut self, _: u64) {}

    /// The statement's own copy: others that join it have values of their own.
    fn definition(&mut self, cte: &mut Option<Arc<Cte>>) {
        if let Some(cte) = cte {
            let cte = Arc::make_mut(cte);
            number::select(&mut cte.first, self);
            if let Some(step) = &mut cte.step {
                number::select(step, self);
            }
        }
    }

    fn value(&mut self, value: &mut Value) {
        // NULL is no parameter: it is written as it is.
        let mut place = self.next;
        if let Some(earlier) = &mut self.earlier {
            let first = earlier.iter().position(|earlier| earlier == value);
            place = first.map_or(place, |first| first as u32);
            earlier.push(value.clone());
        }
        if !value.is_null() {
            let plain = std::mem::replace(value, Value::Null);
            *value = Value::Numbered(Box::new((Place(place), plain)));
        }
        self.next += 1;
    }
}

#[cfg(test)]
mod tests;
mod writes;
